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

func (g *GoSubject) alignedRecalloc(t *goalloc.Thread, s *prog.Step, r *Result) {
	old := g.source(s, r)
	g.moved(t, s, r, old, t.AlignedRecalloc(old.addr, num(s.A), num(s.B), num(s.C)), false)
}

func (g *GoSubject) alignedOffsetRecalloc(t *goalloc.Thread, s *prog.Step, r *Result) {
	old := g.source(s, r)
	g.moved(t, s, r, old, t.AlignedOffsetRecalloc(old.addr, num(s.A), num(s.B), num(s.C), num(s.D)), false)
}

// The calls that are told of a block what the caller knows of it are told the truth.

func (g *GoSubject) freeSize(t *goalloc.Thread, s *prog.Step, r *Result) {
	b := g.source(s, r)
	t.FreeSize(b.addr, b.usable)
}

func (g *GoSubject) freeSizeAligned(t *goalloc.Thread, s *prog.Step, r *Result) {
	b := g.source(s, r)
	t.FreeSizeAligned(b.addr, b.usable, alignmentOf(b.addr))
}

func (g *GoSubject) freeAligned(t *goalloc.Thread, s *prog.Step, r *Result) {
	b := g.source(s, r)
	t.FreeAligned(b.addr, alignmentOf(b.addr))
}

// alignmentOf is what an address is a multiple of, the largest power of two.
func alignmentOf(p goalloc.Addr) uintptr { return uintptr(p & -p) }

func (g *GoSubject) mallocSize(t *goalloc.Thread, s *prog.Step, r *Result) {
	r.Value = uint64(t.MallocSize(g.operand(s, r)))
}

func (g *GoSubject) mallocUsableSize(t *goalloc.Thread, s *prog.Step, r *Result) {
	r.Value = uint64(t.MallocUsableSize(g.operand(s, r)))
}

func (g *GoSubject) mallocGoodSize(_ *goalloc.Thread, s *prog.Step, r *Result) {
	r.Value = uint64(g.proc.MallocGoodSize(num(s.A)))
}

func (g *GoSubject) expandInPlace(t *goalloc.Thread, s *prog.Step, r *Result) {
	p, code := t.ExpandInPlace(g.operand(s, r), num(s.A))
	if p == 0 {
		r.Null, r.Usable = 1, uint64(code)
		return
	}
	r.Value, r.Usable = g.rel(p), uint64(t.UsableSize(p))
}
