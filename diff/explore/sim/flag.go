// Flags: one thread waits for another, outside of the memory under test. See doc.go for an overview.

package sim

// Flag is set once: who waits for it then knows all that the one who set it did. The zero value is a flag
// that is not set.
type Flag struct {
	set     bool
	waiting uint32
	gives   knows
}

// Set sets a flag. It is no scheduling point.
func (s *Sim) Set(f *Flag) {
	if s.aborting {
		panic(unwind{})
	}
	t := s.running()
	t.tick()
	f.set, f.gives = true, t.now
	s.runnable |= f.waiting
	f.waiting = 0
	s.progress(t)
}

// Wait returns when the flag is set. It is a scheduling point only where it waits.
func (s *Sim) Wait(f *Flag) {
	if s.aborting {
		panic(unwind{})
	}
	t := s.running()
	if !f.set {
		f.waiting |= 1 << t.id
		s.block(t)
	}
	t.now.join(&f.gives, s.threads)
}

// Graph is a hash of who has seen what so far.
func (s *Sim) Graph() uint64 { return s.graph }
