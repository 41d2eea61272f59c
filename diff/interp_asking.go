// The interpreter of the Go side, continued: questions about blocks and heaps. See doc.go for an
// overview.

package diff

import (
	"midiff/diff/prog"
	"midiff/goalloc"
)

// The bytes of a block that are asked about, in the order of the bits of the answer.
const (
	askFirst = 1 << iota
	askInner
	askLast
	askNext
)

// ask puts the answers about the first, an inner and the last byte of the block operand into the result;
// step is 1 for bytes, 8 for words.
func (g *GoSubject) ask(s *prog.Step, r *Result, step uintptr, yes func(p goalloc.Addr) bool) {
	p := g.operand(s, r)
	if yes(p) {
		r.Value |= askFirst
	}
	if p == 0 {
		return
	}
	usable := g.blocks[s.Src].usable
	if yes(p + goalloc.Addr(usable/2&^(step-1))) {
		r.Value |= askInner
	}
	if yes(p + goalloc.Addr((max(usable, 1)-1)&^(step-1))) {
		r.Value |= askLast
	}
}

func (g *GoSubject) isInHeapRegion(t *goalloc.Thread, s *prog.Step, r *Result) {
	g.ask(s, r, 1, t.IsInHeapRegion)
	if s.Src != prog.NoSlot && g.blocks[s.Src].addr != 0 {
		if b := &g.blocks[s.Src]; t.IsInHeapRegion(b.addr + goalloc.Addr(b.usable)) {
			r.Value |= askNext
		}
	}
}

func (g *GoSubject) checkOwned(t *goalloc.Thread, s *prog.Step, r *Result) {
	g.ask(s, r, 8, t.CheckOwned)
}

func (g *GoSubject) heapCheckOwned(t *goalloc.Thread, s *prog.Step, r *Result) {
	h, ok := g.heap(t, s)
	g.ask(s, r, 8, func(p goalloc.Addr) bool { return ok && h.CheckOwned(p) })
}

// heapContainsBlock asks of the address that the caller got, since for others no answer is promised.
func (g *GoSubject) heapContainsBlock(t *goalloc.Thread, s *prog.Step, r *Result) {
	p := g.operand(s, r)
	if h, ok := g.heap(t, s); ok && h.Contains(p) {
		r.Value = 1
	}
}
