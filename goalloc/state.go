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

// stateWalk goes through a process at rest. One walk serves the hash and the list. It goes through the
// threads, their heaps and queues, then in address order through every segment that it met: those of
// pages in heaps' queues, of free spans in threads' queues, and of the abandoned stacks. A segment in
// the cache is a slot of the cache, its old header means nothing. The reference's side of the rig has
// the same walk in the same order; the two must change together.
//
// Left out is what has no counterpart there or no meaning: the tag of the abandoned stack, the records
// inside a free span, which nobody writes, slots of the cache that are free, where the search for blocks of an arena
// ended last, which nobody asks.
// Statistics have a walk of their own (statswalk.go).
type stateWalk struct {
	hash, key uint64       // the sum so far, and the number of the last word times stateMix
	list      []StateEntry // the words, if they are to be kept
	keep      bool
	a, b      uint16                  // where the walk is
	seen      [stateSlots / 64]uint64 // segments met, by address
	seenWords uint64                  // which words of seen have any
	base      Addr
	p         *Process
	threads   []*Thread  // nil for one that has not been used
	memo      *StateMemo // what need not be read; nil: everything is
}

// StateHash is a hash over the canonical state of a simulated process at rest. threads are all that
// live, by number, the main thread first; nil stands for one that has done nothing.
func (p *Process) StateHash(threads []*Thread) uint64 {
	return NewStateMemo(p).StateHash(threads, false, false)
}

// State lists what StateHash hashes, in its order.
func (p *Process) State(threads []*Thread) []StateEntry {
	w := stateWalk{keep: true, memo: NewStateMemo(p)}
	w.all(p, threads)
	return w.list
}

func (w *stateWalk) all(p *Process, threads []*Thread) {
	w.p, w.base, w.threads = p, p.Base(), threads
	w.shared()
	for i, t := range threads {
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

// put is one word of the stream. c tells which of several, pos where in a list. Each word is mixed with
// its number and field alone and the results are added up, so that no word waits for the one before.
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
	for _, s := range w.memo.stores {
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
	if t == nil {
		w.put(stateThreadDefault, 0, 0, w.heapRef(w.p.emptyHeap))
		w.put(stateThreadKey, 0, 0, 0)
		return
	}
	w.put(stateThreadDefault, 0, 0, w.heapRef(t.heap))
	w.put(stateThreadKey, 0, 0, w.heapRef(t.key))
	if t.heap == w.p.emptyHeap {
		return
	}
	w.put(stateThreadBeat, 0, 0, t.heartbeat)
	w.put(stateThreadSegments, 0, 0, uint64(t.segments))
	w.queues(stateSpans, 0, t.spans[:], w.filledSpans(t))
	for a := t.heaps; a != 0; a = heapAt(a).next {
		w.heap(heapAt(a))
		w.b++
	}
}

func (w *stateWalk) heap(h *heap) {
	w.put(stateHeapAt, 0, 0, w.heapRef(h))
	w.put(stateHeapPages, 0, 0, uint64(h.pageCount))
	w.put(stateHeapRetired, 0, 0, uint64(h.retiredMin)|uint64(h.retiredMax)<<16|bit(h.noReclaim)<<32)
	if h.arena != NoArena {
		w.put(stateHeapArena, 0, 0, uint64(uint32(h.arena)))
	}
	m := w.heapMemo(h)
	if w.keep || h.direct != m.direct {
		w.direct(h)
	}
	w.queues(stateQueue, 0, h.queues[:min(64, binCount)], m.filled[0])
	w.queues(stateQueue, 64, h.queues[min(64, binCount):], m.filled[1])
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

// queues are up to 64 queues, from bin from on; filled tells which are not empty.
func (w *stateWalk) queues(f StateField, from int, all []pageQueue, filled uint64) {
	for ; filled != 0; filled &= filled - 1 {
		i := bits.TrailingZeros64(filled)
		w.queue(f, from+i, &all[i])
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

// nonZero tells which words of the segment map are not zero.
func nonZero(words *[simMapSize]atom.U64) uint64 {
	set := uint64(0)
	for i := range words {
		set |= bit(words[i].AtRest() != 0) << i
	}
	return set
}

// queue is the pages of a queue, or the spans of one, in order. In the hash one that is alone, the first and
// the last, is one word.
func (w *stateWalk) queue(f StateField, bin int, q *pageQueue) {
	if a := q.first; !w.keep && a != 0 && a == q.last && pageAt(a).next == 0 {
		w.meet(a)
		w.put(f, bin, 0, w.sliceRef(a)|1)
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
	w.put(stateSegmentIs, 0, 0, bit(s.huge)|bit(s.allowDecommit)<<1|w.owner(s.threadID.AtRest())<<8|
		uint64(s.sliceEntries)<<16|uint64(s.segmentSlices)<<32)
	w.put(stateSegmentUse, 0, 0, uint64(s.used)|uint64(s.abandoned)<<20|uint64(s.abandonedVisits)<<40)
	w.put(stateSegmentAlign, 0, 0, uint64(s.memAlignment)^uint64(s.memAlignOffset)<<1)
	w.memory(stateSegmentMemory, s.memID, s.memPinned, s.memLarge)
	w.mask(stateSegmentCommit, &s.commitMask)
	w.put(stateSegmentExpire, 0, 0, uint64(s.decommitExpire))
	w.mask(stateSegmentDecommit, &s.decommitMask)
	for i := uintptr(0); i < s.sliceEntries; {
		p := s.slice(i)
		w.b = uint16(i)
		kind := bit(p.blockSize != 0)
		if i == 0 {
			kind = 2
		}
		if kind == 1 && !w.keep {
			w.put(statePageUse, 0, 0, w.memo.page(w, s, p, i))
		} else {
			w.put(stateSpan, 0, 0, uint64(p.sliceCount)<<2|kind)
		}
		if kind == 1 && w.keep {
			w.page(s, p)
		}
		if p.sliceCount == 0 {
			break
		}
		i += uintptr(p.sliceCount)
	}
}

// pageHash is the span of a page and what page puts, as one word.
func (w *stateWalk) pageHash(s *segment, p *page, i uintptr) uint64 {
	hash, key := w.hash, w.key
	w.hash, w.key = 0, 0
	w.put(stateSpan, 0, 0, uint64(p.sliceCount)<<2|1)
	w.page(s, p)
	of := w.hash
	w.hash, w.key = hash, key
	return of
}

func (w *stateWalk) page(s *segment, p *page) {
	remote := p.threadFree.AtRest()
	w.put(statePageShape, 0, 0, uint64(p.capacity)|uint64(p.reserved)<<16|uint64(p.flags&^careful)<<32|
		uint64(p.retireExpire)<<40|remote&freeFlagMask<<48|bit(p.isReset)<<50)
	w.put(statePageUse, 0, 0, uint64(p.used)|uint64(p.blockSize)<<32)
	w.put(statePageHeap, 0, 0, w.heapRef(heapAt(Addr(p.heap.AtRest()))))
	start, _ := w.p.pageStart(s, p)
	in := blockRange{
		start: start, stop: start + Addr(p.capacity)*Addr(p.blockSize),
		size: Addr(p.blockSize), most: int(p.capacity),
	}
	w.blocks(stateFree, p, p.free, in)
	w.blocks(stateLocalFree, p, p.localFree, in)
	w.blocks(stateThreadFree, p, Addr(remote&^freeFlagMask), in)
}

// blockRange are the blocks of a page: those that may be in its lists lie in [start, stop), size apart.
type blockRange struct {
	start, stop, size Addr
	most              int
}

// blocks is a list of blocks, as offsets from the page's start. It ends at an offset that cannot be. In
// the hash a word stands for a run of neighbours.
func (w *stateWalk) blocks(f StateField, p *page, b Addr, in blockRange) {
	for n := 0; b != 0 && n <= in.most; {
		if b-in.start >= in.stop-in.start {
			w.put(f, 0, n, uint64(b-in.start))
			return
		}
		var end, next Addr
		if w.p.profile.encoded {
			end, next = w.p.neighboursEncoded(p, b, in.size, in.stop)
		} else {
			end, next = neighbours(b, in.size, in.stop)
		}
		n += w.run(f, n, b-in.start, end-in.start, in.size)
		b = next
	}
}

// neighbours gives the end of the run of blocks that starts at b, each of which leads to the one behind
// it, and where the last one leads. Where a block should lead is known before it is read, so that the
// reads do not wait for each other; mostly four are right at once.
func neighbours(b, size, stop Addr) (end, next Addr) {
	end, next = b+size, raw.Load(b)
	for ; next == end && end+3*size < stop; end += 4 * size {
		wrong := raw.Load(end) ^ (end + size)
		wrong |= raw.Load(end+size) ^ (end + 2*size)
		wrong |= raw.Load(end+2*size) ^ (end + 3*size)
		if wrong != 0 {
			break
		}
		next = raw.Load(end + 3*size)
	}
	for ; next == end && end < stop; end += size {
		next = raw.Load(end)
	}
	return end, next
}

// neighboursEncoded is neighbours where links are encoded.
func (p *Process) neighboursEncoded(pg *page, b, size, stop Addr) (end, next Addr) {
	end, next = b+size, p.link(pg, b)
	for ; next == end && end < stop; end += size {
		next = p.link(pg, end)
	}
	return end, next
}

// run is a run of neighbours [from, to), the n-th word of a list of blocks. It gives how many words it is.
func (w *stateWalk) run(f StateField, n int, from, to, size Addr) int {
	if !w.keep {
		w.put(f, 0, 0, uint64(from)|uint64(to)<<32)
		return 1
	}
	words := 0
	for ; from < to; from += size {
		w.note(f, 0, n+words, uint64(from))
		words++
	}
	return words
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
