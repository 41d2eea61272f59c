// The canonical state of the stores of 2.0.
// Counterpart: none, the rig's view of both. See doc.go for an overview.

package goalloc

import "math/bits"

func (a *abandonedStacks) tell(w *stateWalk) {
	w.put(stateAbandonedCount, 0, 0, a.count.AtRest())
	w.put(stateVisitedCount, 0, 0, a.visitedCount.AtRest())
	w.put(stateReaders, 0, 0, a.readers.AtRest())
	w.stack(stateAbandoned, untagged(a.abandoned.AtRest()))
	w.stack(stateVisited, Addr(a.visited.AtRest()))
}

func (c *cachedSource) tell(w *stateWalk) {
	for left := w.filledCache(c); left != 0; left &= left - 1 {
		i := bits.TrailingZeros64(left)
		used, taken, large := c.inUse[i].AtRest(), c.taken[i].AtRest(), c.takenLarge[i].AtRest()
		w.a = uint16(i)
		if used != 0 {
			w.put(stateCacheInUse, i, 0, used)
		}
		if ^taken != 0 {
			w.put(stateCacheAvailable, i, 0, ^taken)
		}
		if ^large != 0 {
			w.put(stateCacheLarge, i, 0, ^large)
		}
		for ; used<<cacheUnused != 0; used &= used - 1 {
			n := i*64 + bits.TrailingZeros64(used)
			w.a = uint16(n)
			w.slot(&c.slots[n])
		}
	}
	w.a = 0
}

// filled tells which fields of the bitmaps say anything.
func (c *cachedSource) filled() uint64 {
	set := uint64(0)
	for i := range c.inUse {
		set |= bit(c.inUse[i].AtRest()|^c.taken[i].AtRest()|^c.takenLarge[i].AtRest() != 0) << i
	}
	return set
}

func (w *stateWalk) slot(s *cacheSlot) {
	w.put(stateCacheAt, 0, 0, w.rel(s.at))
	w.memory(stateCacheMemory, s.id, s.pinned, false)
	w.put(stateCacheExpire, 0, 0, s.expire.AtRest())
	w.mask(stateCacheCommit, &s.commit)
	w.mask(stateCacheDecommit, &s.decommit)
}

func (w *stateWalk) filledCache(c *cachedSource) uint64 {
	if w.memo == nil {
		return c.filled()
	}
	e := &w.memo.cache
	if e.inUse != c.inUse || e.taken != c.taken || e.takenLarge != c.takenLarge {
		e.inUse, e.taken, e.takenLarge, e.filled = c.inUse, c.taken, c.takenLarge, c.filled()
	}
	return e.filled
}

func (a *abandonedStacks) outline(s *Shape) {
	s.Shared[1], s.Shared[2] = a.count.AtRest(), a.visitedCount.AtRest()
}

func (c *cachedSource) outline(s *Shape) {
	for i := range c.inUse {
		s.Shared[3] += uint64(bits.OnesCount64(c.inUse[i].AtRest()))
	}
}
