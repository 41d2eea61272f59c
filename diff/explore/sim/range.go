// Ranges of memory: long writes, memory that is given back and handed out. See doc.go for an overview.

package sim

// written is a long range that was written as a whole, for the words in it that nobody knows yet.
type written struct {
	lo, hi uintptr
	by     int8
	clk    uint32
	at     Place
}

// dead is a range that may not be touched.
type dead struct {
	lo, hi uintptr
	class  Class
	by     Access
}

// wordAt is the word at the aligned address a; a new one knows of the last long write over it.
func (s *Sim) wordAt(a uintptr) *word {
	if x := s.words.find(a); x != nil {
		return x
	}
	x := s.words.add(a)
	for i := len(s.wrote) - 1; i >= 0; i-- {
		if w := &s.wrote[i]; w.lo < a+8 && a < w.hi {
			x.cells = append(x.cells, cell{mask: 0xff, wrote: w.by, wClk: w.clk, wAt: w.at})
			break
		}
	}
	return x
}

// far is a write to a long range: to the words in it that are known, and a note for those that are not.
func (s *Sim) far(t *thread, a, n uintptr, at Place) {
	for i := range s.wrote {
		w := &s.wrote[i]
		if w.lo < a+n && a < w.hi && int(w.by) != t.id && w.clk > t.now.hb[w.by] {
			s.race(t, max(a, w.lo), Access{Thread: t.id, Write: true, Place: at, Clock: t.plainClock()},
				Access{Thread: int(w.by), Write: true, Place: w.at, Clock: w.clk})
		}
	}
	for i := 0; i < s.words.used; i++ {
		if x := s.words.words[i]; x.addr < a+n && a < x.addr+8 {
			s.plainWord(t, x, 0xff, at, true)
		}
	}
	s.wrote = append(s.wrote, written{a, a + n, int8(t.id), t.plainClock(), at})
}

// checkAlive ends the execution if a range that is accessed is dead.
func (s *Sim) checkAlive(a, n uintptr, now Access) {
	for i := range s.dead {
		if d := &s.dead[i]; d.lo < a+n && a < d.hi {
			s.fail(&Failure{Class: d.class, Addr: a, Now: now, Before: d.by})
		}
	}
}

// Kill gives n bytes at a back. That is a write, and any later access fails with the class (UseAfterFree,
// UseAfterDecommit) until Revive.
func (s *Sim) Kill(a, n uintptr, class Class, at Place) {
	s.plain(a, n, at, true)
	t := s.running()
	s.dead = append(s.dead, dead{a, a + n, class,
		Access{Thread: t.id, Write: true, Place: at, Clock: t.plainClock()}})
}

// Revive hands n bytes at a out: they are alive, and written by the running thread, so that whoever else
// uses them must have heard of it.
func (s *Sim) Revive(a, n uintptr, at Place) {
	lo, hi := a, a+n
	for i := 0; i < len(s.dead); i++ {
		d := s.dead[i]
		if d.hi <= lo || hi <= d.lo {
			continue
		}
		s.dead = append(s.dead[:i], s.dead[i+1:]...)
		i--
		if d.lo < lo {
			s.dead = append(s.dead, dead{d.lo, lo, d.class, d.by})
		}
		if d.hi > hi {
			s.dead = append(s.dead, dead{hi, d.hi, d.class, d.by})
		}
	}
	s.plain(a, n, at, true)
}

// real is what real memory holds at a, for a program that has some.
func (s *Sim) real(a uintptr) uint64 {
	if s.Peek == nil {
		return 0
	}
	return s.Peek(a)
}
