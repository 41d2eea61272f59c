// The canonical state of a process: what its records say, in terms that the reference's have, too.
// Counterpart: none, the rig's view of both. See doc.go for an overview.

package goalloc

import (
	"math/bits"

	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/osmem"
	"midiff/goalloc/internal/raw"
)

// StateField says what a word of the state is.
type StateField uint16

// The fields in the order of the walk. A field whose entries are a list is followed by its end. Each has
// a planted fault (diff/canary).
const (
	stateThreads StateField = iota
	stateThreadData
	stateAbandonedCount
	stateVisitedCount
	stateReaders
	stateAbandoned
	stateVisited
	stateCacheInUse
	stateCacheAvailable
	stateCacheLarge
	stateCacheAt
	stateCacheMemory
	stateCacheExpire
	stateCacheCommit
	stateCacheDecommit
	stateArenas
	stateArenaIs
	stateArenaAt
	stateArenaBlocks
	stateArenaInUse
	stateArenaDirty
	stateArenaCommitted
	stateThreadDefault
	stateThreadKey
	stateThreadBeat
	stateThreadSegments
	stateSpans
	stateSpansLast
	stateHeapAt
	stateHeapPages
	stateHeapRetired
	stateHeapArena
	stateDirect
	stateQueue
	stateQueueLast
	stateDelayed
	stateSegmentIs
	stateSegmentUse
	stateSegmentAlign
	stateSegmentMemory
	stateSegmentExpire
	stateSegmentCommit
	stateSegmentDecommit
	stateSpan
	statePageShape
	statePageUse
	statePageHeap
	stateFree
	stateLocalFree
	stateThreadFree
	stateSegmentMap
	stateLinks
)

// StateEntry is one word of the state and where it stands. Addresses are relative to the base; the
// main thread's backing heap is 1, the shared empty heap 2.
type StateEntry struct {
	Field StateField
	A, B  uint16 // thread and heap, segment and slice, slot of the cache, or arena
	C     uint16 // which of several: a bin, a direct entry, a word of a mask
	Pos   uint32 // place in a list
	Value uint64
}

const (
	stateMix   = 0x9e3779b97f4a7c15
	stateTint  = 0xd1b54a32d192ed03
	stateSlots = osmem.SimSize / segmentSize
)

// stateWalk goes through a process at rest. The list of its words goes through the
// threads, their heaps and queues, then in address order through every segment that it met: those of
// pages in heaps' queues, of free spans in threads' queues, and of the abandoned stacks. A segment in
// the cache is a slot of the cache, its old header means nothing. The reference's side of the rig has
// the same walk in the same order; the two must change together. statehash.go takes the same words into a hash.
//
// Left out is what has no counterpart there or no meaning: the tag of the abandoned stack, the records
// inside a free span, which nobody writes, slots of the cache that are free, where the search for blocks of an arena
// ended last, which nobody asks.
// Statistics have a walk of their own (statswalk.go).
type stateWalk struct {
	hash, key uint64       // the sum so far, and what the last word was mixed with
	list      []StateEntry // the words, if they are to be kept
	keep      bool
	a, b      uint16                  // where the walk is
	seen      [stateSlots / 64]uint64 // segments met, by address
	seenWords uint64                  // which words of seen have any; the others are not set
	base      Addr
	p         *Process
	threads   []*Thread // nil for one that has not been used
	stores    []stateTeller
	memo      *StateMemo // what need not be read; nil: everything is
}

// State lists what StateHash hashes, in its order.
func (p *Process) State(threads []*Thread) []StateEntry {
	w := stateWalk{keep: true, p: p, base: p.Base(), threads: threads, stores: tellers(p)}
	w.all()
	return w.list
}

// all lists every word.
func (w *stateWalk) all() {
	w.shared()
	for i, t := range w.threads {
		w.a, w.b = uint16(i), 0
		w.thread(t)
	}
	w.segments()
}

// fold gives the two halves of a product, folded: every bit of it depends on every bit of both factors.
func fold(x, y uint64) uint64 {
	hi, lo := bits.Mul64(x, y)
	return hi ^ lo
}

// put is one word. c tells which of several, pos where in a list. In the hash each is mixed with its place and
// field alone and the results are added up, so that no word waits for the one before.
func (w *stateWalk) put(f StateField, c, pos int, v uint64) {
	if w.keep {
		w.note(f, c, pos, v)
		return
	}
	w.key += stateMix
	w.hash += fold(v^stateTint, w.key^uint64(f)<<16^uint64(c))
}

func (w *stateWalk) note(f StateField, c, pos int, v uint64) {
	w.list = append(w.list, StateEntry{f, w.a, w.b, uint16(c), uint32(pos), v})
}

func (w *stateWalk) rel(a Addr) uint64 {
	if a == 0 {
		return 0
	}
	return uint64(a - w.base)
}

func (w *stateWalk) heapRef(h *heap) uint64 {
	switch h {
	case w.p.mainHeap:
		return 1
	case w.p.emptyHeap:
		return 2
	}
	return w.rel(raw.Of(h))
}

// sliceRef names a page or span by the address of its first slice.
func (w *stateWalk) sliceRef(a Addr) uint64 {
	if a == 0 {
		return 0
	}
	at := (a - 1) &^ segmentMask
	return uint64(at-w.base) + uint64((uintptr(a-at)-slicesOffset)/pageSize*sliceSize)
}

func (w *stateWalk) meet(a Addr) {
	if i := (a - w.base) / segmentSize; i < stateSlots {
		if w.seenWords>>(i/64)&1 == 0 {
			w.seen[i/64] = 0
		}
		w.seen[i/64] |= 1 << (i % 64)
		w.seenWords |= 1 << (i / 64)
	}
}

// ---- what threads share ----

func (w *stateWalk) shared() {
	w.put(stateThreads, 0, 0, w.p.threadCount.AtRest())
	for i := range w.p.threadData {
		if a := w.p.threadData[i].AtRest(); a != 0 {
			w.put(stateThreadData, i, 0, w.rel(Addr(a)))
		}
	}
	for _, s := range w.stores {
		s.tell(w)
	}
	used := (*[simMapSize]atom.U64)(w.p.mapUsed())
	for left := w.filledMap(used); left != 0; left &= left - 1 {
		i := bits.TrailingZeros64(left)
		w.put(stateSegmentMap, i, 0, used[i].AtRest())
	}
	w.arenas(&w.p.arenas)
}

// stateTeller is a store whose state can be compared with the reference's.
type stateTeller interface{ tell(w *stateWalk) }

// tellers gives those of a process.
func tellers(p *Process) (all []stateTeller) {
	for _, store := range []any{p.abandoned, p.source} {
		if s, ok := store.(stateTeller); ok {
			all = append(all, s)
		}
	}
	return all
}

func (w *stateWalk) stack(f StateField, a Addr) {
	for pos := 0; a != 0 && pos < stateSlots; pos++ {
		w.meet(a)
		w.put(f, 0, pos, w.rel(a))
		a = Addr(segmentAt(a).abandonedNext.AtRest())
	}
}

func (w *stateWalk) mask(f StateField, m *commitMask) {
	for i, v := range m {
		if v != 0 {
			w.put(f, i, 0, v)
		}
	}
}

// ---- threads and heaps ----

func (w *stateWalk) thread(t *Thread) {
	if !w.threadWords(t) {
		return
	}
	w.queues(stateSpans, t.spans[:])
	for a := t.heaps; a != 0; a = heapAt(a).next {
		h := heapAt(a)
		w.heapWords(h)
		w.direct(h)
		w.queues(stateQueue, h.queues[:])
		w.b++
	}
}

// threadWords tells whether the thread has heaps.
func (w *stateWalk) threadWords(t *Thread) bool {
	if t == nil {
		w.put(stateThreadDefault, 0, 0, w.heapRef(w.p.emptyHeap))
		w.put(stateThreadKey, 0, 0, 0)
		return false
	}
	w.put(stateThreadDefault, 0, 0, w.heapRef(t.heap))
	w.put(stateThreadKey, 0, 0, w.heapRef(t.key))
	if t.heap == w.p.emptyHeap {
		return false
	}
	w.put(stateThreadBeat, 0, 0, t.heartbeat)
	w.put(stateThreadSegments, 0, 0, uint64(t.segments))
	return true
}

func (w *stateWalk) heapWords(h *heap) {
	w.put(stateHeapAt, 0, 0, w.heapRef(h))
	w.put(stateHeapPages, 0, 0, uint64(h.pageCount))
	w.put(stateHeapRetired, 0, 0, uint64(h.retiredMin)|uint64(h.retiredMax)<<16|bit(h.noReclaim)<<32)
	if h.arena != NoArena {
		w.put(stateHeapArena, 0, 0, uint64(uint32(h.arena)))
	}
	b := Addr(h.delayed.AtRest())
	for pos := 0; b != 0; pos, b = pos+1, w.p.delayedLink(h, b) {
		w.put(stateDelayed, 0, pos, w.rel(b))
		if w.rel(b) >= stateSlots*segmentSize || pos > 1<<20 {
			break
		}
	}
}

// direct is the table of direct pages, as the places where it changes. The hash takes it in only where it
// does not follow from the queues, which are told anyway.
func (w *stateWalk) direct(h *heap) {
	before := w.p.emptyPage
	for i, a := range &h.direct {
		if a == before {
			continue
		}
		before = a
		ref := uint64(0)
		if before != w.p.emptyPage {
			ref = w.sliceRef(before)
		}
		w.put(stateDirect, i, 0, ref)
	}
}

func (w *stateWalk) queues(f StateField, all []pageQueue) {
	for bin := range all {
		w.queue(f, bin, &all[bin])
	}
}

// nonZero tells which words of the segment map are not zero.
func nonZero(words *[simMapSize]atom.U64) uint64 {
	set := uint64(0)
	for i := range words {
		set |= bit(words[i].AtRest() != 0) << i
	}
	return set
}

// queue is the pages of a queue, or the spans of one, in order.
func (w *stateWalk) queue(f StateField, bin int, q *pageQueue) {
	if q.first|q.last == 0 {
		return
	}
	pos := 0
	for a := q.first; a != 0 && pos < stateSlots*slicesPerSegment; a = pageAt(a).next {
		w.meet(a)
		w.put(f, bin, pos, w.sliceRef(a))
		pos++
	}
	w.put(f+1, bin, 0, w.sliceRef(q.last))
}

// ---- segments and pages ----

func (w *stateWalk) segments() {
	for words := w.seenWords; words != 0; words &= words - 1 {
		i := bits.TrailingZeros64(words)
		for left := w.seen[i]; left != 0; left &= left - 1 {
			slot := i*64 + bits.TrailingZeros64(left)
			w.a, w.b = uint16(slot), 0
			w.segment(segmentAt(w.base + Addr(slot*segmentSize)))
		}
	}
}

// owner is 1 + the number of the thread with an id; 0 for the id 0, 255 for one that nobody has any more.
func (w *stateWalk) owner(id uint64) uint64 {
	if id == 0 {
		return 0
	}
	for i, t := range w.threads {
		if t != nil && t.id == id {
			return uint64(i) + 1
		}
	}
	return 255
}

func (w *stateWalk) segment(s *segment) {
	w.header(s)
	for i, count := uintptr(0), uintptr(1); i < s.sliceEntries && count != 0; i += count {
		w.b, count = uint16(i), uintptr(s.slice(i).sliceCount)
		w.span(s, s.slice(i))
	}
}

func (w *stateWalk) header(s *segment) {
	w.put(stateSegmentIs, 0, 0, bit(s.huge)|bit(s.allowDecommit)<<1|w.owner(s.threadID.AtRest())<<8|
		uint64(s.sliceEntries)<<16|uint64(s.segmentSlices)<<32)
	w.put(stateSegmentUse, 0, 0, uint64(s.used)|uint64(s.abandoned)<<20|uint64(s.abandonedVisits)<<40)
	w.put(stateSegmentAlign, 0, 0, uint64(s.memAlignment)^uint64(s.memAlignOffset)<<1)
	w.memory(stateSegmentMemory, s.memID, s.memPinned, s.memLarge)
	w.mask(stateSegmentCommit, &s.commitMask)
	w.put(stateSegmentExpire, 0, 0, uint64(s.decommitExpire))
	w.mask(stateSegmentDecommit, &s.decommitMask)
}

// span is the header's, a free one or a page.
func (w *stateWalk) span(s *segment, p *page) {
	w.spanWords(p)
	if w.b == 0 || p.blockSize == 0 {
		return
	}
	in := w.p.blockRange(s, p)
	for i, head := range lists(p) {
		w.blocks(stateFree+StateField(i), p, head, in)
	}
}

// spanWords is a span without the lists of blocks that it has if it is a page.
func (w *stateWalk) spanWords(p *page) {
	kind := bit(p.blockSize != 0)
	if w.b == 0 {
		kind = 2
	}
	w.put(stateSpan, 0, 0, uint64(p.sliceCount)<<2|kind)
	if kind != 2 {
		w.links(p)
	}
	if kind == 1 {
		w.put(statePageShape, 0, 0, uint64(p.capacity)|uint64(p.reserved)<<16|uint64(p.flags&^careful)<<32|
			uint64(p.retireExpire)<<40|p.threadFree.AtRest()&freeFlagMask<<48|bit(p.isReset)<<50)
		w.put(statePageUse, 0, 0, uint64(p.used)|uint64(p.blockSize)<<32)
		w.put(statePageHeap, 0, 0, w.heapRef(heapAt(Addr(p.heap.AtRest()))))
	}
}

// links are the neighbours of a page or free span in its queue. In none it has none.
func (w *stateWalk) links(p *page) {
	if p.next != 0 {
		w.put(stateLinks, 0, 0, w.sliceRef(p.next))
	}
	if p.prev != 0 {
		w.put(stateLinks, 1, 0, w.sliceRef(p.prev))
	}
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
