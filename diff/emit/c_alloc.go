// Operations on blocks in C. See doc.go for an overview.

package emit

import (
	"fmt"
	"math"
	"strings"

	"midiff/diff"
	"midiff/diff/prog"
)

// promised writes what is promised of a block, as fields of want.
func (f *cFile) promised(o *prog.Op, want *diff.Want) string {
	fields := []string{".size = " + cNumber(want.Size)}
	if want.Null == diff.MustBeNull {
		fields = nil
	}
	if want.Align != 0 && want.Null != diff.MustBeNull {
		fields = append(fields, ".align = "+cNumber(want.Align))
	}
	if want.Offset != 0 && want.Null != diff.MustBeNull {
		fields = append(fields, ".offset = "+cNumber(want.Offset))
	}
	if o.Kind.Row().Zeroes {
		fields = append(fields, ".zeroed = true")
	}
	if o.Kind.String() == "reallocf" {
		fields = append(fields, ".frees = "+f.frees(o))
	}
	if n := f.null(o, want); n != "" {
		fields = append(fields, n)
	}
	if ofHeap(o) && f.need["heaps"] {
		fields = append(fields, ".heap = "+f.heap(o))
	}
	if h := f.owners.heapOf(o); f.need["arenas"] && h.IsVar() && want.Arena != 0 {
		fields = append(fields, ".arena = "+f.name(f.owners.arenas[h]))
	}
	return strings.Join(fields, ", ")
}

// frees: where there is no heap nothing is called, and nothing freed.
func (f *cFile) frees(o *prog.Op) string {
	if o.Heaped && f.mayLack(o) {
		return f.name(o.Heap) + " != NULL"
	}
	return "true"
}

func (f *cFile) null(o *prog.Op, want *diff.Want) string {
	switch {
	case want.Null == diff.MustBeNull:
		return ".null = MUST"
	case want.Null == diff.MayBeNull || ofHeap(o) && f.mayLack(o):
		return ".null = MAY"
	}
	return ""
}

// asked gives the call, null where its heap may not be there.
func (f *cFile) asked(o *prog.Op) string {
	if o.Heaped && f.mayLack(o) {
		return fmt.Sprintf("%s != NULL ? %s : NULL", f.name(o.Heap), f.call(o))
	}
	return f.call(o)
}

func (f *cFile) make(o *prog.Op, want *diff.Want) {
	call := f.asked(o)
	f.line("%s%s;", f.assign(o.Dst), call)
	f.line("made(%s, %s);", f.name(o.Dst), f.promised(o, want))
}

func (f *cFile) move(o *prog.Op, want *diff.Want) {
	f.resized(o, f.block(o.Src), f.asked(o), want)
}

// resized writes what is done around a call that resizes a block.
func (f *cFile) resized(o *prog.Op, was, call string, want *diff.Want) {
	if was != "NULL" {
		f.line("holds(%s);", was)
	}
	if strings.Contains(call, "?") {
		call = "(" + call + ")"
	}
	f.line("%smoved(%s, %s, %s);", f.kept(o), was, call, f.promised(o, want))
}

func (f *cFile) reallocarray(o *prog.Op, want *diff.Want) {
	f.line("errno = 0;")
	f.resized(o, f.block(o.Src), f.call(o), want)
	if want.Null == diff.MustBeNull {
		f.line("CHECK(errno == ENOMEM);")
	}
}

// reallocarr takes the address of the pointer, and leaves it as it is where it fails.
func (f *cFile) reallocarr(o *prog.Op, want *diff.Want) {
	if !f.known[o.Dst] && !f.unused[o.Dst] {
		f.declare(o.Dst, "NULL")
	}
	was := f.block(o.Src)
	f.line("{")
	f.line("  void *p = %s;", was)
	if was != "NULL" {
		f.line("  holds(%s);", was)
	}
	f.line("  int code = mi_reallocarr(&p, %s, %s);", cNumber(o.Num[0]), cNumber(o.Num[1]))
	switch want.Null {
	case diff.NeverNull:
		f.line("  CHECK(code == 0%s);", f.orRefused("code == ENOMEM"))
	case diff.MustBeNull:
		f.line("  CHECK(code == ENOMEM && p == %s);", was)
	default:
		f.line("  CHECK(code == 0 || code == ENOMEM);")
	}
	f.line("  %smoved(%s, code == 0 ? p : NULL, %s);", f.kept(o), was, f.promised(o, want))
	f.line("}")
}

func (f *cFile) orRefused(what string) string {
	if f.need["os"] {
		return " || " + what
	}
	return ""
}

func (f *cFile) posixMemalign(o *prog.Op, want *diff.Want) {
	f.declare(o.Dst, "NULL")
	call := fmt.Sprintf("mi_posix_memalign(&%s, %s)", f.name(o.Dst), f.arguments(o))
	code := map[uint64]string{0: "0", uint64(prog.Einval): "EINVAL", uint64(prog.Enomem): "ENOMEM"}[want.Code]
	switch want.Null {
	case diff.NeverNull:
		f.line("CHECK(%s == 0%s);", call, f.orRefused(f.name(o.Dst)+" == NULL"))
	case diff.MustBeNull:
		f.line("CHECK(%s == %s);", call, code)
	default:
		f.line("CHECK(%s == 0 || %s == NULL);", call, f.name(o.Dst))
	}
	f.line("made(%s, %s);", f.name(o.Dst), f.promised(o, want))
}

// holds looks at the contents of the block operand.
func (f *cFile) holds(o *prog.Op) {
	if o.Src.IsVar() {
		f.line("holds(%s);", f.name(o.Src))
	}
}

func (f *cFile) free(o *prog.Op, _ *diff.Want) {
	if o.Src.IsVar() {
		f.line("gone(%s);", f.name(o.Src))
	}
	f.line("%s;", f.call(o))
}

func (f *cFile) expand(o *prog.Op, _ *diff.Want) {
	f.holds(o)
	block, call := f.block(o.Src), f.call(o)
	if block == "NULL" || f.need["padded"] {
		f.line("CHECK(%s == NULL);", call)
		return
	}
	if o.Num[0] == 0 {
		f.line("CHECK(%s == %s);", call, block)
		return
	}
	f.line("CHECK(%s == (%s <= mi_usable_size(%s) ? %s : NULL));", call, cNumber(o.Num[0]), block, block)
}

func (f *cFile) usableSize(o *prog.Op, _ *diff.Want) {
	f.holds(o)
	if !o.Src.IsVar() {
		f.line("CHECK(%s == 0);", f.call(o))
		return
	}
	f.line("CHECK(%s == usable_of(%s));", f.call(o), f.name(o.Src))
}

func (f *cFile) goodSize(o *prog.Op, _ *diff.Want) {
	if o.Num[0] == 0 {
		f.line("(void)!%s;  // nothing is promised", f.call(o))
		return
	}
	if o.Num[0] > math.MaxInt64 {
		f.line("CHECK(%s > 0);  // larger than any block: no size is promised", f.call(o))
		return
	}
	f.line("CHECK(%s >= %s);", f.call(o), cNumber(o.Num[0]))
}

func (f *cFile) bulk(o *prog.Op, want *diff.Want) {
	name := f.name(o.Dst)
	if !f.known[o.Dst] && len(f.others) == 0 {
		f.line("static void *%s[%d];", name, f.sizes[o.Dst])
		f.line("size_t %s_n;", name)
	}
	f.known[o.Dst] = true
	f.line("for (%s_n = 0; %s_n < %d; %s_n++) {", name, name, o.Num[0], name)
	f.mayReport(want, "  ")
	f.line("  %s[%s_n] = mi_malloc(%s);", name, name, cNumber(o.Num[1]))
	f.line("  made(%s[%s_n], %s);", name, name, f.promised(o, want))
	f.line("}")
}

func (f *cFile) bulkFree(o *prog.Op, _ *diff.Want) {
	f.line("%s_n = drain(%s, %s_n, %d);", f.name(o.Src), f.name(o.Src), f.name(o.Src), o.Num[0])
}
