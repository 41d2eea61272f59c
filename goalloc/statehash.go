// The hash over the canonical state.
// Counterpart: none, the rig's view of both. See doc.go for an overview.

package goalloc

import "math/bits"

// The pieces that the state consists of. The hash is the sum of theirs. The words of a piece (state.go) are
// mixed with its place and their number in it, so that it does not matter what else there is, and pieces that
// are what they were need not be read again (statememo.go). A page's order in its queue is in its links and in
// the queue's ends. The reference's side of the rig has the same pieces; the two must change together.
const (
	sharedPiece = iota + 1
	threadPiece
	spansPiece
	heapPiece
	directPiece
	queuePiece
	headerPiece
	spanPiece
	listPiece
)

// StateHash is a hash over the canonical state of a simulated process at rest. threads are all that
// live, by number, the main thread first; nil stands for one that has done nothing.
func (p *Process) StateHash(threads []*Thread) uint64 {
	w := stateWalk{p: p, base: p.Base(), threads: threads, stores: tellers(p)}
	w.sum()
	return w.hash
}

// sum takes in every piece.
func (w *stateWalk) sum() {
	w.key = w.place(sharedPiece, 0)
	w.shared()
	for i, t := range w.threads {
		w.a, w.b = uint16(i), 0
		w.sumThread(t)
	}
	for words := w.seenWords; words != 0; words &= words - 1 {
		i := bits.TrailingZeros64(words)
		for left := w.seen[i]; left != 0; left &= left - 1 {
			w.sumSegment(i*64 + bits.TrailingZeros64(left))
		}
	}
}

// place is where the words of a piece begin; c tells which of several.
func (w *stateWalk) place(piece, c uint64) uint64 {
	return (piece<<48 | uint64(w.a)<<32 | uint64(w.b)<<16 | c) * stateTint
}

// begin begins a piece, the hash of which is to be known by itself; c tells which of several. It gives the sum so far,
// for end.
func (w *stateWalk) begin(piece, c uint64) (before uint64) {
	before, w.hash, w.key = w.hash, 0, w.place(piece, c)
	return before
}

func (w *stateWalk) end(before uint64) (of uint64) {
	of, w.hash = w.hash, before
	return of
}

// ---- threads and heaps ----

func (w *stateWalk) sumThread(t *Thread) {
	w.key = w.place(threadPiece, 0)
	if !w.threadWords(t) {
		return
	}
	if w.memo != nil {
		w.memo.spansHash(w, t)
	} else {
		w.sumQueues(spansPiece, t.spans[:])
	}
	for a := t.heaps; a != 0; a = heapAt(a).next {
		w.sumHeap(heapAt(a))
		w.b++
	}
}

func (w *stateWalk) sumHeap(h *heap) {
	w.key = w.place(heapPiece, 0)
	w.heapWords(h)
	if w.memo != nil {
		w.memo.heapHash(w, h)
		return
	}
	w.sumQueues(queuePiece, h.queues[:])
	should := heapMemo{}
	for bin := range h.queues {
		should.point(bin, h.queues[bin].first, w.p.emptyPage)
	}
	if h.direct != should.should {
		w.hash += w.directHash(h)
	}
}

// sumQueues takes in queues and meets the segments of what is in them.
func (w *stateWalk) sumQueues(piece uint64, all []pageQueue) {
	for bin := range all {
		w.hash += w.endsHash(piece, bin, all[bin])
		w.meetAll(all[bin].first)
	}
}

// endsHash is the ends of a queue; 0 of an empty one.
func (w *stateWalk) endsHash(piece uint64, bin int, q pageQueue) uint64 {
	if q.first|q.last == 0 {
		return 0
	}
	place := w.place(piece, uint64(bin))
	return fold(w.sliceRef(q.first)^stateTint, place+stateMix) + fold(w.sliceRef(q.last)^stateTint, place+stateMix2)
}

// stateMix2 is 2*stateMix modulo 2^64.
const stateMix2 = 2 * stateMix & (1<<64 - 1)

// meetAll meets the segments of the pages of a queue.
func (w *stateWalk) meetAll(first Addr) {
	for a, most := first, stateSlots*slicesPerSegment; a != 0 && most > 0; a, most = pageAt(a).next, most-1 {
		w.meet(a)
	}
}

func (w *stateWalk) directHash(h *heap) uint64 {
	before := w.begin(directPiece, 0)
	w.direct(h)
	return w.end(before)
}

// ---- segments and pages ----

func (w *stateWalk) sumSegment(slot int) {
	s := segmentAt(w.base + Addr(slot*segmentSize))
	w.a, w.b = uint16(slot), 0
	if w.memo != nil {
		w.hash += w.memo.segmentHash(w, s)
		return
	}
	w.hash += w.headerHash(s)
	for i, count := uintptr(0), uintptr(1); i < s.sliceEntries && count != 0; i += count {
		w.b, count = uint16(i), uintptr(s.slice(i).sliceCount)
		w.hash += w.spanHash(s, s.slice(i))
	}
}

func (w *stateWalk) headerHash(s *segment) uint64 {
	before := w.begin(headerPiece, 0)
	w.header(s)
	return w.end(before)
}

// spanHash is the hash of a page or free span.
func (w *stateWalk) spanHash(s *segment, p *page) uint64 {
	sum := w.recordHash(p)
	if w.b == 0 || p.blockSize == 0 {
		return sum
	}
	in := w.p.blockRange(s, p)
	for i, head := range lists(p) {
		of, _ := w.listHash(i, p, head, in)
		sum += of
	}
	return sum
}

// recordHash is that of a page without its lists.
func (w *stateWalk) recordHash(p *page) uint64 {
	before := w.begin(spanPiece, 0)
	w.spanWords(p)
	return w.end(before)
}

// listHash is the hash of a page's i-th list, 0 of an empty one. Where it is one run of blocks, to is its end.
func (w *stateWalk) listHash(i int, p *page, head Addr, in blockRange) (hash uint64, to Addr) {
	if head == 0 {
		return 0, 0
	}
	before := w.begin(listPiece, uint64(i))
	to = w.blocks(stateFree+StateField(i), p, head, in)
	return w.end(before), to
}

// runHash is the hash of a page's i-th list, where it is one run of blocks, by their offsets.
func (w *stateWalk) runHash(i int, from, to Addr) uint64 {
	before := w.begin(listPiece, uint64(i))
	w.put(stateFree+StateField(i), 0, 0, uint64(from)|uint64(to)<<32)
	return w.end(before)
}
