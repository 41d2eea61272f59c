// The interpreter of the Go side, continued: copies of strings, and C++'s new. See doc.go for an overview.

package diff

import (
	"midiff/diff/prog"
	"midiff/goalloc"
)

// The operations that copy a string, or give memory as C++'s new does.
var goTexts = []goOp{
	{name: "strdup", alloc: func(h heapOf, s *stepOf) addrOf { return h.Strdup(textOf(s.A)) }},
	{name: "strndup", alloc: func(h heapOf, s *stepOf) addrOf { return h.Strndup(textOf(s.A), num(s.B)) }},
	{name: "realpath", alloc: func(h heapOf, s *stepOf) addrOf { return h.Realpath(pathOf(s)) }},
	{name: "mbsdup", run: func(g *GoSubject, t *goalloc.Thread, s *stepOf, r *Result) {
		g.gave(t, s, r, t.Mbsdup(textOf(s.A)))
	}},
	{name: "wcsdup", run: func(g *GoSubject, t *goalloc.Thread, s *stepOf, r *Result) {
		g.gave(t, s, r, t.Wcsdup(wideOf(s.A)))
	}},
	{name: "dupenv_s", run: (*GoSubject).dupenv},
	{name: "set_new_handler", run: (*GoSubject).setNewHandler},
	{name: "new", run: givesNew(func(t *goalloc.Thread, s *stepOf) addrOf { return t.New(num(s.A)) })},
	{name: "new_n", run: givesNew(func(t *goalloc.Thread, s *stepOf) addrOf { return t.NewN(num(s.A), num(s.B)) })},
	{name: "new_nothrow", run: givesNew(func(t *goalloc.Thread, s *stepOf) addrOf { return t.NewNothrow(num(s.A)) })},
	{name: "new_aligned", run: givesNew(func(t *goalloc.Thread, s *stepOf) addrOf {
		return t.NewAligned(num(s.A), num(s.B))
	})},
	{name: "new_aligned_nothrow", run: givesNew(func(t *goalloc.Thread, s *stepOf) addrOf {
		return t.NewAlignedNothrow(num(s.A), num(s.B))
	})},
	{name: "new_realloc", run: movesNew(func(t *goalloc.Thread, p addrOf, s *stepOf) addrOf {
		return t.NewRealloc(p, num(s.A))
	})},
	{name: "new_reallocn", run: movesNew(func(t *goalloc.Thread, p addrOf, s *stepOf) addrOf {
		return t.NewReallocn(p, num(s.A), num(s.B))
	})},
	{name: "heap_alloc_new", run: newOf(func(h heapOf, s *stepOf) addrOf { return h.AllocNew(num(s.A)) })},
	{name: "heap_alloc_new_n", run: newOf(func(h heapOf, s *stepOf) addrOf { return h.AllocNewN(num(s.A), num(s.B)) })},
}

func (g *GoSubject) dupenv(t *goalloc.Thread, s *prog.Step, r *Result) {
	p, code := t.DupenvS(variableOf(s))
	g.gave(t, s, r, p)
	if p == 0 {
		r.Usable = uint64(code)
	}
}

// goNews is the handler's side of a run.
type goNews struct {
	kind  uint64 // the handler that is set
	tries int    // how often it may still return in this operation
	calls uint64 // in this operation
}

// thrown is what the handler panics with.
type thrown struct{}

func (g *GoSubject) setNewHandler(_ *goalloc.Thread, s *prog.Step, _ *Result) {
	g.news.kind = s.A
	if s.A == prog.HandlerNone {
		g.proc.SetNewHandler(nil)
		return
	}
	g.proc.SetNewHandler(func() {
		if g.news.calls++; g.news.kind == prog.HandlerRetries && g.news.tries > 0 {
			g.news.tries--
			return
		}
		panic(thrown{})
	})
}

// catch makes a call that may throw; null if it does. The code of a call that gives null is how often the handler was
// called.
func (g *GoSubject) catch(call func() goalloc.Addr) (p goalloc.Addr) {
	g.news.calls, g.news.tries = 0, prog.HandlerTries
	defer func() {
		switch e := recover(); e {
		case nil, thrown{}, goalloc.ErrNoMemory:
		default:
			panic(e)
		}
	}()
	return call()
}

func (g *GoSubject) gaveNew(t *goalloc.Thread, s *prog.Step, r *Result, p goalloc.Addr) {
	g.gave(t, s, r, p)
	if p == 0 {
		r.Usable = g.news.calls
	}
}

// givesNew makes the interpreter of a call that gives a block.
func givesNew(call func(t *goalloc.Thread, s *prog.Step) goalloc.Addr) goRun {
	return func(g *GoSubject, t *goalloc.Thread, s *prog.Step, r *Result) {
		g.gaveNew(t, s, r, g.catch(func() goalloc.Addr { return call(t, s) }))
	}
}

// newOf is givesNew of a heap.
func newOf(call func(h goalloc.Heap, s *prog.Step) goalloc.Addr) goRun {
	return func(g *GoSubject, t *goalloc.Thread, s *prog.Step, r *Result) {
		g.gaveNew(t, s, r, g.catch(func() goalloc.Addr {
			if h, ok := g.heap(t, s); ok {
				return call(h, s)
			}
			return 0
		}))
	}
}

// movesNew makes the interpreter of a call that resizes a block.
func movesNew(call func(t *goalloc.Thread, p goalloc.Addr, s *prog.Step) goalloc.Addr) goRun {
	return func(g *GoSubject, t *goalloc.Thread, s *prog.Step, r *Result) {
		old := g.source(s, r)
		p := g.catch(func() goalloc.Addr { return call(t, old.addr, s) })
		g.moved(t, s, r, old, p, false)
		if p == 0 {
			r.Usable = g.news.calls
		}
	}
}
