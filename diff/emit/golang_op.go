// Operations in Go. See doc.go for an overview.

package emit

import (
	"fmt"
	"slices"
	"strings"

	"midiff/diff"
	"midiff/diff/prog"
)

// goWriter writes an operation; step is its first.
type goWriter func(f *goFile, o *prog.Op, step int)

// goWriters are those of operations that follow no pattern, by name.
var goWriters = map[string]goWriter{
	"posix_memalign": (*goFile).posixMemalign, "reallocarray": (*goFile).reallocarray, "reallocarr": (*goFile).reallocarr,
	"expand": (*goFile).expand, "free": (*goFile).free, "cfree": (*goFile).free,
	"usable_size": (*goFile).usableSize, "good_size": (*goFile).goodSize,
	"is_in_heap_region": (*goFile).asks, "check_owned": (*goFile).asks, "heap_check_owned": (*goFile).asks,
	"heap_contains_block": (*goFile).containsBlock, "heap_visit_blocks": (*goFile).visitBlocks,
	"heap_new": (*goFile).heapNew, "heap_new_in_arena": (*goFile).heapNew, "heap_delete": (*goFile).heapEnd,
	"heap_destroy": (*goFile).heapEnd, "heap_set_default": (*goFile).heapSetDefault,
	"heap_get_default": (*goFile).tellHeap, "heap_get_backing": (*goFile).tellHeap,
	"heap_collect": (*goFile).heapCollect, "exit": (*goFile).exit, "exit_once": (*goFile).exit,
	"bulk": (*goFile).bulk, "bulk_free": (*goFile).bulkFree,
	"option_set": (*goFile).optionSet, "option_get": (*goFile).optionGet, "option_is_enabled": (*goFile).optionGet,
	"reserve_os_memory": (*goFile).reserve, "reserve_os_memory_ex": (*goFile).reserve,
	"manage_os_memory": (*goFile).manage, "manage_os_memory_ex": (*goFile).manage, "arena_area": (*goFile).arenaArea,
	"register_deferred_free": (*goFile).registerDeferredFree, "defer_free": (*goFile).deferFree,
	"free_size": (*goFile).toldFree, "free_size_aligned": (*goFile).toldFree, "free_aligned": (*goFile).toldFree,
	"malloc_size": (*goFile).usableSize, "malloc_usable_size": (*goFile).usableSize,
	"malloc_good_size": (*goFile).goodSize, "_expand": (*goFile).expandInPlace,
	"option_set_default": (*goFile).setsOption, "option_set_enabled": (*goFile).setsOption,
	"option_set_enabled_default": (*goFile).setsOption, "option_enable": (*goFile).setsOption,
	"option_disable": (*goFile).setsOption,
	"strdup":         (*goFile).copies, "strndup": (*goFile).copies, "mbsdup": (*goFile).copies,
	"wcsdup": (*goFile).copies, "realpath": (*goFile).copies, "dupenv_s": (*goFile).dupenv,
	"new": (*goFile).news, "new_n": (*goFile).news, "new_nothrow": (*goFile).news, "new_aligned": (*goFile).news,
	"new_aligned_nothrow": (*goFile).news, "new_realloc": (*goFile).news, "new_reallocn": (*goFile).news,
	"heap_alloc_new": (*goFile).news, "heap_alloc_new_n": (*goFile).news, "set_new_handler": (*goFile).setNewHandler,
	"barrier":     func(f *goFile, _ *prog.Op, _ int) { f.line("// a barrier: one operation runs at a time anyway") },
	"collect":     plainGo("%s.Collect(%s)"),
	"thread_init": plainGo("%s.Init()"),
	"thread_done": plainGo("%s.Done()"),
	"stats_merge": plainGo("%s.MergeStats()"),
	"stats_reset": plainGo("%s.ResetStats()"),
	"clock":       func(f *goFile, o *prog.Op, _ int) { f.line("p.Tick(%d) // milliseconds", o.Num[0]) },
}

// plainGo makes the writer of a call of the thread.
func plainGo(call string) goWriter {
	return func(f *goFile, o *prog.Op, _ int) {
		if strings.Count(call, "%s") == 2 {
			f.line(call, f.thread(o), boolean(o.Num[0]))
		} else {
			f.line(call, f.thread(o))
		}
	}
}

func (f *goFile) op(i int) {
	o, step := &f.c.Program.Ops[i], f.c.first[i]
	for k := range f.c.found {
		if x := &f.c.found[k]; x.op == i {
			f.line("// %s", f.c.Program.OpText(i))
			f.line("//   the contract: %s", x.expected)
			f.line("//   C:            %s", x.actual)
		}
	}
	if !slices.Contains(ofProcess, o.Kind.String()) {
		f.thread(o)
	}
	if f.c.c[step].BadWhat == diff.BadCrash {
		f.line("require.Panics(t, func() {")
		defer f.line("})")
		f.last, f.crashed = i, true
	}
	row := o.Kind.Row()
	f.ending(o, true)
	defer f.ending(o, false)
	switch w := goWriters[o.Kind.String()]; {
	case w != nil:
		w(f, o, step)
	case slices.Contains(row.Operands, prog.BlockMove):
		f.moved(o, step, f.call(o))
	default:
		f.made(o, step, f.call(o))
	}
}

// thread gives the variable of the thread, which is made when it is first used.
func (f *goFile) thread(o *prog.Op) string {
	name := fmt.Sprintf("t%d", o.Thread)
	if now, was := f.threads[o.Thread]; !now && o.Thread != 0 {
		f.line("%s %s p.NewThread()", name, map[bool]string{true: "=", false: ":="}[was])
	}
	f.threads[o.Thread] = true
	return name
}

// heap gives the heap that an operation allocates from.
func (f *goFile) heap(o *prog.Op) string {
	switch {
	case !o.Heaped && o.Heap == prog.NoHandle:
		return f.thread(o) + ".Default()"
	case o.Heap == prog.Backing:
		return f.thread(o) + ".Backing()"
	}
	return f.name(o.Heap)
}

// lacks tells whether the heap operand is none, so that nothing is called.
func (f *goFile) lacks(o *prog.Op) bool { return o.Heap.IsVar() && !f.heaps[o.Heap] }

// camel makes realloc_aligned_at ReallocAlignedAt.
func camel(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// ofProcess are the operations that no thread does.
var ofProcess = []string{"clock", "good_size", "option_set", "option_get", "option_is_enabled", "arena_area",
	"register_deferred_free", "defer_free", "barrier", "malloc_good_size", "option_set_default", "option_set_enabled",
	"option_set_enabled_default", "option_enable", "option_disable", "set_new_handler"}

// ofThread are the operations on blocks that goalloc has for threads only.
var ofThread = []string{"memalign", "aligned_alloc", "valloc", "pvalloc", "aligned_recalloc", "aligned_offset_recalloc"}

// call gives the plain call of an operation on blocks.
func (f *goFile) call(o *prog.Op) string {
	on := f.heap(o)
	if name := o.Kind.String(); slices.Contains(ofThread, name) || name == "malloc" && !o.Heaped {
		on = f.thread(o)
	}
	return fmt.Sprintf("%s.%s(%s)", on, camel(o.Kind.String()), f.arguments(o))
}

func (f *goFile) arguments(o *prog.Op) string {
	var args []string
	if slices.Contains(o.Kind.Row().Operands, prog.BlockMove) {
		args = append(args, f.block(o))
	}
	for i := range o.Kind.Row().Numbers() {
		args = append(args, goNumber(o.Num[i]))
	}
	return strings.Join(args, ", ")
}

func (f *goFile) block(o *prog.Op) string {
	if !o.Src.IsVar() {
		return "0"
	}
	return f.name(o.Src)
}

// assign gives the left side of an assignment.
func (f *goFile) assign(h prog.Handle) string {
	if f.known[h] {
		return f.name(h) + " = "
	}
	f.known[h] = true
	return f.name(h) + " := "
}

func (f *goFile) slot(step int) uint32 { return f.c.code.Steps[step].Dst }

// made writes an allocation.
func (f *goFile) made(o *prog.Op, step int, call string) {
	if f.lacks(o) {
		call = "goalloc.Addr(0)"
	}
	f.line("%s%s", f.assign(o.Dst), call)
	f.gave(o, step)
}

// gave checks a new block and fills it.
func (f *goFile) gave(o *prog.Op, step int) {
	r, name := f.result(step), f.name(o.Dst)
	if r.Null != 0 {
		f.line("require.Zero(t, %s)", name)
		f.blocks[f.slot(step)] = held{}
		return
	}
	f.lies(o, name, r)
	if o.Kind.Row().Zeroes {
		f.zeroed(name, 0, r.Usable)
	}
	f.filled(o, step, r)
}

// lies checks where a block lies and how large it is.
func (f *goFile) lies(o *prog.Op, name string, r *diff.Result) {
	f.line("require.Equal(t, %s, %s)", f.place(r.Value), name)
	f.line("require.EqualValues(t, %d, %s.UsableSize(%s))", r.Usable, f.thread(o), name)
}

// zeroed checks that a block reads zero.
func (f *goFile) zeroed(name string, from, to uint64) {
	if from >= to {
		return
	}
	f.need["holds"] = true
	at := name
	if from > 0 {
		at = fmt.Sprintf("%s+%d", name, from)
	}
	f.line("require.True(t, holds(%s, %s, 0), \"zero\")", at, goNumber(to-from))
}

// filled gives a block new contents.
func (f *goFile) filled(o *prog.Op, step int, r *diff.Result) {
	mark := step%255 + 1
	f.need["fill"] = true
	f.line("fill(%s, %d)", f.name(o.Dst), mark)
	f.blocks[f.slot(step)] = held{r.Value, r.Usable, mark}
}

// moved writes a call that resizes a block.
func (f *goFile) moved(o *prog.Op, step int, call string) {
	old, was := f.take(o, step)
	r := f.result(step)
	frees := o.Kind.String() == "reallocf" && !f.lacks(o)
	switch {
	case f.lacks(o):
		f.line("// %s is no heap: nothing is called", f.name(o.Heap))
	case r.Null != 0:
		f.line("require.Zero(t, %s)", call)
	default:
		f.line("%s%s", f.assign(o.Dst), call)
	}
	f.became(o, step, old, was, frees)
}

// take gives the block that is to be resized, after a look at its contents.
func (f *goFile) take(o *prog.Op, step int) (old held, was string) {
	was = f.block(o)
	if o.Src.IsVar() {
		slot := f.c.code.Steps[step].Src
		old = f.blocks[slot]
		f.looks(old, was)
		delete(f.blocks, slot)
	}
	return old, was
}

// became checks what a resized block is now; on failure the variable holds the old one, unless that was freed.
func (f *goFile) became(o *prog.Op, step int, old held, was string, frees bool) {
	r, slot := f.result(step), f.slot(step)
	switch {
	case r.Null != 0:
		if frees || was == "0" {
			old, was = held{}, "goalloc.Addr(0)"
		}
		if o.Dst != o.Src || frees {
			f.line("%s%s", f.assign(o.Dst), was)
			f.line("require.Equal(t, %s, %s)", was, f.name(o.Dst))
		}
		f.blocks[slot] = old
	case r.Value == old.at:
		f.lies(o, f.name(o.Dst), r)
		f.blocks[slot] = old
	default:
		f.lies(o, f.name(o.Dst), r)
		size := f.c.want(int(f.c.code.Steps[step].Op)).Size
		if r.Bad != 0 {
			f.line("// what it held is lost here")
		} else if kept := min(old.usable, size); kept > 0 && (kept == old.usable || old.usable <= 64<<10) {
			f.need["holds"] = true
			f.line("require.True(t, holds(%s, %s, %d), \"kept contents\")", f.name(o.Dst), goNumber(kept), old.mark)
		}
		if o.Kind.Row().Zeroes {
			f.zeroed(f.name(o.Dst), old.usable, size)
		}
		f.filled(o, step, r)
	}
}
