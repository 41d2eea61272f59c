//go:build explore

package run

import (
	"fmt"

	"midiff/diff/explore/sim"
	"midiff/diff/prog"
	"midiff/goalloc"
)

type operation func(r *runner, t *goalloc.Thread, s *prog.Step)

func num(v uint64) uintptr { return uintptr(v) }

// The operations, by name.
var operations = map[string]operation{
	"malloc":         gives(func(h goalloc.Heap, s *prog.Step) goalloc.Addr { return h.Malloc(num(s.A)) }),
	"zalloc":         gives(func(h goalloc.Heap, s *prog.Step) goalloc.Addr { return h.Zalloc(num(s.A)) }),
	"calloc":         gives(func(h goalloc.Heap, s *prog.Step) goalloc.Addr { return h.Calloc(num(s.A), num(s.B)) }),
	"mallocn":        gives(func(h goalloc.Heap, s *prog.Step) goalloc.Addr { return h.Mallocn(num(s.A), num(s.B)) }),
	"malloc_small":   gives(func(h goalloc.Heap, s *prog.Step) goalloc.Addr { return h.MallocSmall(num(s.A)) }),
	"zalloc_small":   gives(func(h goalloc.Heap, s *prog.Step) goalloc.Addr { return h.ZallocSmall(num(s.A)) }),
	"malloc_aligned": gives(func(h goalloc.Heap, s *prog.Step) goalloc.Addr { return h.MallocAligned(num(s.A), num(s.B)) }),
	"zalloc_aligned": gives(func(h goalloc.Heap, s *prog.Step) goalloc.Addr { return h.ZallocAligned(num(s.A), num(s.B)) }),
	"malloc_aligned_at": gives(func(h goalloc.Heap, s *prog.Step) goalloc.Addr {
		return h.MallocAlignedAt(num(s.A), num(s.B), num(s.C))
	}),
	"realloc": moves(func(h goalloc.Heap, p goalloc.Addr, s *prog.Step) goalloc.Addr { return h.Realloc(p, num(s.A)) }),
	"reallocn": moves(func(h goalloc.Heap, p goalloc.Addr, s *prog.Step) goalloc.Addr {
		return h.Reallocn(p, num(s.A), num(s.B))
	}),
	"rezalloc": moves(func(h goalloc.Heap, p goalloc.Addr, s *prog.Step) goalloc.Addr { return h.Rezalloc(p, num(s.A)) }),
	"recalloc": moves(func(h goalloc.Heap, p goalloc.Addr, s *prog.Step) goalloc.Addr {
		return h.Recalloc(p, num(s.A), num(s.B))
	}),
	"realloc_aligned": moves(func(h goalloc.Heap, p goalloc.Addr, s *prog.Step) goalloc.Addr {
		return h.ReallocAligned(p, num(s.A), num(s.B))
	}),
	"free":             (*runner).free,
	"cfree":            (*runner).cfree,
	"usable_size":      (*runner).usableSize,
	"expand":           (*runner).expand,
	"heap_new":         (*runner).heapNew,
	"heap_delete":      (*runner).heapDelete,
	"heap_destroy":     (*runner).heapDestroy,
	"heap_set_default": (*runner).heapSetDefault,
	"heap_collect":     (*runner).heapCollect,
	"collect":          func(_ *runner, t *goalloc.Thread, s *prog.Step) { t.Collect(s.A != 0) },
	"thread_init":      func(_ *runner, t *goalloc.Thread, _ *prog.Step) { t.Init() },
	"thread_done":      (*runner).threadDone,
	"exit":             (*runner).exit,
	"exit_once":        (*runner).exit,
	"clock":            func(r *runner, _ *goalloc.Thread, s *prog.Step) { r.proc.Tick(int64(s.A)) },
}

// interp is operations by Kind.
var interp = func() []operation {
	table := make([]operation, len(prog.Table))
	for name, do := range operations {
		k, ok := prog.KindOf(name)
		if !ok {
			panic("explore: the interpreter knows " + name + ", which prog.Table does not have")
		}
		table[k] = do
	}
	return table
}()

// supported says why a step cannot be explored.
func supported(s *prog.Step) error {
	if interp[s.Kind] == nil {
		return fmt.Errorf("%s cannot be explored", s.Name())
	}
	return nil
}

// heap is what a step allocates from; false if its handle is null.
func (r *runner) heap(t *goalloc.Thread, s *prog.Step) (goalloc.Heap, bool) {
	switch s.Heap {
	case prog.NoSlot:
		return t.Default(), true
	case prog.BackingSlot:
		h := t.Backing()
		return h, !h.IsZero()
	}
	return r.heaps[s.Heap].heap, r.heaps[s.Heap].live
}

func gives(call func(goalloc.Heap, *prog.Step) goalloc.Addr) operation {
	return func(r *runner, t *goalloc.Thread, s *prog.Step) {
		h, ok := r.heap(t, s)
		var p goalloc.Addr
		if ok {
			p = call(h, s)
		}
		r.gave(t, s, p)
	}
}

func moves(call func(goalloc.Heap, goalloc.Addr, *prog.Step) goalloc.Addr) operation {
	return func(r *runner, t *goalloc.Thread, s *prog.Step) {
		var old block
		if s.Src != prog.NoSlot {
			old = r.blocks[s.Src]
			r.leaves(s.Src)
		}
		h, ok := r.heap(t, s)
		var p goalloc.Addr
		if ok {
			p = call(h, old.addr, s)
		}
		if p == 0 {
			r.blocks[s.Dst] = old // it stays
			return
		}
		r.gave(t, s, p)
		if p == old.addr {
			r.blocks[s.Dst].heap = old.heap
		}
	}
}

// gave takes a block into its slot, and the program fills it.
func (r *runner) gave(t *goalloc.Thread, s *prog.Step, p goalloc.Addr) {
	r.blocks[s.Dst] = block{}
	if p == 0 {
		return
	}
	goalloc.SetMemory(nil)
	b := block{addr: p, usable: t.UsableSize(p)}
	goalloc.SetMemory(r.Machine)
	if s.Heap < prog.BackingSlot {
		b.heap = r.heaps[s.Heap].heap.Addr()
	}
	r.handedOut(s, b)
	r.blocks[s.Dst] = b
	r.stamp(s.Dst)
}

// operand is the block that a step uses.
func (r *runner) operand(s *prog.Step) goalloc.Addr {
	if s.Src == prog.NoSlot {
		return 0
	}
	return r.blocks[s.Src].addr
}

func (r *runner) free(t *goalloc.Thread, s *prog.Step)  { t.Free(r.taken(s)) }
func (r *runner) cfree(t *goalloc.Thread, s *prog.Step) { t.Cfree(r.taken(s)) }

// taken is the block that a step frees, out of its slot.
func (r *runner) taken(s *prog.Step) goalloc.Addr {
	p := r.operand(s)
	if s.Src != prog.NoSlot {
		r.leaves(s.Src)
	}
	return p
}

func (r *runner) usableSize(t *goalloc.Thread, s *prog.Step) {
	p := r.operand(s)
	if n := t.UsableSize(p); p != 0 && n != r.blocks[s.Src].usable {
		r.sim.Fail(sim.Broken, "usable_size gives %d for a block of %d bytes", n, r.blocks[s.Src].usable)
	}
}

func (r *runner) expand(t *goalloc.Thread, s *prog.Step) { t.Expand(r.operand(s), num(s.A)) }

func (r *runner) heapNew(t *goalloc.Thread, s *prog.Step) {
	if t.Backing().IsZero() {
		return
	}
	h, ok := t.NewHeap()
	r.heaps[s.Dst] = heapSlot{heap: h, thread: s.Thread, live: ok}
}

func (r *runner) heapDelete(t *goalloc.Thread, s *prog.Step) {
	if h, ok := r.heap(t, s); ok {
		h.Delete()
		r.heaps[s.Heap] = heapSlot{}
	}
}

func (r *runner) heapDestroy(t *goalloc.Thread, s *prog.Step) {
	h, ok := r.heap(t, s)
	if !ok {
		return
	}
	for i := range r.blocks {
		b := &r.blocks[i]
		if b.addr != 0 && (!r.s.drawn && b.heap == h.Addr() || r.s.drawn && r.contains(h, b.addr)) {
			r.leaves(uint32(i))
		}
	}
	h.Destroy()
	r.heaps[s.Heap] = heapSlot{}
}

// contains looks whether a block is a heap's, while nothing else happens.
func (r *runner) contains(h goalloc.Heap, a goalloc.Addr) bool {
	goalloc.SetMemory(nil)
	defer goalloc.SetMemory(r.Machine)
	return h.Contains(a)
}

func (r *runner) heapSetDefault(t *goalloc.Thread, s *prog.Step) {
	if h, ok := r.heap(t, s); ok {
		t.SetDefault(h)
	}
}

func (r *runner) heapCollect(t *goalloc.Thread, s *prog.Step) {
	if h, ok := r.heap(t, s); ok {
		h.Collect(s.A != 0)
	}
}

func (r *runner) threadDone(t *goalloc.Thread, s *prog.Step) {
	t.Done()
	r.dropHeaps(s.Thread)
}

// exit ends a thread; its number then stands for one that has not been used yet.
func (r *runner) exit(t *goalloc.Thread, s *prog.Step) {
	if s.Kind.String() == "exit_once" {
		t.Done()
	} else {
		t.Close()
	}
	r.dropHeaps(s.Thread)
	if s.Thread != 0 {
		r.threads[s.Thread] = nil
		r.ended(t)
	}
}

// ended takes a thread out of those that the end's checks walk through.
func (r *runner) ended(t *goalloc.Thread) {
	for i, u := range r.all {
		if u == t {
			r.all = append(r.all[:i], r.all[i+1:]...)
			return
		}
	}
}

func (r *runner) dropHeaps(thread uint8) {
	for i := range r.heaps {
		if r.heaps[i].live && r.heaps[i].thread == thread {
			r.heaps[i] = heapSlot{}
		}
	}
}
