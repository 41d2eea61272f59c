// Operations in C that only later versions have. See doc.go for an overview.

package emit

import (
	"fmt"
	"slices"
	"strings"

	"midiff/diff"
	"midiff/diff/prog"
)

// The operations of later versions that follow no pattern.
var cLater = map[string]writer{
	"ufree": (*cFile).free, "free_small": (*cFile).free, "heap_new_ex": (*cFile).heapNew,
	"abandoned_visit_blocks": (*cFile).abandonedVisitBlocks, "subproc_new": (*cFile).subprocNew,
	"unsafe_heap_page_is_under_utilized": (*cFile).underUtilized,
}

// surveyedLater are the parts that operations of later versions need.
var surveyedLater = map[string][]string{
	"umalloc": {"tells"}, "ucalloc": {"tells"}, "umalloc_small": {"tells"}, "umalloc_aligned": {"tells"},
	"uzalloc_aligned": {"tells"}, "urealloc": {"tells", "tells_both"}, "ufree": {"tells", "gone"}, "free_small": {"gone"},
	"heap_new_ex": {"opened"}, "abandoned_visit_blocks": {"abandoned"},
	"unsafe_heap_page_is_under_utilized": {"holds"},
}

// told are the arguments for what an operation tells beside its result. Nothing is promised of it.
func (f *cFile) told(o *prog.Op) []string {
	switch {
	case !slices.Contains(surveyedLater[o.Kind.String()], "tells"):
		return nil
	case slices.Contains(o.Kind.Row().Operands, prog.BlockMove):
		return []string{"&size_before", "&size_told"}
	}
	return []string{"&size_told"}
}

// newHeapEx gives the call that makes a heap with a tag.
func (f *cFile) newHeapEx(o *prog.Op) string {
	arena := "0"
	switch {
	case o.Src == prog.Missing:
		arena = "-1"
	case o.Src.IsVar():
		arena = f.name(o.Src)
	}
	return fmt.Sprintf("mi_heap_new_ex(%d, %s, %s)", o.Num[0], boolean(o.Num[1]), arena)
}

// undying tells whether a heap, when it is destroyed, is only deleted, as later versions do with those of an arena
// and those that are made so.
func (f *cFile) undying(op int, h prog.Handle) bool {
	if !prog.IsLater(f.c.p.Profile) {
		return false
	}
	for i := op - 1; i >= 0; i-- {
		switch o := &f.c.p.Ops[i]; {
		case o.Dst != h:
		case o.Kind.String() == "heap_new_ex":
			return o.Num[1] == 0
		default:
			return o.Kind.String() == "heap_new_in_arena"
		}
	}
	return false
}

// abandonedVisitBlocks: it is refused where the option for it is off; what it tells is not promised.
func (f *cFile) abandonedVisitBlocks(o *prog.Op, want *diff.Want) {
	not := ""
	if want.Null != diff.NeverNull {
		not = "!"
	}
	f.line("CHECK(%smi_abandoned_visit_blocks(%s, %s, %s, see, NULL));", not, f.block(o.Src), tag(o.Num[0]), boolean(o.Num[1]))
}

// tag writes a number of heaps; -1 is for all.
func tag(n uint64) string { return fmt.Sprint(int64(n)) }

func (f *cFile) subprocNew(o *prog.Op, _ *diff.Want) {
	f.line("%smi_subproc_new();", f.assign(o.Dst))
	f.line("CHECK(%s != NULL%s);", f.name(o.Dst), f.orRefused("refused"))
}

func (f *cFile) underUtilized(o *prog.Op, _ *diff.Want) {
	f.holds(o)
	f.line("%s  // any answer is right", f.guarded(o, "(void)!"+f.call(o)+";"))
}

// obtain says how a library of the profile is had.
func (f *cFile) obtain(b *strings.Builder) {
	switch flag := libraries[f.c.p.Profile]; {
	case prog.IsLater(f.c.p.Profile):
		fmt.Fprintf(b, "// It is about mimalloc %s. With that installed, or its source in SRC:\n//\n"+
			"//   cc -o repro repro.c -lmimalloc -lpthread && ./repro\n"+
			"//   cc -I SRC/include -o repro repro.c SRC/src/static.c -lpthread && ./repro\n//\n", f.c.p.Profile)
	case flag != "":
		fmt.Fprintf(b, "// It is about mimalloc 2.0.9 built with %s, as distributions do not; with its source in SRC:\n//\n"+
			"//   cc %s -I SRC/include -o repro repro.c SRC/src/static.c -lpthread && ./repro\n//\n", flag, flag)
	default:
		fmt.Fprintf(b, "// With mimalloc 2.0.9 installed (Debian 12: apt-get install libmimalloc-dev), or its source in SRC:\n//\n"+
			"//   cc -o repro repro.c -lmimalloc -lpthread && ./repro\n"+
			"//   cc -I SRC/include -o repro repro.c SRC/src/static.c -lpthread && ./repro\n//\n")
	}
}
