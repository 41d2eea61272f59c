// Rationing of operations that are slow in the reference. See doc.go for an overview.

package prog

// slowness rations the operations that may walk the whole list of abandoned segments: a thread's end
// (about 100 us in the reference) and, once a thread has ended, a collect and a refused request,
// which collects by force before it gives up (up to 2 ms).
type slowness struct {
	left  int
	ended bool // a thread has ended
}

// allows reports whether an operation fits the ration.
func (s *slowness) allows(row *Row) bool {
	return s.left > 0 || !s.counts(row)
}

// note takes an operation off the ration.
func (s *slowness) note(row *Row) {
	if s.counts(row) {
		s.left--
	}
	s.ended = s.ended || row.Group == Exiting
}

func (s *slowness) counts(row *Row) bool {
	return row.Group == Exiting || row.Group == Collecting && s.ended
}

// allowsRefusals takes refused requests off the ration, if they fit.
func (s *slowness) allowsRefusals(times uint64) bool {
	if !s.ended {
		return true
	}
	if times > uint64(max(s.left, 0)) {
		return false
	}
	s.left -= int(times)
	return true
}
