//go:build explore

package run

import (
	"strings"

	"midiff/diff/explore/sim"
	"midiff/diff/prog"
	"midiff/goalloc"
)

// handedOut judges a block that the allocator has just given: it must lie apart from all that are live.
func (r *runner) handedOut(s *prog.Step, b block) {
	from, to := b.addr, b.addr+goalloc.Addr(b.usable)
	if uintptr(from) < r.lo || uintptr(to) > r.hi {
		r.sim.Fail(sim.Broken, "%s gives %#x, which is no memory of the allocator's", s.Name(), b.addr)
	}
	for i := range r.blocks {
		if o := &r.blocks[i]; o.addr != 0 && from < o.addr+goalloc.Addr(o.usable) && o.addr < to {
			r.sim.Fail(sim.DoubleHandOut, "%s gives block %s, of which %s has bytes", s.Name(),
				r.slotName(s.Dst), r.slotName(uint32(i)))
		}
	}
}

func (r *runner) slotName(slot uint32) string { return r.s.Program.SlotName(&r.s.code, slot) }

// word is what the program writes into a block: the first and the last word.
func word(slot uint32) uint64 { return uint64(slot)*0x9E3779B97F4A7C15 | 1 }

// stamp fills a block: plain writes, so that a block in two hands is a race as well.
func (r *runner) stamp(slot uint32) {
	b := &r.blocks[slot]
	for _, at := range r.ends(b) {
		r.sim.PlainWrite(uintptr(at), 8, placeStamp)
		goalloc.Words(at, 1)[0] = word(slot)
	}
}

// ends are the first and the last word of a block; of one that is too small for two, the first, if there is
// room.
func (r *runner) ends(b *block) []goalloc.Addr {
	switch {
	case b.usable < 8:
		return nil
	case b.usable < 16:
		r.words[0] = b.addr
		return r.words[:1]
	}
	r.words = [2]goalloc.Addr{b.addr, b.addr + goalloc.Addr(b.usable-8)}
	return r.words[:]
}

// leaves looks at a block for the last time and takes it out of its slot.
func (r *runner) leaves(slot uint32) {
	b := &r.blocks[slot]
	if b.addr == 0 {
		return
	}
	for _, at := range r.ends(b) {
		r.sim.PlainRead(uintptr(at), 8, placeVerify)
		r.verify(slot, at)
	}
	*b = block{}
}

func (r *runner) verify(slot uint32, at goalloc.Addr) {
	if got := goalloc.Words(at, 1)[0]; got != word(slot) {
		r.sim.Fail(sim.DoubleHandOut, "block %s was overwritten: its word at %#x is %#x", r.slotName(slot), at, got)
	}
}

// classes are the failures that breaches of the allocator's invariants stand for, by the invariant's ID.
var classes = map[string]sim.Class{
	"P1": sim.LostBlock, "P2": sim.LostBlock, "P5": sim.LostBlock, "B1": sim.DoubleHandOut, "B2": sim.DoubleHandOut,
	"S4": sim.WrongQueue, "S5": sim.WrongQueue, "S6": sim.WrongQueue, "Q1": sim.WrongQueue, "Q2": sim.WrongQueue,
	"Q3": sim.OwnerMismatch, "P6": sim.OwnerMismatch, "G5": sim.OwnerMismatch, "H0": sim.OwnerMismatch,
	"A1": sim.TwoOwners, "T3": sim.TwoOwners, "C1": sim.TwoOwners, "C2": sim.LostBlock,
}

// atRest judges the allocator at a barrier, where no thread is inside of it.
func (r *runner) atRest() {
	goalloc.SetMemory(nil)
	r.state()
	goalloc.SetMemory(r.Machine)
}

// atEnd judges the allocator when all threads are through, and makes its state the outcome.
func (r *runner) atEnd() { r.sim.Note(r.state()) }

// state judges the allocator at rest, and gives a hash of its state. Where every observation so far was as in an
// earlier execution, the state is the same, and is not judged again.
func (r *runner) state() uint64 {
	g := r.sim.Graph() + uint64(r.passed)
	if state, ok := r.seen[g]; ok {
		return state
	}
	if len(r.seen) > 1<<20 {
		clear(r.seen)
	}
	r.judge()
	state := r.proc.StateHash(r.all)
	r.seen[g] = state
	return state
}

// judge ends the execution if a block was overwritten or an invariant of the allocator does not hold.
func (r *runner) judge() {
	clear(r.held)
	for i := range r.blocks {
		if b := &r.blocks[i]; b.addr != 0 {
			for _, at := range r.ends(b) {
				r.verify(uint32(i), at)
			}
			r.held[b.addr] = b.usable
		}
	}
	for i := range r.heaps {
		if h := &r.heaps[i]; h.live {
			a := h.heap.Addr()
			r.held[a] = r.proc.Main().UsableSize(a)
		}
	}
	for _, b := range r.proc.CheckOverlapped(r.all, r.held) {
		class, ok := classes[b.ID]
		if !ok {
			class = sim.Broken
		}
		r.sim.Fail(class, "%s", strings.TrimSpace(b.String()))
	}
}
