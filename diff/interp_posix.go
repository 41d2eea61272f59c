// The interpreter of the Go side, continued: the calls by the names of other standards. See doc.go for
// an overview.

package diff

import (
	"midiff/diff/prog"
	"midiff/goalloc"
)

// The calls that have an error code put it where the usable size of a block would be.

func (g *GoSubject) posixMemalign(t *goalloc.Thread, s *prog.Step, r *Result) {
	p, code := t.PosixMemalign(num(s.A), num(s.B))
	g.gave(t, s, r, p)
	if p == 0 {
		r.Usable = uint64(code)
	}
}

func (g *GoSubject) reallocarray(t *goalloc.Thread, s *prog.Step, r *Result) {
	old := g.source(s, r)
	p, code := t.Reallocarray(old.addr, num(s.A), num(s.B))
	g.moved(t, s, r, old, p, false)
	if p == 0 {
		r.Usable = uint64(code)
	}
}

func (g *GoSubject) reallocarr(t *goalloc.Thread, s *prog.Step, r *Result) {
	old := g.source(s, r)
	p := old.addr
	code := t.Reallocarr(&p, num(s.A), num(s.B))
	if code == 0 {
		g.moved(t, s, r, old, p, p == 0)
		return
	}
	left := p == old.addr
	g.moved(t, s, r, old, 0, false)
	r.Usable = uint64(code)
	if !left {
		r.Usable += wrongPointer
	}
}

// wrongPointer is added to the code of a call that failed and changed the caller's pointer.
const wrongPointer = 1 << 32

func (g *GoSubject) memalign(t *goalloc.Thread, s *prog.Step, r *Result) {
	g.gave(t, s, r, t.Memalign(num(s.A), num(s.B)))
}

func (g *GoSubject) alignedAlloc(t *goalloc.Thread, s *prog.Step, r *Result) {
	g.gave(t, s, r, t.AlignedAlloc(num(s.A), num(s.B)))
}

func (g *GoSubject) valloc(t *goalloc.Thread, s *prog.Step, r *Result) {
	g.gave(t, s, r, t.Valloc(num(s.A)))
}

func (g *GoSubject) pvalloc(t *goalloc.Thread, s *prog.Step, r *Result) {
	g.gave(t, s, r, t.Pvalloc(num(s.A)))
}
