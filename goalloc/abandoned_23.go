// The store of abandoned segments of 2.3: marks in the arenas, and a list of those of the OS. See doc.go for an
// overview.

package goalloc

import (
	"fmt"
	"io"
	"slices"

	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

// abandonedMarks has a bit per abandoned segment of an arena. Whoever clears it has the segment; its owner's id
// stays 0 until it is made somebody's. The segments of the OS are in their sub-process's list.
type abandonedMarks struct {
	main Addr // the sub-process that threads begin in
	proc *Process
}

// reset empties the store, while no other thread sees it.
//
// Counterpart: none, statics there.
func (m *abandonedMarks) reset(p *Process) {
	m.proc, m.main = p, p.parts
	raw.Zero(m.main, subprocessBytes)
}

// enter does nothing: a segment that is made is in no list.
//
// Counterpart: none, a part of mi_segment_alloc.
func (m *abandonedMarks) enter(*segment) {}

// awaitReaders does nothing: nobody reads a segment that another has.
//
// Counterpart: none, the reference does not wait.
func (m *abandonedMarks) awaitReaders() {}

// subprocess is the one that threads begin in.
//
// Counterpart: none, mi_subproc_default.
func (m *abandonedMarks) subprocess() Addr { return m.main }

// arenaOf is the arena that a segment's memory is from.
//
// Counterpart: none, a part of _mi_arena_segment_mark_abandoned.
func (m *abandonedMarks) arenaOf(s *segment) *arena {
	return m.proc.arenas.find(s.memID.arena().index())
}

// push leaves a segment to whoever needs memory. Its owner is nobody from here on, if not before: a free by
// another thread may look at that without the mark.
//
// Counterpart: _mi_arena_segment_mark_abandoned.
func (m *abandonedMarks) push(s *segment) {
	s.threadID.StoreRel(atom.OwnerMark, 0) // pairs with OwnerFree
	sp := subprocessAt(s.subproc)
	if s.memID == 0 {
		sp.enlist(s)
		return
	}
	// Once it is marked, the segment is no longer ours to look at.
	bits, bit := m.arenaOf(s).abandoned(), s.memID.block()
	mask := uint64(1) << (bit % fieldBits)
	if bits[bit/fieldBits].OrAcqRel(atom.AbandonedMark, mask)&mask == 0 { // pairs with AbandonedTake, AbandonedPopMark
		sp.abandoned.AddRlx(atom.AbandonedMarkedUp, 1)
	}
}

// pushVisited is push.
//
// Counterpart: _mi_arena_segment_mark_abandoned.
func (m *abandonedMarks) pushVisited(s *segment) { m.push(s) }

// take makes the thread the owner of an abandoned segment.
//
// Counterpart: _mi_arena_segment_clear_abandoned.
func (m *abandonedMarks) take(t *Thread, s *segment) bool {
	if s.memID == 0 {
		return m.takeListed(t, s)
	}
	bits, bit := m.arenaOf(s).abandoned(), s.memID.block()
	mask := uint64(1) << (bit % fieldBits)
	if bits[bit/fieldBits].AndAcqRel(atom.AbandonedTake, ^mask)&mask == 0 { // pairs with AbandonedMark
		return false
	}
	subprocessAt(s.subproc).abandoned.SubRlx(atom.AbandonedTakenDown, 1)
	s.threadID.StoreRel(atom.OwnerTakeMarked, t.id) // pairs with OwnerFree
	return true
}

// takeListed is take for a segment of the OS. It does not wait for the list.
//
// Counterpart: mi_arena_segment_os_clear_abandoned.
func (m *abandonedMarks) takeListed(t *Thread, s *segment) bool {
	sp := subprocessAt(s.subproc)
	if !sp.tryLockList() {
		return false
	}
	in := sp.delist(s)
	if in {
		s.threadID.StoreRel(atom.OwnerTakeListed, t.id) // pairs with OwnerFree
	}
	sp.unlockList()
	return in
}

// begin starts a round at a random arena. A heap that is bound to an arena looks there alone.
//
// Counterpart: _mi_arena_field_cursor_init.
func (m *abandonedMarks) begin(t *Thread, h *heap, why roundKind, r *round) {
	of := t.subproc
	if h == nil {
		of = r.subproc
	}
	sp := subprocessAt(of)
	*r = round{thread: t, subproc: of, all: why == roundForce || why == roundAll || why == roundVisit}
	abandoned := sp.abandoned.LoadRlx(atom.AbandonedBeginLoad) // both are hints: what comes later need not be seen
	listed := sp.listed.LoadRlx(atom.ListedBeginLoad)
	arenas := int(t.proc.arenas.count.LoadRlx(atom.ArenaCountBegin))
	if h != nil && h.arena != NoArena {
		r.start = h.arena.index()
		r.end = r.start + 1
		return
	}
	if abandoned > listed && arenas > 0 {
		if h != nil {
			r.start = int(h.random.next() % uint64(arenas))
		}
		r.end = r.start + arenas
	}
	r.left = listed
}

// end ends the round.
//
// Counterpart: _mi_arena_field_cursor_done.
func (m *abandonedMarks) end(r *round) {
	if r.holds {
		subprocessAt(r.subproc).unlockVisits()
		r.holds = false
	}
}

// pop takes the round's next segment out. It stays nobody's.
//
// Counterpart: _mi_arena_segment_clear_abandoned_next.
func (m *abandonedMarks) pop(r *round) *segment {
	if s := m.popMarked(r); s != nil {
		return s
	}
	return m.popListed(r)
}

// popMarked takes the next segment of the arenas. With the quirk, a heap that is bound to an arena which is not there
// has it divide by the number of arenas, which may be 0.
//
// Counterpart: mi_arena_segment_clear_abandoned_next_field.
func (m *abandonedMarks) popMarked(r *round) *segment {
	arenas := int(r.thread.proc.arenas.count.LoadRlx(atom.ArenaCountNext))
	if arenas == 0 {
		if r.start < r.end {
			r.thread.stop(MissingArena, "the number of an arena is divided by that of all, of which there are none")
		}
		return nil
	}
	for ; r.start < r.end; r.start, r.bit = r.start+1, 0 {
		if a := r.thread.proc.arenas.find(r.start % arenas); a != nil {
			if s := m.popFrom(r, a); s != nil {
				return s
			}
		}
	}
	return nil
}

// popFrom takes the next segment of an arena.
//
// Counterpart: none, a part of mi_arena_segment_clear_abandoned_next_field.
func (m *abandonedMarks) popFrom(r *round, a *arena) (s *segment) {
	locked := false
	bits := a.abandoned()
	for i := r.bit / fieldBits; i < len(bits) && s == nil; i++ {
		w := bits[i].LoadRlx(atom.AbandonedScan) // a hint: whoever clears a bit decides
		if w == 0 {
			continue
		}
		// Those who visit all abandoned blocks must not miss a segment that somebody just looks at.
		if !locked && r.thread.proc.enabled(optVisitAbandoned) {
			if locked = a.lockVisits(r.all); !locked {
				break
			}
		}
		for bit := max(i*fieldBits, r.bit); bit < (i+1)*fieldBits && s == nil; bit++ {
			if w>>(bit%fieldBits)&1 != 0 {
				s = m.popAt(r, a, bit)
				r.bit = bit + 1
			}
		}
	}
	if locked {
		a.unlockVisits()
	}
	return s
}

// popAt takes the segment at a block, unless another thread was quicker or it is of another sub-process.
//
// Counterpart: mi_arena_segment_clear_abandoned_at.
func (m *abandonedMarks) popAt(r *round, a *arena, bit int) *segment {
	bits, mask := a.abandoned(), uint64(1)<<(bit%fieldBits)
	if bits[bit/fieldBits].AndAcqRel(atom.AbandonedPopMark, ^mask)&mask == 0 { // pairs with AbandonedMark
		return nil
	}
	s := segmentAt(a.block(bit))
	if s.subproc != r.subproc {
		bits[bit/fieldBits].OrAcqRel(atom.AbandonedReturn, mask) // pairs with AbandonedPopMark
		return nil
	}
	subprocessAt(r.subproc).abandoned.SubRlx(atom.AbandonedPoppedDown, 1)
	return s
}

// popListed takes the oldest segment of the list, if the thread may go through it and has not been through.
//
// Counterpart: mi_arena_segment_clear_abandoned_next_list.
func (m *abandonedMarks) popListed(r *round) *segment {
	sp := subprocessAt(r.subproc)
	if !r.holds {
		if r.holds = sp.lockVisits(r.all); !r.holds {
			return nil
		}
	}
	if r.left == 0 {
		return nil
	}
	r.left--
	sp.lockList()
	defer sp.unlockList()
	if sp.first == 0 {
		return nil
	}
	s := segmentAt(sp.first)
	sp.delist(s)
	return s
}

// lockVisits waits until the thread alone visits the arena's abandoned segments; with wait false it gives up
// instead.
//
// Counterpart: mi_lock_acquire, mi_lock_try_acquire.
func (a *arena) lockVisits(wait bool) bool {
	for {
		free := uint64(0)
		if a.visitLock.LoadRlx(atom.ArenaLockPeek) == 0 && a.visitLock.CasStrongAcqRel(atom.ArenaLock, &free, 1) {
			return true // pairs with ArenaUnlock
		}
		if !wait {
			return false
		}
		atom.Yield(atom.ArenaLockPeek)
	}
}

// unlockVisits lets others visit.
//
// Counterpart: mi_lock_release.
func (a *arena) unlockVisits() { a.visitLock.StoreRel(atom.ArenaUnlock, 0) } // pairs with ArenaLock

// print writes the main sub-process.
//
// Counterpart: none, the rig's view.
func (m *abandonedMarks) print(w io.Writer) { fmt.Fprint(w, *subprocessAt(m.main)) }

// words names the main sub-process's.
//
// Counterpart: none, the rig's view.
func (m *abandonedMarks) words() map[string]*atom.U64 {
	sp := subprocessAt(m.main)
	return map[string]*atom.U64{"abandoned count": &sp.abandoned, "listed count": &sp.listed, "list lock": &sp.lock,
		"visit lock": &sp.visitLock}
}

// census lists what is marked and what is in the lists of the sub-processes that have threads.
//
// Counterpart: none, the rig's view.
func (m *abandonedMarks) census(c *census) {
	for i := range m.proc.arenas.count.AtRest() {
		a := arenaAt(Addr(m.proc.arenas.all[i].AtRest()))
		for bit := range int(a.blocks) {
			if a.abandoned()[bit/fieldBits].AtRest()>>(bit%fieldBits)&1 != 0 {
				c.leave(a.at(bit), "marked")
			}
		}
	}
	for _, at := range m.subprocesses(c) {
		sp := subprocessAt(at)
		for a, n := sp.first, 0; a != 0 && n < listLimit; a, n = segmentAt(a).osNext, n+1 {
			if other := c.stack[a]; other != "" {
				c.bad("A1", "%s is listed and %s", c.name(a), other)
				break
			}
			c.leave(a, "listed")
		}
		c.counted += int64(sp.abandoned.AtRest())
		c.readers += int64(sp.lock.AtRest() + sp.visitLock.AtRest())
	}
}

// leave notes an abandoned segment.
//
// Counterpart: none, the rig's view.
func (c *census) leave(at Addr, how string) {
	c.abandoned, c.met = append(c.abandoned, at), append(c.met, at)
	c.stack[at] = how
}

// subprocesses are those that have threads, and the first.
//
// Counterpart: none, the rig's view.
func (m *abandonedMarks) subprocesses(c *census) []Addr {
	all := []Addr{m.main}
	for _, t := range c.threads {
		if t != nil && !slices.Contains(all, t.subproc) {
			all = append(all, t.subproc)
		}
	}
	return all
}

// apart tells whether a segment is in the list of a sub-process that has no threads, which the census does not know.
//
// Counterpart: none, the rig's view.
func (m *abandonedMarks) apart(c *census, s *segment) bool {
	return s.threadID.AtRest() == 0 && s.memID == 0 && s.subproc != 0 && !slices.Contains(m.subprocesses(c), s.subproc)
}

// check compares the marks and lists with the counts.
//
// Counterpart: none, the rig's view.
func (m *abandonedMarks) check(c *census) {
	c.checkAbandoned()
	all := map[Addr]uint64{}
	for _, a := range c.abandoned {
		all[segmentAt(a).subproc]++
	}
	for _, at := range m.subprocesses(c) {
		sp := subprocessAt(at)
		if n := sp.abandoned.AtRest(); n != all[at] {
			c.bad("A4", "abandoned %d, %d are marked or listed", n, all[at])
		}
		m.checkList(c, sp)
	}
}

// checkList walks a list both ways.
//
// Counterpart: none, the rig's view.
func (m *abandonedMarks) checkList(c *census, sp *subprocess) {
	n, before := uint64(0), Addr(0)
	for a := sp.first; a != 0 && n < listLimit; a = segmentAt(a).osNext {
		if s := segmentAt(a); s.osPrev != before || s.memID != 0 {
			c.bad("A5", "segment %s leads back to %#x, memory %d", c.ordinal(a), s.osPrev, s.memID)
		}
		before = a
		n++
	}
	if listed := sp.listed.AtRest(); listed != n || sp.last != before {
		c.bad("A5", "listed %d, last %#x; the list has %d and ends at %#x", listed, sp.last, n, before)
	}
	if sp.lock.AtRest() != 0 || sp.visitLock.AtRest() != 0 {
		c.bad("A3", "the locks are %d and %d at rest", sp.lock.AtRest(), sp.visitLock.AtRest())
	}
}
