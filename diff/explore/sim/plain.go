// Plain accesses and data races. See doc.go for an overview.

package sim

// cell is what is known of some bytes of a word that are always accessed together.
type cell struct {
	mask  uint8 // of bytes; the cells of a word are disjoint
	wrote int8  // the thread of the last write; -1 for none
	wClk  uint32
	wAt   Place
	r     clock // last read per thread
	rAt   [MaxThreads]Place
}

// plainClock is the clock of t's plain accesses: they come after its last operation, and whoever knows that
// one does not yet know them.
func (t *thread) plainClock() uint32 { return t.now.hb[t.id] + 1 }

// clash tells whether an access by t, a write or not, is unordered with one that c has, and with which.
func (c *cell) clash(t *thread, threads int, write bool) (Access, bool) {
	if u := c.wrote; u >= 0 && int(u) != t.id && c.wClk > t.now.hb[u] {
		return Access{Thread: int(u), Write: true, Place: c.wAt, Clock: c.wClk}, true
	}
	if write {
		for u := 0; u < threads; u++ {
			if u != t.id && c.r[u] > t.now.hb[u] {
				return Access{Thread: u, Place: c.rAt[u], Clock: c.r[u]}, true
			}
		}
	}
	return Access{}, false
}

// PlainRead is a plain read of n bytes at a.
func (s *Sim) PlainRead(a, n uintptr, at Place) { s.plain(a, n, at, false) }

// PlainWrite is a plain write of n bytes at a. Where it covers an atomic word, the word's value is from then
// on what Peek says.
func (s *Sim) PlainWrite(a, n uintptr, at Place) { s.plain(a, n, at, true) }

// farRange is where a write is too long to make each of its words known.
const farRange = 512

func (s *Sim) plain(a, n uintptr, at Place, write bool) {
	if s.aborting {
		panic(unwind{})
	}
	t := s.running()
	if len(s.dead) > 0 {
		s.checkAlive(a, n, Access{Thread: t.id, Write: write, Place: at, Clock: t.plainClock()})
	}
	s.notePlain(t, a, n, at, write)
	if write && n > farRange {
		s.far(t, a, n, at)
		return
	}
	for end := a + n; a < end; {
		low := a & 7
		take := min(8-low, end-a)
		s.plainWord(t, s.wordAt(a-low), uint8((1<<take-1)<<low), at, write)
		a += take
	}
}

func (s *Sim) plainWord(t *thread, x *word, mask uint8, at Place, write bool) {
	if len(x.stores) > 0 {
		s.plainOverAtomic(t, x, at, write)
	}
	left := mask
	for i := 0; i < len(x.cells); i++ {
		c := &x.cells[i]
		both := c.mask & left
		if both == 0 {
			continue
		}
		if both != c.mask {
			rest := *c
			rest.mask &^= both
			c.mask = both
			x.cells = append(x.cells, rest)
			c = &x.cells[i]
		}
		if by, clash := c.clash(t, s.threads, write); clash {
			s.race(t, x.addr, Access{Thread: t.id, Write: write, Place: at, Clock: t.plainClock()}, by)
		}
		c.note(t, at, write)
		left &^= both
	}
	if left != 0 {
		c := cell{mask: left, wrote: -1}
		c.note(t, at, write)
		x.cells = append(x.cells, c)
	}
}

func (c *cell) note(t *thread, at Place, write bool) {
	if write {
		c.wrote, c.wClk, c.wAt = int8(t.id), t.plainClock(), at
		return
	}
	c.r[t.id], c.rAt[t.id] = t.plainClock(), at
}

// plainOverAtomic is a plain access to a word that is also accessed atomically: zeroing a record, say. A
// write is a store that nobody may see without it having happened before.
func (s *Sim) plainOverAtomic(t *thread, x *word, at Place, write bool) {
	s.checkAtomic(t, x, Access{Thread: t.id, Write: write, Place: at, Clock: t.plainClock()})
	if write {
		x.stores = append(x.stores, store{gives: t.now, by: int8(t.id), plain: true, event: s.lastEvent()})
		x.saw(t, len(x.stores)-1)
		x.reload = true
		s.wake(t, x)
	}
}

// checkAtomic checks an access that is not atomic against the atomic ones to the same word.
func (s *Sim) checkAtomic(t *thread, x *word, now Access) {
	known, sites := &x.accW, &x.accWAt
	if now.Write {
		known, sites = &x.acc, &x.accSite
	}
	for u := 0; u < s.threads; u++ {
		if u != t.id && known[u] > t.now.hb[u] {
			s.race(t, x.addr, now,
				Access{Thread: u, Atomic: true, Write: known[u] == x.accW[u], Site: sites[u], Clock: known[u]})
		}
	}
}

func (s *Sim) race(t *thread, a uintptr, now, before Access) {
	if f := (&Failure{Class: DataRace, Addr: a, Now: now, Before: before}); s.Known == nil || !s.Known(f) {
		s.fail(f)
	}
}
