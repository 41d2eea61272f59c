// What a process is like in outline, cheap enough to be asked after every operation.
// Counterpart: none, the rig's view. See doc.go for an overview.

package goalloc

// How many numbers a Shape has.
const (
	ShapeOwn    = 4 + shapeStats
	ShapeShared = 4 + shapeStats

	shapeStats = 2*int(numStats) + int(numTallies)
)

// Shape is what a thread and the process have: queues that are not empty, and numbers that tell what has
// happened. It is for guiding a search, not for comparing.
type Shape struct {
	Bins   [2]uint64           // size classes of which the thread's heaps have pages, a bit each
	Spans  uint64              // classes of free spans that the thread has
	Own    [ShapeOwn]uint64    // of the thread: segments, pages, heaps, heaps with delayed frees; its statistics
	Shared [ShapeShared]uint64 // of the process: threads, abandoned, visited, cached segments; its statistics
}

// outlined is a store that adds to what of a shape the process shares.
type outlined interface{ outline(s *Shape) }

// Shape takes the outline of a process at rest and of a thread; nil stands for one that has not been used.
func (p *Process) Shape(t *Thread, s *Shape) {
	*s = Shape{}
	s.Shared[0] = p.threadCount.AtRest()
	for _, store := range []any{p.abandoned, p.source} {
		if o, ok := store.(outlined); ok {
			o.outline(s)
		}
	}
	at := 4
	for i := range p.stats.stats {
		s.Shared[at], s.Shared[at+1] = p.stats.stats[i].allocated.AtRest(), p.stats.stats[i].freed.AtRest()
		at += 2
	}
	for i := range p.stats.tallies {
		s.Shared[at+i] = p.stats.tallies[i].count.AtRest()
	}
	if t != nil && t.heap != p.emptyHeap {
		t.ownShape(s)
	}
}

func (t *Thread) ownShape(s *Shape) {
	s.Spans = filledQueues(t.spans[:])
	s.Own[0] = uint64(t.segments)
	for a := t.heaps; a != 0; a = heapAt(a).next {
		h := heapAt(a)
		s.Bins[0] |= filledQueues(h.queues[:min(64, binCount)])
		s.Bins[1] |= filledQueues(h.queues[min(64, binCount):])
		s.Own[1] += uint64(h.pageCount)
		s.Own[2]++
		s.Own[3] += bit(h.delayed.AtRest() != 0)
	}
	at := 4
	for i := range t.stats.stats {
		s.Own[at], s.Own[at+1] = uint64(t.stats.stats[i].allocated), uint64(t.stats.stats[i].freed)
		at += 2
	}
	for i := range t.stats.tallies {
		s.Own[at+i] = uint64(t.stats.tallies[i].count)
	}
}

// filledQueues tells which of up to 64 queues are not empty, without a branch for each.
func filledQueues(all []pageQueue) uint64 {
	set := uint64(0)
	for i := len(all) - 1; i >= 0; i-- {
		set = set<<1 | bit(all[i].first|all[i].last != 0)
	}
	return set
}
