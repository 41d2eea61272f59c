// Atomic operations and fences. See doc.go for an overview.

package sim

// begin is the start of each visible operation: another thread may come first, then time passes.
func (s *Sim) begin(site Site) *thread {
	s.schedule(site)
	t := s.running()
	t.tick()
	t.lastSite = site
	s.touched[site/64%(maxSites/64)] |= 1 << (site % 64)
	return t
}

func (t *thread) tick() {
	t.now.hb[t.id]++
	t.now.coh[t.id] = t.now.hb[t.id]
}

// atomicWord is the word at a, for an atomic access, which it checks and notes.
func (s *Sim) atomicWord(t *thread, a uintptr, site Site, write bool) *word {
	if a&7 != 0 {
		s.Fail(Broken, "an atomic access to %#x, which is no multiple of 8", a)
	}
	if len(s.dead) > 0 {
		s.checkAlive(a, 8, Access{Thread: t.id, Atomic: true, Write: write, Site: site, Clock: t.now.hb[t.id]})
	}
	x := s.wordAt(a)
	s.checkCells(t, x, site, write)
	if len(x.stores) == 0 {
		x.stores = append(x.stores, store{val: s.real(a), by: -1, event: -1})
	} else if x.reload {
		x.stores[len(x.stores)-1].val = s.real(a)
	}
	x.reload = false
	clk := t.now.hb[t.id]
	x.acc[t.id], x.accSite[t.id] = clk, site
	if write {
		x.accW[t.id], x.accWAt[t.id] = clk, site
	}
	return x
}

// checkCells checks an atomic access against the plain ones to the same word.
func (s *Sim) checkCells(t *thread, x *word, site Site, write bool) {
	for i := range x.cells {
		if by, clash := x.cells[i].clash(t, s.threads, write); clash {
			s.race(t, x.addr, Access{Thread: t.id, Atomic: true, Write: write, Site: site,
				Clock: t.now.hb[t.id]}, by)
		}
	}
	if x.bare != nil {
		s.checkBare(t, x, site, write)
	}
}

// Load is an atomic load, or with order Plain one of a word that is not atomic.
func (s *Sim) Load(a uintptr, site Site, o Order) uint64 {
	t := s.begin(site)
	x := s.atomicWord(t, a, site, false)
	i := len(x.stores) - 1
	if o == Plain {
		s.bareAccess(t, x, site, false)
	} else if i > 0 && !s.Newest {
		if f := s.window(s.floor(t, x, o), i); f < i {
			i -= s.choose(ReadFrom, i-f+1, site)
		}
	}
	s.read(t, x, i, o)
	s.noteRead(t, x, i, site, o, opLoad)
	return x.stores[i].val
}

// window is floor f, raised so that no more than MaxStale stores are passed over.
func (s *Sim) window(f, last int) int {
	if s.MaxStale > 0 && last-f > s.MaxStale {
		return last - s.MaxStale
	}
	return f
}

// read has thread t see store i of x.
func (s *Sim) read(t *thread, x *word, i int, o Order) {
	x.saw(t, i)
	if st := &x.stores[i]; st.by >= 0 {
		if o.acquires() {
			t.now.join(&st.gives, s.threads)
		} else {
			t.pending.join(&st.gives, s.threads)
		}
	}
	t.read, t.readIndex = x, i
}

// Store is an atomic store, or with order Plain one to a word that is not atomic.
func (s *Sim) Store(a uintptr, site Site, o Order, v uint64) {
	t := s.begin(site)
	x := s.atomicWord(t, a, site, true)
	if o == Plain {
		s.bareAccess(t, x, site, true)
	}
	s.append(t, x, site, o, v, false)
	s.noteWrite(t, x, site, o, opStore)
}

// append makes the newest store of x. The store of a read-modify-write carries on what it replaces.
func (s *Sim) append(t *thread, x *word, site Site, o Order, v uint64, rmw bool) {
	last := len(x.stores) - 1
	if last+1 < cap(x.stores) {
		x.stores = x.stores[:last+2]
	} else {
		x.stores = append(x.stores, store{})
	}
	st, prev := &x.stores[last+1], &x.stores[last]
	st.val, st.event, st.site, st.by, st.rmw, st.plain = v, -1, site, int8(t.id), rmw, false
	if o.releases() || o == Plain { // who may see a plain store at all has it happened before
		st.gives = t.now
	} else {
		st.gives = t.released
	}
	if rmw || s.ThreadSequence && prev.by == st.by {
		st.gives.join(&prev.gives, s.threads)
	}
	if o == SeqCst {
		s.scStores++
		x.sc = append(x.sc, mark{s.scStores, uint32(last + 1)})
	}
	x.saw(t, last+1)
	s.wake(t, x)
}

// RMW replaces the value of a word by f of it and returns the old one.
func (s *Sim) RMW(a uintptr, site Site, o Order, f func(old uint64) uint64) uint64 {
	t, x, old := s.beginRMW(a, site, o)
	s.append(t, x, site, o, f(old), true)
	s.noteWrite(t, x, site, o, opRMW)
	return old
}

func (s *Sim) beginRMW(a uintptr, site Site, o Order) (*thread, *word, uint64) {
	t := s.begin(site)
	x := s.atomicWord(t, a, site, true)
	last := len(x.stores) - 1
	s.read(t, x, last, o)
	s.noteRead(t, x, last, site, o, opNone)
	return t, x, x.stores[last].val
}

// Add adds v and returns the old value.
func (s *Sim) Add(a uintptr, site Site, o Order, v uint64) uint64 {
	t, x, old := s.beginRMW(a, site, o)
	s.append(t, x, site, o, old+v, true)
	s.noteWrite(t, x, site, o, opRMW)
	return old
}

// And keeps the bits of v and returns the old value.
func (s *Sim) And(a uintptr, site Site, o Order, v uint64) uint64 {
	t, x, old := s.beginRMW(a, site, o)
	s.append(t, x, site, o, old&v, true)
	s.noteWrite(t, x, site, o, opRMW)
	return old
}

// Or sets the bits of v and returns the old value.
func (s *Sim) Or(a uintptr, site Site, o Order, v uint64) uint64 {
	t, x, old := s.beginRMW(a, site, o)
	s.append(t, x, site, o, old|v, true)
	s.noteWrite(t, x, site, o, opRMW)
	return old
}

// Exchange stores v and returns the old value.
func (s *Sim) Exchange(a uintptr, site Site, o Order, v uint64) uint64 {
	t, x, old := s.beginRMW(a, site, o)
	s.append(t, x, site, o, v, true)
	s.noteWrite(t, x, site, o, opRMW)
	return old
}

// CAS replaces *old by v with order so and tells whether that was done; where not, *old is the value that
// was seen, read with order fo. A failing one may see an older value, as a load may; a weak one may also
// fail without a reason, up to Spurious times in an execution.
func (s *Sim) CAS(a uintptr, site Site, so, fo Order, weak bool, old *uint64, v uint64) bool {
	t := s.begin(site)
	x := s.atomicWord(t, a, site, false)
	last := len(x.stores) - 1
	matches := x.stores[last].val == *old
	i, ok := s.swapResult(t, x, site, fo, *old, weak)
	if ok {
		s.checkCells(t, x, site, true)
		x.accW[t.id], x.accWAt[t.id] = t.now.hb[t.id], site
		s.read(t, x, last, so)
		s.noteRead(t, x, last, site, so, opNone)
		s.append(t, x, site, so, v, true)
		s.noteWrite(t, x, site, so, opCAS)
		return true
	}
	if i == last && matches {
		s.spurious++
	}
	s.read(t, x, i, fo)
	s.noteRead(t, x, i, site, fo, opCASFailed)
	*old = x.stores[i].val
	return false
}

// swapResult chooses how a compare-and-swap ends: success, or the store that it fails on.
func (s *Sim) swapResult(t *thread, x *word, site Site, fo Order, want uint64, weak bool) (int, bool) {
	last := len(x.stores) - 1
	matches := x.stores[last].val == want
	n, f := 1, last
	if last > 0 && !s.Newest {
		f = s.window(s.floor(t, x, fo), last)
		for i := f; i < last; i++ {
			if x.stores[i].val != want {
				n++
			}
		}
	}
	spurious := matches && weak && s.spurious < s.Spurious
	if spurious {
		n++
	}
	k := s.choose(Swap, n, site)
	switch {
	case k == 0:
		return last, matches
	case spurious && k == n-1:
		return last, false
	}
	for i := last - 1; ; i-- {
		if x.stores[i].val != want {
			if k--; k == 0 {
				return i, false
			}
		}
	}
}

// Fence is an atomic_thread_fence.
func (s *Sim) Fence(site Site, o Order) {
	t := s.begin(site)
	if o.acquires() {
		t.now.join(&t.pending, s.threads)
	}
	if o == SeqCst {
		s.fenced.joinCoherence(&t.now, s.threads)
		t.now.joinCoherence(&s.fenced, s.threads)
		t.now.sc = s.scStores
	}
	if o.releases() {
		t.released = t.now
	}
	s.noteFence(t, site, o)
}

// Latest is the newest value of a word, for oracles: no operation of the program, no scheduling point.
func (s *Sim) Latest(a uintptr) uint64 {
	x := s.words.find(a)
	if x == nil || len(x.stores) == 0 || x.reload {
		return s.real(a)
	}
	return x.stores[len(x.stores)-1].val
}
