// Locks. See doc.go for an overview.

package sim

// lock is a mutex of the program under test.
type lock struct {
	addr    uintptr
	owner   int // -1 if free
	gives   knows
	waiting uint32
}

func (s *Sim) lockAt(a uintptr) *lock {
	for i := range s.locks {
		if s.locks[i].addr == a {
			return &s.locks[i]
		}
	}
	s.locks = append(s.locks, lock{addr: a, owner: -1})
	return &s.locks[len(s.locks)-1]
}

// Lock acquires the lock named a, which it waits for.
func (s *Sim) Lock(a uintptr, site Site) {
	t := s.begin(site)
	for s.lockAt(a).owner >= 0 {
		s.lockAt(a).waiting |= 1 << t.id
		s.block(t)
		s.fresh = false
	}
	s.hold(t, a, site)
}

// TryLock acquires the lock if it is free, and tells whether it was.
func (s *Sim) TryLock(a uintptr, site Site) bool {
	t := s.begin(site)
	if s.lockAt(a).owner >= 0 {
		return false
	}
	s.hold(t, a, site)
	return true
}

func (s *Sim) hold(t *thread, a uintptr, site Site) {
	l := s.lockAt(a)
	l.owner = t.id
	t.now.join(&l.gives, s.threads)
	s.noteLock(t, a, site, opLock)
}

// Unlock releases a lock that the running thread holds.
func (s *Sim) Unlock(a uintptr, site Site) {
	t := s.begin(site)
	l := s.lockAt(a)
	if l.owner != t.id {
		s.Fail(Broken, "thread %d releases a lock that it does not hold", t.id)
	}
	l.owner = -1
	l.gives = t.now
	s.runnable |= l.waiting
	l.waiting = 0
	s.progress(t)
	s.noteLock(t, a, site, opUnlock)
}
