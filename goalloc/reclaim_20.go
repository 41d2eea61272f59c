// The reclaim, owner and round policies of 2.0. See doc.go for an overview.

package goalloc

import "midiff/goalloc/internal/atom"

// boundedReclaim is the reclaim policy of 2.0: a fixed number of tries, any heap that asks.
type boundedReclaim struct{}

// tries is how many segments an allocation looks at.
//
// Counterpart: mi_segment_try_reclaim.
func (boundedReclaim) tries(t *Thread) int {
	return int(min(max(t.proc.option(optMaxSegmentReclaim), 8), 1024))
}

// target is the asking heap. A heap that can be destroyed should not take pages with others' blocks,
// but with the quirk it does.
//
// Counterpart: mi_segment_try_reclaim.
func (boundedReclaim) target(t *Thread, h *heap) *heap {
	if h.noReclaim && t.proc.quirks&DestroyReclaimed == 0 {
		return t.backing
	}
	return h
}

// enough bounds the length of the abandoned list.
//
// Counterpart: mi_segment_try_reclaim.
func (boundedReclaim) enough(visits uintptr) bool { return visits > 3 }

// collectTries bounds how long a collect looks: it sees a segment that stays again and again.
//
// Counterpart: _mi_abandoned_collect.
func (boundedReclaim) collectTries(t *Thread, force bool) int {
	if force {
		return t.prof.collectForceTries
	}
	return t.prof.collectTries
}

// mayOwn is true: a thread may have any number of segments.
//
// Counterpart: none, there is no such bound.
func (boundedReclaim) mayOwn(*Thread) bool { return true }

// passOver gives back what is due of a segment, since it may be a while until somebody looks again.
//
// Counterpart: mi_segment_try_reclaim.
func (boundedReclaim) passOver(t *Thread, s *segment) bool {
	t.prof.purge.run(t, s, true)
	return true
}

// makeRoom does nothing.
//
// Counterpart: none, there is no such bound.
func (boundedReclaim) makeRoom(*Thread, *heap) {}

// onFree leaves an abandoned segment where it is.
//
// Counterpart: none, the reference does not reclaim there.
func (boundedReclaim) onFree(*Thread, *segment) bool { return false }

// plainOwner is the owner policy of 2.0: plain reads and writes of an atomic word.
type plainOwner struct{}

// unowned is isAbandoned.
//
// Counterpart: mi_segment_is_abandoned.
func (plainOwner) unowned(s *segment) bool { return s.isAbandoned() }

// own writes the thread's id.
//
// Counterpart: none, a line of mi_segment_reclaim.
func (plainOwner) own(t *Thread, s *segment) {
	s.threadID.StoreSC(atom.OwnerReclaim, t.id) // pairs with OwnerFree; the pop acquired the rest
}
