// Operations in Go, continued: questions, heaps, threads, options and arenas. See doc.go for an overview.

package emit

import (
	"fmt"
	"slices"

	"midiff/diff/prog"
)

func (f *goFile) reallocarray(o *prog.Op, step int) {
	f.coded(o, step, fmt.Sprintf("got, code := %s.Reallocarray(%s)", f.thread(o), f.arguments(o)))
}

func (f *goFile) reallocarr(o *prog.Op, step int) {
	f.coded(o, step, fmt.Sprintf("got := %s\n\t\tcode := %s.Reallocarr(&got, %s)", goBlock(f.block(o)), f.thread(o),
		fmt.Sprintf("%s, %s", goNumber(o.Num[0]), goNumber(o.Num[1]))))
}

func goBlock(name string) string {
	if name == "0" {
		return "goalloc.Addr(0)"
	}
	return name
}

// coded writes a call that resizes a block and gives an error code.
func (f *goFile) coded(o *prog.Op, step int, call string) {
	old, was := f.take(o, step)
	r := f.result(step)
	if r.Null == 0 && !f.known[o.Dst] {
		f.line("%sgoalloc.Addr(0)", f.assign(o.Dst))
	}
	f.line("{")
	f.line("\t%s", call)
	if r.Null != 0 {
		f.line("\trequire.EqualValues(t, %d, code)", r.Usable)
		f.line("\t_ = got")
	} else {
		f.line("\trequire.Zero(t, code)")
		f.line("\t%s = got", f.name(o.Dst))
	}
	f.line("}")
	f.became(o, step, old, goBlock(was), false)
}

func (f *goFile) posixMemalign(o *prog.Op, step int) {
	f.line("%sgoalloc.Addr(0)", f.assign(o.Dst))
	f.line("{")
	f.line("\tgot, code := %s.PosixMemalign(%s)", f.thread(o), f.arguments(o))
	code := uint64(0)
	if r := f.result(step); r.Null != 0 {
		code = r.Usable
	}
	f.line("\trequire.EqualValues(t, %d, code)", code)
	f.line("\t%s = got", f.name(o.Dst))
	f.line("}")
	f.gave(o, step)
}

// operand gives the block operand after a look at its contents.
func (f *goFile) operand(o *prog.Op, step int) (held, string) {
	name := f.block(o)
	if !o.Src.IsVar() {
		return held{}, name
	}
	x := f.blocks[f.c.code.Steps[step].Src]
	f.looks(x, name)
	return x, name
}

func (f *goFile) free(o *prog.Op, step int) {
	_, name := f.operand(o, step)
	f.line("%s.%s(%s)", f.thread(o), camel(o.Kind.String()), name)
	delete(f.blocks, f.c.code.Steps[step].Src)
}

func (f *goFile) expand(o *prog.Op, step int) {
	_, name := f.operand(o, step)
	call := fmt.Sprintf("%s.Expand(%s, %s)", f.thread(o), name, goNumber(o.Num[0]))
	if r := f.result(step); r.Null != 0 {
		f.line("require.Zero(t, %s)", call)
	} else {
		f.line("require.Equal(t, %s, %s)", f.place(r.Value), call)
	}
}

func (f *goFile) usableSize(o *prog.Op, step int) {
	_, name := f.operand(o, step)
	f.line("require.EqualValues(t, %d, %s.%s(%s))", f.result(step).Value, f.thread(o), camel(o.Kind.String()), name)
}

func (f *goFile) goodSize(o *prog.Op, step int) {
	f.line("require.EqualValues(t, uint64(%d), p.%s(%s))", f.result(step).Value, camel(o.Kind.String()), goNumber(o.Num[0]))
}

// asks asks of the first, an inner and the last byte or word of a block; the bits of the result are the answers.
func (f *goFile) asks(o *prog.Op, step int) {
	x, name := f.operand(o, step)
	if f.lacks(o) {
		f.line("// %s is no heap: nothing is called", f.name(o.Heap))
		return
	}
	on, unit := f.thread(o)+"."+camel(o.Kind.String()), uint64(8)
	switch o.Kind.String() {
	case "is_in_heap_region":
		unit = 1
	case "heap_check_owned":
		on = f.heap(o) + ".CheckOwned"
	}
	offsets := []uint64{0, x.usable / 2 / unit * unit, (max(x.usable, 1) - 1) / unit * unit}
	if x.at == 0 {
		offsets = offsets[:1]
	}
	for i, offset := range offsets {
		at := name
		if offset > 0 {
			at = fmt.Sprintf("%s+%d", name, offset)
		}
		f.line("require.%s(t, %s(%s))", map[bool]string{true: "True", false: "False"}[f.result(step).Value>>i&1 != 0], on, at)
	}
}

func (f *goFile) containsBlock(o *prog.Op, step int) {
	_, name := f.operand(o, step)
	if f.lacks(o) {
		f.line("// %s is no heap: nothing is called", f.name(o.Heap))
		return
	}
	f.line("require.Equal(t, %t, %s.Contains(%s))", f.result(step).Value != 0, f.heap(o), name)
}

func (f *goFile) visitBlocks(o *prog.Op, step int) {
	if f.lacks(o) {
		return
	}
	f.need["visited"] = true
	r := f.result(step)
	f.line("{")
	f.line("\tn, all := visited(%s, %t)", f.heap(o), o.Num[0] != 0)
	f.line("\trequire.EqualValues(t, %d, n)", r.Value)
	f.line("\trequire.Equal(t, %t, all)", r.Null == 0)
	f.line("}")
}

// heapNew asks for the backing heap first, as the rig does on both sides.
func (f *goFile) heapNew(o *prog.Op, step int) {
	r, name := f.result(step), f.name(o.Dst)
	f.heaps[o.Dst] = r.Null == 0
	if r.Null != 0 {
		f.line("require.True(t, %s.Backing().IsZero(), \"no memory for the thread's record, or for the heap's\")", f.thread(o))
		return
	}
	call := f.thread(o) + ".NewHeap()"
	if o.Src.IsVar() {
		call = fmt.Sprintf("%s.NewHeapInArena(%s)", f.thread(o), f.name(o.Src))
	}
	sign := ":="
	if f.known[o.Dst] {
		sign = "="
	}
	f.known[o.Dst] = true
	f.line("%s, ok %s %s", name, sign, call)
	f.line("require.True(t, ok)")
	f.line("require.Equal(t, %s, %s.Addr())", f.place(r.Value), name)
}

func (f *goFile) heapEnd(o *prog.Op, step int) {
	if f.lacks(o) {
		return
	}
	f.line("%s.%s()", f.name(o.Heap), map[string]string{"heap_delete": "Delete", "heap_destroy": "Destroy"}[o.Kind.String()])
	f.heaps[o.Heap] = false
	if o.Kind.String() == "heap_delete" {
		return
	}
	for _, taken := range f.c.taken {
		if i := slices.Index(f.queue, taken.Slot); int(taken.Step) == step && i >= 0 {
			f.line("queue[%d].a = 0 // it ended with the heap", i)
		} else if int(taken.Step) == step {
			f.line("%s = 0 // it ended with the heap", f.slotName(taken.Slot))
			delete(f.blocks, taken.Slot)
		}
	}
}

func (f *goFile) heapSetDefault(o *prog.Op, _ int) {
	if !f.lacks(o) {
		f.line("%s.SetDefault(%s)", f.thread(o), f.heap(o))
	}
}

func (f *goFile) heapCollect(o *prog.Op, _ int) {
	if !f.lacks(o) {
		f.line("%s.Collect(%t)", f.heap(o), o.Num[0] != 0)
	}
}

// mainHeap is how a result tells of the main thread's own heap.
const mainHeap = 1

func (f *goFile) tellHeap(o *prog.Op, step int) {
	call := f.thread(o) + map[string]string{"heap_get_default": ".Started()", "heap_get_backing": ".Backing()"}[o.Kind.String()]
	switch r := f.result(step); {
	case r.Null != 0:
		f.line("require.True(t, %s.IsZero())", call)
	case r.Value == mainHeap:
		f.line("require.Equal(t, p.Main().Backing(), %s)", call)
	default:
		f.line("require.Equal(t, %s, %s.Addr())", f.place(r.Value), call)
	}
}

// exit ends a thread; what its number stands for next is a new one. The main thread lives on.
func (f *goFile) exit(o *prog.Op, _ int) {
	call := map[string]string{"exit": "Close", "exit_once": "Done"}[o.Kind.String()]
	f.line("%s.%s()", f.thread(o), call)
	if o.Thread != 0 {
		f.threads[o.Thread] = false
	}
}

// registerDeferredFree registers the one callback of the test, or none.
func (f *goFile) registerDeferredFree(o *prog.Op, _ int) {
	f.need["called"] = true
	f.line("frees, allocates, atEnd = %t, %t, %t", o.Num[0] != prog.CallbackNone, prog.CallbackMakes(o.Num[0], false),
		prog.CallbackMakes(o.Num[0], true))
	f.line("p.RegisterDeferredFree(%s)", map[bool]string{true: "nil", false: "called"}[o.Num[0] == prog.CallbackNone])
}

func (f *goFile) deferFree(o *prog.Op, step int) {
	f.need["called"] = true
	x, name := f.operand(o, step)
	f.line("queue = append(queue, queued{%s, %d})", name, x.mark)
	f.queue = append(f.queue, f.c.code.Steps[step].Dst)
	if o.Src.IsVar() {
		delete(f.blocks, f.c.code.Steps[step].Src)
	}
}

// ending tells the callback whether a thread ends.
func (f *goFile) ending(o *prog.Op, now bool) {
	if f.defers && o.Kind.Row().EndsTied {
		f.line("ending = %t", now)
	}
}

func (f *goFile) optionSet(o *prog.Op, _ int) {
	f.line("require.NoError(t, p.SetOption(%q, %d))", prog.OptionNames[o.Num[0]], int64(o.Num[1]))
}

func (f *goFile) optionGet(o *prog.Op, step int) {
	f.line("{")
	if o.Kind.String() == "option_get" {
		f.line("\tvalue, err := p.Option(%q)", prog.OptionNames[o.Num[0]])
		f.line("\trequire.NoError(t, err)")
		f.line("\trequire.EqualValues(t, %d, value)", int64(f.result(step).Value))
	} else {
		f.line("\ton, err := p.OptionIsEnabled(%q)", prog.OptionNames[o.Num[0]])
		f.line("\trequire.NoError(t, err)")
		f.line("\trequire.Equal(t, %t, on)", f.result(step).Value != 0)
	}
	f.line("}")
}

func (f *goFile) bulk(o *prog.Op, step int) {
	f.need["sum"], f.need["fill"] = true, true
	name, n := f.name(o.Dst), int(o.Num[0])
	mark, sum := step%255+1, uint64(0)
	for i := range n {
		r := f.result(step + i)
		sum += r.Value
		delete(f.blocks, f.c.code.Steps[step+i].Dst)
	}
	f.bulks[o.Dst] = &bulk{o.Num[1], mark, n}
	f.line("%smake([]goalloc.Addr, %d)", f.assign(o.Dst), n)
	f.line("for i := range %s {", name)
	f.line("\t%s[i] = %s.Malloc(%s)", name, f.thread(o), goNumber(o.Num[1]))
	f.line("\tif %s[i] != 0 {", name)
	f.line("\t\tfill(%s[i], %d)", name, mark)
	f.line("\t}")
	f.line("}")
	f.line("require.EqualValues(t, uint64(%#x), sum(%s), \"where they lie\")", sum, name)
}

func (f *goFile) bulkFree(o *prog.Op, _ int) {
	f.need["drain"] = true
	f.line("%s = drain(%s, %s, %d, %d)", f.name(o.Src), f.thread(o), f.name(o.Src), o.Num[0], f.bulks[o.Src].mark)
}

// reserve starts the thread first, as the rig does on both sides.
func (f *goFile) reserve(o *prog.Op, step int) {
	r := f.result(step)
	f.line("%s.Init()", f.thread(o))
	call := fmt.Sprintf("%s.ReserveOSMemory(%s, %t, %t, %t)", f.thread(o), goNumber(o.Num[0]), o.Num[1] != 0, o.Num[2] != 0,
		o.Dst.IsVar() && o.Num[3] != 0)
	f.line("{")
	if !o.Dst.IsVar() {
		f.line("\t_, code := %s", call)
		f.line("\trequire.EqualValues(t, %d, code)", r.Value)
		f.line("}")
		return
	}
	f.line("\tid, code := %s", call)
	f.line("\trequire.Equal(t, %t, code == 0)", r.Null == 0)
	f.arena(o, step)
}

// arena checks the number and the place of an arena.
func (f *goFile) arena(o *prog.Op, step int) {
	r := f.result(step)
	f.line("\trequire.EqualValues(t, %d, id)", int32(r.Value))
	if r.Null == 0 {
		f.line("\tstart, _ := p.ArenaArea(id)")
		f.line("\trequire.Equal(t, %s, start)", f.place(r.Usable))
	}
	f.line("}")
	f.line("%sgoalloc.ArenaID(%d)", f.assign(o.Dst), int32(r.Value))
	f.line("_ = %s", f.name(o.Dst))
}

func (f *goFile) manage(o *prog.Op, step int) {
	f.need["manage"] = true
	r := f.result(step)
	zero, exclusive := o.Num[3] != 0, false
	if o.Dst.IsVar() {
		zero, exclusive = true, o.Num[3] != 0
	}
	call := fmt.Sprintf("manage(%s, %s, %t, %t, %t, %t)", f.thread(o), goNumber(o.Num[0]), o.Num[1] != 0,
		o.Num[2] != 0, zero, exclusive)
	f.line("{")
	if !o.Dst.IsVar() {
		f.line("\t_, ok := %s", call)
		f.line("\trequire.Equal(t, %t, ok)", r.Value == 1)
		f.line("}")
		return
	}
	f.line("\tid, ok := %s", call)
	f.line("\trequire.Equal(t, %t, ok)", r.Null == 0)
	f.arena(o, step)
}

func (f *goFile) arenaArea(o *prog.Op, step int) {
	r := f.result(step)
	f.line("{")
	f.line("\tstart, size := p.ArenaArea(%s)", f.name(o.Src))
	if r.Usable == 0 {
		f.line("\trequire.Zero(t, start)")
	} else {
		f.line("\trequire.Equal(t, %s, start)", f.place(r.Value))
	}
	f.line("\trequire.EqualValues(t, %d, size)", r.Usable)
	f.line("}")
}
