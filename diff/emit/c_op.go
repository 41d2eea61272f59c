// Operations in C. See doc.go for an overview.

package emit

import (
	"fmt"
	"slices"
	"strings"

	"midiff/diff"
	"midiff/diff/prog"
)

// writer writes an operation. want is what the contract asks of it.
type writer func(f *cFile, o *prog.Op, want *diff.Want)

// cWriters are those of operations that follow no pattern, by name.
var cWriters = map[string]writer{
	"posix_memalign": (*cFile).posixMemalign, "reallocarray": (*cFile).reallocarray,
	"reallocarr": (*cFile).reallocarr, "expand": (*cFile).expand, "free": (*cFile).free, "cfree": (*cFile).free,
	"usable_size": (*cFile).usableSize, "good_size": (*cFile).goodSize,
	"is_in_heap_region": (*cFile).isInHeapRegion, "check_owned": (*cFile).checkOwned,
	"heap_check_owned": (*cFile).checkOwned, "heap_contains_block": (*cFile).containsBlock,
	"heap_visit_blocks": (*cFile).visitBlocks, "heap_new": (*cFile).heapNew,
	"heap_new_in_arena": (*cFile).heapNew, "heap_delete": (*cFile).heapDelete,
	"heap_destroy": (*cFile).heapDestroy, "heap_get_default": (*cFile).tellHeap,
	"heap_get_backing": (*cFile).tellHeap, "thread_done": (*cFile).threadDone, "exit": (*cFile).exit,
	"exit_once": (*cFile).exit, "clock": (*cFile).clock, "option_get": (*cFile).optionGet,
	"option_is_enabled": (*cFile).optionGet, "bulk": (*cFile).bulk, "bulk_free": (*cFile).bulkFree,
	"reserve_os_memory": (*cFile).reserve, "reserve_os_memory_ex": (*cFile).reserve,
	"manage_os_memory": (*cFile).manage, "manage_os_memory_ex": (*cFile).manage,
	"arena_area": (*cFile).arenaArea, "register_deferred_free": (*cFile).registerDeferredFree,
	"defer_free": (*cFile).deferFree,
	"strdup":     (*cFile).copies, "strndup": (*cFile).copies, "mbsdup": (*cFile).copies, "wcsdup": (*cFile).copies,
	"realpath": (*cFile).copies, "dupenv_s": (*cFile).dupenv, "new": (*cFile).news, "new_n": (*cFile).news,
	"new_nothrow": (*cFile).news, "new_aligned": (*cFile).news, "new_aligned_nothrow": (*cFile).news,
	"new_realloc": (*cFile).news, "new_reallocn": (*cFile).news, "heap_alloc_new": (*cFile).news,
	"heap_alloc_new_n": (*cFile).news, "set_new_handler": (*cFile).setNewHandler,
	"free_size": (*cFile).freeSized, "free_size_aligned": (*cFile).freeSized, "free_aligned": (*cFile).freeSized,
	"malloc_size": (*cFile).usableSize, "malloc_usable_size": (*cFile).usableSize,
	"malloc_good_size": (*cFile).goodSize, "_expand": (*cFile).expand,
	"barrier": func(f *cFile, _ *prog.Op, _ *diff.Want) { f.line("// a barrier: the order is pinned anyway") },
}

// surveyed are the parts that operations need.
var surveyed = map[string][]string{
	"free": {"gone"}, "cfree": {"gone"}, "expand": {"holds"}, "usable_size": {"holds", "usable"},
	"is_in_heap_region": {"holds", "asked"}, "check_owned": {"holds", "asked"},
	"heap_check_owned": {"holds", "asked"}, "heap_contains_block": {"holds"},
	"heap_visit_blocks": {"visits", "heaps"}, "heap_new": {"opened"},
	"heap_new_in_arena": {"opened", "arenas"}, "heap_delete": {"closing"},
	"heap_destroy": {"destroys"}, "clock": {"os"}, "bulk": {"made"}, "bulk_free": {"drain"},
	"reserve_os_memory_ex": {"arenas"}, "manage_os_memory_ex": {"arenas", "own"},
	"register_deferred_free": {"deferred", "callback"}, "defer_free": {"deferred", "queues", "holds"},
	"manage_os_memory": {"own"}, "reallocarr": {"errno"}, "reallocarray": {"errno"}, "posix_memalign": {"errno"},
	"strdup": {"text"}, "strndup": {"text"}, "mbsdup": {"text"}, "wcsdup": {"text", "wide"}, "dupenv_s": {"errno", "env"},
	"new": {"news", "catch_size"}, "new_n": {"news", "catch_two"}, "new_nothrow": {"news", "catch_size"},
	"new_aligned": {"news", "catch_two"}, "new_aligned_nothrow": {"news", "catch_two"},
	"new_realloc": {"news", "catch_move"}, "new_reallocn": {"news", "catch_move_two"},
	"heap_alloc_new": {"news", "catch_heap"}, "heap_alloc_new_n": {"news", "catch_heap_two"},
	"set_new_handler": {"news"}, "free_size": {"gone"},
	"free_size_aligned": {"gone", "multiple"}, "free_aligned": {"gone", "multiple"},
	"malloc_size": {"holds", "usable"}, "malloc_usable_size": {"holds", "usable"}, "_expand": {"holds"},
}

// survey notes what an operation needs.
func (f *cFile) survey(op int) {
	o := &f.c.p.Ops[op]
	row := o.Kind.Row()
	name := o.Kind.String()
	if name == "heap_destroy" && f.undying(op, o.Heap) {
		name = "heap_delete"
	}
	for _, need := range slices.Concat(surveyed[name], surveyedLater[name]) {
		f.need[need] = true
	}
	if slices.Contains(row.Operands, prog.ArenaMay) && o.Src.IsVar() {
		f.need["arenas"] = true
	}
	moves := slices.Contains(row.Operands, prog.BlockMove)
	switch {
	case moves:
		f.need["reallocs"], f.need["holds"] = true, true
	case row.Result == prog.BlockResult:
		f.need["made"] = true
	case name == "defer_free":
		f.queued++
	case row.Result == prog.BulkResult:
		f.sizes[o.Dst] = max(f.sizes[o.Dst], o.Num[0])
	}
	if row.Zeroes {
		f.need["zeroed"] = true
	}
	if f.c.want(op).Report != diff.NoReport {
		f.need["reports"] = true
	}
	for _, n := range o.Num {
		f.large = f.large || n > 1<<63-1
	}
	f.large = f.large || f.c.want(op).Null == diff.MustBeNull && row.Result != prog.ValueResult
	if row.EndsTied && len(f.owners.of(o.Thread)) > 0 {
		f.need["closing"] = true
	}
	f.owners.after(o)
	if op == f.c.ops()-1 {
		f.owners = newOwners()
	}
}

// op writes an operation, with what is to be done before and after it.
func (f *cFile) op(i int) {
	o, want := &f.c.p.Ops[i], f.c.want(i)
	for k := range f.c.found {
		if x := &f.c.found[k]; x.op == i {
			f.line("// %s", f.c.p.OpText(i))
			f.line("//   expected: %s", x.expected)
			f.line("//   actual:   %s", x.actual)
		}
	}
	for _, h := range f.c.faults[i] {
		f.fault(h)
	}
	if _, ok := f.c.counts[i]; ok {
		f.line("watch();")
	}
	if o.Kind.Row().Result != prog.BulkResult {
		f.mayReport(&want, "")
	}
	f.write(o, &want, i)
	if want.Report == diff.MayReport {
		f.line("may_report = NONE;")
	}
	if n, ok := f.c.counts[i]; ok {
		f.compare(&n)
	}
	f.owners.after(o)
}

// mayReport says that the library may report an error in the next call.
func (f *cFile) mayReport(want *diff.Want, indent string) {
	switch want.Report {
	case diff.ReportWithNull:
		f.line("%smay_report = WITH_NULL;", indent)
	case diff.MayReport:
		f.line("%smay_report = ANY;", indent)
	}
}

func (f *cFile) write(o *prog.Op, want *diff.Want, op int) {
	name, row := o.Kind.String(), o.Kind.Row()
	if f.notCalled(o, op) {
		return
	}
	switch w, later := cWriters[name], cLater[name]; {
	case name == "heap_destroy" && f.undying(op, o.Heap):
		f.heapDelete(o, want)
	case w != nil:
		w(f, o, want)
	case later != nil:
		later(f, o, want)
	case row.Result == prog.BlockResult && slices.Contains(row.Operands, prog.BlockMove):
		f.move(o, want)
	case row.Result == prog.BlockResult:
		f.make(o, want)
	default:
		f.line("%s;", f.guarded(o, f.call(o)))
	}
}

// notCalled leaves out a call that crashes in a thread that could not start.
func (f *cFile) notCalled(o *prog.Op, op int) bool {
	switch o.Kind.String() {
	case "heap_new", "heap_new_in_arena", "heap_new_ex", "heap_get_backing":
	case "stats_merge", "stats_reset":
		return f.cannotStart(o, op)
	default:
		return false
	}
	if !f.c.gaveNull(op) || len(f.c.faults) == 0 {
		return false
	}
	f.line("mi_thread_init();  // mi_%s would crash: there is no memory for the thread's record", o.Kind)
	if o.Dst.IsVar() {
		f.line("%sNULL;", f.assign(o.Dst))
		if len(f.others) == 0 {
			f.line("(void)%s;", f.name(o.Dst))
		}
	}
	return true
}

// cannotStart makes of a call that needs a thread's record one that gets it, where there is no memory for it.
func (f *cFile) cannotStart(o *prog.Op, op int) bool {
	for at, hits := range f.c.faults {
		for _, h := range hits {
			if h.fault.Call == prog.FaultMmap && (at == op || at < op && h.fault.Sticky) && o.Thread != 0 {
				f.line("mi_thread_init();  // mi_%s would crash: there is no memory for the thread's record", o.Kind)
				return true
			}
		}
	}
	return false
}

// cCalls are the names of the calls that can be made to fail.
var cCalls = map[prog.FaultCall]string{prog.FaultMmap: "MMAP", prog.FaultMunmap: "MUNMAP",
	prog.FaultMprotect: "MPROTECT", prog.FaultMadvise: "MADVISE", prog.FaultClock: "CLOCK", prog.FaultGetrandom: "RANDOM"}

// strikes tells whether a call is to fail, of one kind or, with prog.FaultCalls, of any.
func (f *cFile) strikes(call prog.FaultCall) bool {
	for op, hits := range f.c.faults {
		if op < f.c.ops() && slices.ContainsFunc(hits, func(h hit) bool { return call == prog.FaultCalls || h.fault.Call == call }) {
			return true
		}
	}
	return false
}

// struck is how many calls are to fail.
func (f *cFile) struck() (n int) {
	for op, hits := range f.c.faults {
		if op < f.c.ops() {
			n += len(hits)
		}
	}
	return n
}

// fault plans the failure of a call.
func (f *cFile) fault(h hit) {
	kind := cCalls[h.fault.Call]
	why := h.fault.String()
	if h.natural {
		why = "the rig has no more memory"
	}
	f.line("fail(%s, %d, %s, %t);  // %s", kind, h.n, strings.ToUpper(h.fault.Errno.String()), h.fault.Sticky, why)
}

func (f *cFile) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(f.notes, n) {
		f.notes = append(f.notes, n)
	}
}

// counter is a kind of OS call that the C file counts.
type counter struct{ c, word string }

var counted = []counter{{"MMAP", "map"}, {"MUNMAP", "unmap"}, {"MPROTECT", "protect"}, {"CLOCK", "clock"}}

// compare holds the OS calls of an operation against those of goalloc.
func (f *cFile) compare(n *count) {
	for _, kind := range counted {
		if want, got := n.want[kind.word], n.got[kind.word]; want != got {
			f.line("CHECK(calls_of(%s) == %d);  // actual: %d", kind.c, want, got)
		}
	}
}

// declared gives the declaration of a variable without its semicolon.
func (f *cFile) declared(h prog.Handle) string {
	switch f.p.Vars[h].Sort {
	case prog.HeapVar:
		return "mi_heap_t *" + f.name(h)
	case prog.ArenaVar:
		return "mi_arena_id_t " + f.name(h)
	case prog.SubprocVar:
		return "mi_subproc_id_t " + f.name(h)
	case prog.BulkVar:
		return fmt.Sprintf("void *%s[%d];\nstatic size_t %s_n", f.name(h), f.sizes[h], f.name(h))
	}
	return "void *" + f.name(h)
}

// assign gives the left side of an assignment, in a program without threads with the declaration.
func (f *cFile) assign(h prog.Handle) string {
	first := !f.known[h]
	f.known[h] = true
	if first && len(f.others) == 0 {
		return f.declared(h) + " = "
	}
	return f.name(h) + " = "
}

// kept gives the left side of an assignment, "" where the variable is not used again.
func (f *cFile) kept(o *prog.Op) string {
	if f.unused[o.Dst] {
		return ""
	}
	return f.assign(o.Dst)
}

// findUnused looks for variables that nothing is done with.
func (f *cFile) findUnused(ops int) {
	f.unused = map[prog.Handle]bool{}
	for i := range ops {
		if o := &f.c.p.Ops[i]; o.Dst.IsVar() && !f.need["destroys"] {
			f.unused[o.Dst] = true
		}
	}
	for i := range ops {
		delete(f.unused, f.c.p.Ops[i].Src)
	}
}

// declare declares a variable that an operation does not simply assign.
func (f *cFile) declare(h prog.Handle, start string) {
	first := !f.known[h]
	f.known[h] = true
	if first && len(f.others) == 0 {
		f.line("%s = %s;", f.declared(h), start)
	} else {
		f.line("%s = %s;", f.name(h), start)
	}
}

// heap gives the heap operand.
func (f *cFile) heap(o *prog.Op) string {
	if o.Heap == prog.Backing {
		return "mi_heap_get_backing()"
	}
	return f.name(o.Heap)
}

func (f *cFile) block(h prog.Handle) string {
	if !h.IsVar() {
		return "NULL"
	}
	return f.name(h)
}

// call gives the plain call.
func (f *cFile) call(o *prog.Op) string {
	if o.Kind.String() == "heap_new_ex" {
		return f.newHeapEx(o)
	}
	return fmt.Sprintf("mi_%s(%s)", o.Name(), f.arguments(o))
}

func (f *cFile) arguments(o *prog.Op) string {
	var args []string
	if o.Heaped {
		args = append(args, f.heap(o))
	}
	num := 0
	for _, kind := range o.Kind.Row().Operands {
		switch kind {
		case prog.BlockUse, prog.BlockFree, prog.BlockMove, prog.ArenaUse, prog.SubprocUse, prog.SubprocEnd:
			args = append(args, f.block(o.Src))
			continue
		case prog.HeapUse, prog.HeapEnd:
			args = append(args, f.heap(o))
			continue
		case prog.Bool:
			args = append(args, boolean(o.Num[num]))
		case prog.OptionName, prog.MovableName:
			args = append(args, "mi_option_"+prog.OptionNames[o.Num[num]])
		case prog.OptionValue:
			args = append(args, fmt.Sprint(int64(o.Num[num])))
		default:
			args = append(args, cNumber(o.Num[num]))
		}
		num++
	}
	args = append(args, f.told(o)...)
	return strings.Join(args, ", ")
}

// mayLack tells whether the heap operand may be null: then nothing can be called.
func (f *cFile) mayLack(o *prog.Op) bool {
	if !o.Heap.IsVar() {
		return false
	}
	for i := range f.c.ops() {
		if q := &f.c.p.Ops[i]; q.Dst == o.Heap && (f.c.want(i).Null != diff.NeverNull || f.c.gaveNull(i)) {
			return true
		}
	}
	return false
}

// guarded makes a statement one for a heap that there is.
func (f *cFile) guarded(o *prog.Op, statement string) string {
	if f.mayLack(o) {
		return fmt.Sprintf("if (%s != NULL) %s", f.name(o.Heap), statement)
	}
	return statement
}
