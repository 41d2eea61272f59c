// The store of abandoned segments of 2.0: two stacks. See doc.go for an overview.

package goalloc

import (
	"fmt"
	"io"

	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

// abandonedStacks holds the segments whose owners are gone. Those on visited were looked at and found
// full; they are looked at again when abandoned runs empty.
//
//	[A1] a segment is on at most one of the stacks, and then threadID = 0 and used > 0
//	[A2] count + visitedCount = length of both stacks (at rest); without threads that overlapped,
//	     each counts its own
//	[A3] readers = 0 (at rest)
type abandonedStacks struct {
	// abandoned is the address of the top, with a counter in the bits that alignment leaves free:
	// a compare-and-swap then fails when the same top was popped and pushed back in between.
	abandoned    atom.U64
	visited      atom.U64
	count        atom.U64
	visitedCount atom.U64
	// readers are the threads between reading the top and unlinking it: until they are through, a
	// segment that another thread popped must stay readable.
	readers atom.U64
}

const tagMask = uint64(segmentMask)

// reset empties the store, while no other thread sees it.
//
// Counterpart: none, statics there.
func (a *abandonedStacks) reset(*Process) { *a = abandonedStacks{} }

// enter unlinks the segment.
//
// Counterpart: none, a part of mi_segment_alloc.
func (a *abandonedStacks) enter(s *segment) {
	s.abandonedNext.StoreRel(atom.AbandonedNextInit, 0) // pairs with AbandonedPopLink
}

// subprocess is none.
//
// Counterpart: none, the reference has no sub-processes.
func (a *abandonedStacks) subprocess() Addr { return 0 }

// begin has a forced collect look at all segments again.
//
// Counterpart: none, a part of _mi_abandoned_collect.
func (a *abandonedStacks) begin(_ *Thread, _ *heap, why roundKind, _ *round) {
	if why == roundForce {
		a.revisit()
	}
}

// end does nothing.
//
// Counterpart: none, a round has no state there.
func (a *abandonedStacks) end(*round) {}

// take takes nothing: nobody but the one who pops it can get a segment out of a stack.
//
// Counterpart: none, the reference does not try.
func (a *abandonedStacks) take(*Thread, *segment) bool { return false }

// tagged is the word for a new top s over the old word.
//
// Counterpart: mi_tagged_segment.
func tagged(s Addr, old uint64) uint64 { return uint64(s) | (old+1)&tagMask }

// untagged is the address in a word.
//
// Counterpart: mi_tagged_segment_ptr.
func untagged(w uint64) Addr { return Addr(w &^ tagMask) }

// push makes s the top of abandoned.
//
// Counterpart: mi_abandoned_push.
func (a *abandonedStacks) push(s *segment) {
	s.abandonedNext.StoreRel(atom.AbandonedNextAbandon, 0)
	top := a.abandoned.LoadRlx(atom.AbandonedPushLoad)
	for {
		s.abandonedNext.StoreRel(atom.AbandonedPushLink, uint64(untagged(top)))
		// Publishes the segment to whoever pops it. Pairs with AbandonedPopLoad.
		if a.abandoned.CasRel(atom.AbandonedPush, &top, tagged(raw.Of(s), top)) {
			break
		}
	}
	a.count.AddRlx(atom.AbandonedCountPush, 1) // a count for people, no order needed
}

// pop takes the top of abandoned, after making visited the new abandoned when that is empty. Nil
// when both are empty.
//
// Counterpart: mi_abandoned_pop.
func (a *abandonedStacks) pop(*round) *segment {
	// Relaxed: only a quick test; AbandonedPopLoad decides.
	if untagged(a.abandoned.LoadRlx(atom.AbandonedPopPeek)) == 0 && !a.revisit() {
		return nil
	}
	a.readers.AddRlx(atom.ReadersEnter, 1)
	var at Addr
	top := a.abandoned.LoadAcq(atom.AbandonedPopLoad) // pairs with AbandonedPush
	for {
		if at = untagged(top); at == 0 {
			break
		}
		next := segmentAt(at).abandonedNext.LoadRlx(atom.AbandonedPopLink)
		if a.abandoned.CasAcqRel(atom.AbandonedPop, &top, tagged(Addr(next), top)) {
			break
		}
	}
	a.readers.SubRlx(atom.ReadersLeave, 1)
	if at == 0 {
		return nil
	}
	s := segmentAt(at)
	s.abandonedNext.StoreRel(atom.AbandonedPopUnlink, 0)
	a.count.SubRlx(atom.AbandonedCountPop, 1)
	return s
}

// pushVisited makes s the top of visited.
//
// Counterpart: mi_abandoned_visited_push.
func (a *abandonedStacks) pushVisited(s *segment) {
	top := a.visited.LoadRlx(atom.VisitedPushLoad)
	for {
		s.abandonedNext.StoreRel(atom.VisitedPushLink, top)
		if a.visited.CasRel(atom.VisitedPush, &top, uint64(raw.Of(s))) { // pairs with RevisitTake
			break
		}
	}
	a.visitedCount.AddRlx(atom.VisitedCountPush, 1)
}

// revisit puts all of visited, in its order, on top of abandoned; false when visited is empty.
//
// Counterpart: mi_abandoned_visited_revisit.
func (a *abandonedStacks) revisit() bool {
	if a.visited.LoadRlx(atom.RevisitPeek) == 0 {
		return false
	}
	first := Addr(a.visited.SwapAcqRel(atom.RevisitTake, 0)) // pairs with VisitedPush
	if first == 0 {
		return false
	}
	top := a.abandoned.LoadRlx(atom.RevisitLoad)
	if untagged(top) == 0 {
		n := a.visitedCount.LoadRlx(atom.VisitedCountLoad)
		if a.abandoned.CasStrongAcqRel(atom.RevisitSwap, &top, tagged(first, top)) {
			a.countMoved(n)
			return true
		}
	}
	a.countMoved(a.prepend(first))
	return true
}

// prepend links the chain from first in front of abandoned and returns its length as counted.
//
// Counterpart: none, the second half of mi_abandoned_visited_revisit.
func (a *abandonedStacks) prepend(first Addr) (n uint64) {
	last := segmentAt(first)
	for {
		next := last.abandonedNext.LoadRlx(atom.RevisitWalk) // ours since RevisitTake
		if next == 0 {
			break
		}
		last = segmentAt(Addr(next))
	}
	top := a.abandoned.LoadRlx(atom.RevisitPrependLoad)
	for {
		n = a.visitedCount.LoadRlx(atom.VisitedCountPrependLoad)
		last.abandonedNext.StoreRel(atom.RevisitPrependLink, uint64(untagged(top)))
		// Publishes the chain. Pairs with AbandonedPopLoad.
		if a.abandoned.CasRel(atom.RevisitPrepend, &top, tagged(first, top)) {
			return n
		}
	}
}

// countMoved counts n segments from visited to abandoned.
//
// Counterpart: none, a part of mi_abandoned_visited_revisit.
func (a *abandonedStacks) countMoved(n uint64) {
	a.count.AddRlx(atom.AbandonedCountMove, n)
	a.visitedCount.SubRlx(atom.VisitedCountMove, n)
}

// awaitReaders returns when no thread is inside pop.
//
// Counterpart: _mi_abandoned_await_readers.
func (a *abandonedStacks) awaitReaders() {
	for a.readers.LoadAcq(atom.ReadersAwait) != 0 { // pairs with ReadersLeave
		atom.Yield(atom.ReadersAwait)
	}
}

// census lists the stacks.
//
// Counterpart: none, the rig's view.
func (a *abandonedStacks) census(c *census) {
	c.abandoned = c.takeStack("abandoned", untagged(a.abandoned.AtRest()))
	c.visited = c.takeStack("visited", Addr(a.visited.AtRest()))
	c.counted = int64(a.count.AtRest() + a.visitedCount.AtRest())
	c.readers = int64(a.readers.AtRest())
}

// print writes the words.
//
// Counterpart: none, the rig's view.
func (a *abandonedStacks) print(w io.Writer) { fmt.Fprint(w, *a) }

// words names them.
//
// Counterpart: none, the rig's view.
func (a *abandonedStacks) words() map[string]*atom.U64 {
	return map[string]*atom.U64{"abandoned": &a.abandoned, "visited": &a.visited, "abandoned count": &a.count,
		"visited count": &a.visitedCount, "readers": &a.readers}
}
