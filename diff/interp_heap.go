// The interpreter of the Go side, continued: heaps, threads, collection, the clock and statistics. See doc.go for
// an overview.

package diff

import (
	"midiff/diff/prog"
	"midiff/goalloc"
)

// heapNew asks for the backing heap first: where a thread cannot be initialised, heap_new of the
// reference follows a null pointer, so neither side calls it then.
func (g *GoSubject) heapNew(t *goalloc.Thread, s *prog.Step, r *Result) {
	g.newHeap(t, s, r, t.NewHeap)
}

func (g *GoSubject) newHeap(t *goalloc.Thread, s *prog.Step, r *Result, make func() (goalloc.Heap, bool)) {
	var h goalloc.Heap
	ok := !t.Backing().IsZero()
	if ok {
		h, ok = make()
	}
	g.madeHeap(s, r, h, ok)
}

// madeHeap takes in a heap, or that there is none.
func (g *GoSubject) madeHeap(s *prog.Step, r *Result, h goalloc.Heap, ok bool) {
	if !ok {
		g.heaps[s.Dst] = goHeap{}
		r.Null = 1
		return
	}
	g.heaps[s.Dst] = goHeap{heap: h, thread: s.Thread, live: true}
	r.Value = g.rel(h.Addr())
}

func (g *GoSubject) heapDelete(t *goalloc.Thread, s *prog.Step, _ *Result) {
	if h, ok := g.heap(t, s); ok {
		h.Delete()
		g.heaps[s.Heap] = goHeap{}
	}
}

// heapDestroy asks for every live block whether it belongs to the heap, before it is gone.
func (g *GoSubject) heapDestroy(t *goalloc.Thread, s *prog.Step, r *Result) {
	h, ok := g.heap(t, s)
	if !ok {
		return
	}
	for i := range g.blocks {
		if g.blocks[i].addr == 0 || g.heaps[s.Heap].kept || !h.Contains(g.blocks[i].addr) {
			continue
		}
		g.blocks[i] = stamped{}
		g.taken = append(g.taken, Taken{g.step - 1, uint32(i)})
		r.Value++
		r.Usable ^= slotMix(uint32(i))
	}
	h.Destroy()
	g.heaps[s.Heap] = goHeap{}
}

func (g *GoSubject) heapSetDefault(t *goalloc.Thread, s *prog.Step, _ *Result) {
	if h, ok := g.heap(t, s); ok {
		t.SetDefault(h)
	}
}

func (g *GoSubject) heapGetDefault(t *goalloc.Thread, _ *prog.Step, r *Result) {
	g.tellHeap(t.Started(), r)
}

func (g *GoSubject) heapGetBacking(t *goalloc.Thread, _ *prog.Step, r *Result) {
	g.tellHeap(t.Backing(), r)
}

// mainHeapName stands for the main thread's backing heap, which is a static in C.
const mainHeapName = 1

// tellHeap gives a heap as a number: the address of its record, mostly.
func (g *GoSubject) tellHeap(h goalloc.Heap, r *Result) {
	switch {
	case h.IsZero():
		r.Null = 1
	case h == g.mainHeap:
		r.Value = mainHeapName
	default:
		r.Value = g.rel(h.Addr())
	}
}

func (g *GoSubject) collect(t *goalloc.Thread, s *prog.Step, _ *Result) { t.Collect(s.A != 0) }

func (g *GoSubject) heapCollect(t *goalloc.Thread, s *prog.Step, _ *Result) {
	if h, ok := g.heap(t, s); ok {
		h.Collect(s.A != 0)
	}
}

func (g *GoSubject) threadInit(t *goalloc.Thread, _ *prog.Step, _ *Result) { t.Init() }

func (g *GoSubject) threadDone(t *goalloc.Thread, s *prog.Step, _ *Result) {
	t.Done()
	g.dropHeaps(s.Thread)
}

// exit ends a thread; its number then stands for one that has not been used yet.
func (g *GoSubject) exit(t *goalloc.Thread, s *prog.Step, _ *Result) {
	t.Close()
	g.renew(s)
}

// exitOnce is exit for a system that tells the allocator once.
func (g *GoSubject) exitOnce(t *goalloc.Thread, s *prog.Step, _ *Result) {
	t.Done()
	g.renew(s)
}

func (g *GoSubject) renew(s *prog.Step) {
	g.dropHeaps(s.Thread)
	if s.Thread != 0 {
		g.threads[s.Thread] = nil
	}
}

func (g *GoSubject) dropHeaps(thread uint8) {
	for i := range g.heaps {
		if g.heaps[i].thread == thread {
			g.heaps[i] = goHeap{}
		}
	}
}

func (g *GoSubject) clock(_ *goalloc.Thread, s *prog.Step, _ *Result) { g.proc.Tick(int64(s.A)) }

func (g *GoSubject) statsMerge(t *goalloc.Thread, _ *prog.Step, _ *Result) { t.MergeStats() }

func (g *GoSubject) statsReset(t *goalloc.Thread, _ *prog.Step, _ *Result) { t.ResetStats() }
