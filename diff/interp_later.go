// The interpreter of the Go side, continued: operations that only later versions have. See doc.go for an overview.

package diff

import (
	"midiff/diff/prog"
	"midiff/goalloc"
)

// The operations that later versions have alone.
var goLater = []goOp{
	{name: "umalloc", run: tellsOne(func(t *goalloc.Thread, s *stepOf) (addrOf, uintptr) { return t.Umalloc(num(s.A)) })},
	{name: "ucalloc", run: tellsOne(func(t *goalloc.Thread, s *stepOf) (addrOf, uintptr) {
		return t.Ucalloc(num(s.A), num(s.B))
	})},
	{name: "umalloc_small", run: tellsOne(func(t *goalloc.Thread, s *stepOf) (addrOf, uintptr) {
		return t.UmallocSmall(num(s.A))
	})},
	{name: "umalloc_aligned", run: tellsOne(func(t *goalloc.Thread, s *stepOf) (addrOf, uintptr) {
		return t.UmallocAligned(num(s.A), num(s.B))
	})},
	{name: "uzalloc_aligned", run: tellsOne(func(t *goalloc.Thread, s *stepOf) (addrOf, uintptr) {
		return t.UzallocAligned(num(s.A), num(s.B))
	})},
	{name: "urealloc", run: (*GoSubject).urealloc},
	{name: "heap_zalloc_small", alloc: func(h heapOf, s *stepOf) addrOf { return h.ZallocSmall(num(s.A)) }},
	{name: "ufree", run: (*GoSubject).ufree},
	{name: "free_small", run: (*GoSubject).free},
	{name: "heap_new_ex", run: (*GoSubject).heapNewEx},
	{name: "abandoned_visit_blocks", run: (*GoSubject).abandonedVisitBlocks},
	{name: "collect_reduce", run: func(_ *GoSubject, t *goalloc.Thread, s *stepOf, _ *Result) { t.CollectReduce(num(s.A)) }},
	{name: "subproc_new", run: (*GoSubject).subprocNew},
	{name: "subproc_delete", run: (*GoSubject).subprocDelete},
	{name: "subproc_add_current_thread", run: (*GoSubject).subprocAddCurrentThread},
	{name: "unsafe_heap_page_is_under_utilized", run: (*GoSubject).isUnderUtilized},
}

// tellsOne makes the interpreter of an operation that gives a block and tells its size.
func tellsOne(call func(t *goalloc.Thread, s *prog.Step) (goalloc.Addr, uintptr)) goRun {
	return func(g *GoSubject, t *goalloc.Thread, s *prog.Step, r *Result) {
		p, told := call(t, s)
		if p != 0 {
			r.Told = uint64(told)
		}
		g.gave(t, s, r, p)
	}
}

func (g *GoSubject) urealloc(t *goalloc.Thread, s *prog.Step, r *Result) {
	old := g.source(s, r)
	p, before, after := t.Urealloc(old.addr, num(s.A))
	if p != 0 {
		r.Told = uint64(after) ^ uint64(before)<<32
	}
	g.moved(t, s, r, old, p, false)
}

func (g *GoSubject) ufree(t *goalloc.Thread, s *prog.Step, r *Result) {
	r.Told = uint64(t.Ufree(g.operand(s, r)))
	if s.Src != prog.NoSlot {
		g.blocks[s.Src] = stamped{}
	}
}

func (g *GoSubject) heapNewEx(t *goalloc.Thread, s *prog.Step, r *Result) {
	in := goalloc.NoArena
	switch s.Src {
	case prog.NoSlot:
	case prog.MissingSlot:
		in = goalloc.FailedArena
	default:
		in = g.arenas[s.Src]
	}
	h, ok := goalloc.Heap{}, !t.Backing().IsZero()
	if ok {
		h, ok = t.NewTaggedHeap(uint8(s.A), s.B != 0, in)
	}
	g.madeHeap(s, r, h, ok)
	g.heaps[s.Dst].kept = s.B == 0
}

func (g *GoSubject) isUnderUtilized(t *goalloc.Thread, s *prog.Step, r *Result) {
	p := g.operand(s, r)
	if h, ok := g.heap(t, s); ok && t.IsUnderUtilized(h, p, num(s.A)) {
		r.Value = 1
	}
}

func (g *GoSubject) subprocNew(t *goalloc.Thread, s *prog.Step, r *Result) {
	g.subprocs[s.Dst] = t.NewSubprocess()
	if g.subprocs[s.Dst] == 0 {
		r.Null = 1
	}
}

func (g *GoSubject) subprocDelete(t *goalloc.Thread, s *prog.Step, _ *Result) {
	g.subprocs[s.Src].Delete(t)
	g.subprocs[s.Src] = 0
}

// subprocAddCurrentThread does nothing where the thread cannot start, as the C side does.
func (g *GoSubject) subprocAddCurrentThread(t *goalloc.Thread, s *prog.Step, _ *Result) {
	if t.Backing().IsZero() {
		return
	}
	var in goalloc.Subprocess // the main one
	if s.Src != prog.NoSlot {
		in = g.subprocs[s.Src]
	}
	in.Join(t)
}
