// The invariants of abandoned and cached segments.
// Counterpart: none, nothing there checks them. See doc.go for an overview.

package goalloc

import (
	"fmt"
	"io"

	"midiff/goalloc/internal/atom"
)

// check compares the stacks with their counts.
//
// Counterpart: none, the rig's view.
func (a *abandonedStacks) check(c *census) {
	c.checkAbandoned()
	count, visited := a.count.AtRest(), a.visitedCount.AtRest()
	if c.overlapped {
		if n := len(c.abandoned) + len(c.visited); count+visited != uint64(n) {
			c.bad("A2", "count %d and visitedCount %d, the stacks have %d", count, visited, n)
		}
		return
	}
	if count != uint64(len(c.abandoned)) {
		c.bad("A2", "count %d, abandoned has %d", count, len(c.abandoned))
	}
	if visited != uint64(len(c.visited)) {
		c.bad("A2", "visitedCount %d, visited has %d", visited, len(c.visited))
	}
}

// checkAbandoned checks the segments in the store.
func (c *census) checkAbandoned() {
	for a, name := range c.stack {
		s := segmentAt(a)
		if id := s.threadID.AtRest(); id != 0 {
			c.bad("A1", "%s segment %s is of %s", name, c.name(a), c.threadName(id))
		}
		if s.used == 0 {
			c.bad("A1", "%s segment %s has no used page", name, c.name(a))
		}
	}
}

// checkReaders checks that nobody is in the store.
func (c *census) checkReaders() {
	for name, w := range c.p.abandoned.words() {
		if n := w.AtRest(); name == "readers" && n != 0 {
			c.bad("A3", "%d readers at rest", n)
		}
	}
}

// census lists the segments in the cache.
//
// Counterpart: none, the rig's view.
func (source *cachedSource) census(c *census) {
	for i := range source.slots {
		if at := source.slots[i].at; at != 0 {
			c.cached[at], c.cachedID[at] = i, source.slots[i].id
		}
	}
}

// print writes the bitmaps, and whether no slot is filled.
//
// Counterpart: none, the rig's view.
func (source *cachedSource) print(w io.Writer) {
	fmt.Fprint(w, source.inUse, source.taken, source.takenLarge, source.slots == noSlots)
}

var noSlots [cacheSlots]cacheSlot

// words is none: they are many.
//
// Counterpart: none, the rig's view.
func (source *cachedSource) words() map[string]*atom.U64 { return nil }

// check compares the slots with the bitmaps and with the segments that are not cached.
//
// Counterpart: none, the rig's view.
func (source *cachedSource) check(c *census) {
	for i := range source.slots {
		slot := &source.slots[i]
		inUse := source.inUse[i/64].AtRest()>>(i%64)&1 != 0
		taken := (source.taken[i/64].AtRest()&source.takenLarge[i/64].AtRest())>>(i%64)&1 != 0
		if filled := slot.at != 0; inUse != filled {
			c.bad("C1", "slot %d: inUse %v, filled %v", i, inUse, filled)
		}
		if !taken && !inUse {
			c.bad("C2", "slot %d can be taken and is not in use", i)
		}
		if taken && inUse {
			c.bad("C2", "slot %d is in use and cannot be taken, at rest", i)
		}
		if slot.expire.AtRest() != 0 && slot.commit.isEmpty() {
			c.bad("C3", "slot %d expires with nothing committed", i)
		}
		if !inUse && *slot != (cacheSlot{}) {
			c.bad("C4", "slot %d is free and not zero", i)
		}
		if slot.at == 0 {
			continue
		}
		if !slot.pinned && c.p.enabled(optAllowDecommit) && !slot.commit.hasAll(&slot.decommit) {
			c.bad("G3", "slot %d is to decommit what is not committed", i)
		}
		if c.stack[slot.at] != "" || segmentAt(slot.at).threadID.AtRest() != 0 {
			c.bad("C1", "slot %d holds a segment in use", i)
		}
		if c.p.mapped(slot.at) {
			c.bad("M1", "slot %d holds a segment that is in the map", i)
		}
		m := &slot.commit
		if c.refused() { // a guard page may have stayed
			m = c.p.unguarded(m)
		}
		c.checkCommitted(slot.at, slot.id, m)
	}
}

// knowsCommitted tells whether the OS can be asked what of memory is committed. After an eager reset the
// simulated one cannot: the call is the one that decommits, and the memory may be used on. Of an arena
// that handed out memory which the OS had refused to commit, the masks say more than is true.
func (c *census) knowsCommitted(id memID) bool {
	if i := id.arena().index(); i < arenaPlaces && c.p.arenas.at(i) != nil &&
		c.p.arenas.at(i).refused.AtRest() > 0 {
		return false
	}
	return c.p.sim != nil && c.p.resetAdvice.AtRest() != adviceEager
}

// checkCommitted compares a commit mask with what the simulated OS says. A refused decommit leaves
// more committed than the mask knows, never less.
func (c *census) checkCommitted(at Addr, id memID, m *commitMask) {
	if !c.knowsCommitted(id) {
		return
	}
	for i, n := m.next(0); n > 0; i, n = m.next(i + n) {
		if !c.p.Committed(at+Addr(i*commitSize), n*commitSize) {
			c.bad("G6", "segment %s: parts %d..%d are not committed", c.ordinal(at), i, i+n-1)
		}
	}
}
