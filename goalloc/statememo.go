// What a walk of the state need not read again.
// Counterpart: none, the rig's view of both. See doc.go for an overview.

package goalloc

import (
	"math/bits"

	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

// StateMemo gives the hashes of a process's state and statistics for less, where it is asked after every
// operation: it keeps what the walk before read, in the bytes it read, with the hash of what they say.
//
// What has the same bytes has the same hash; of what has not, only that is hashed anew that changed: a queue, a
// record, a number. A page's lists are known by their heads and the number of used blocks, in the walk before, one
// operation ago, and now: whoever takes from a list or gives to it changes them. What that leaves is a link that
// somebody wrote over: it is seen when it comes to the head, or by a whole walk, and the rig does one at the end of a
// run, and after every operation in the repetition that names the operation. The hashes are the same either way.
type StateMemo struct {
	p        *Process
	walk     stateWalk // the one that is under way: one on the stack would move to the heap, each time
	run      uint64
	walks    uint64
	records  [1024]recordMemo
	segments [64]segmentMemo
	heaps    [64]heapMemo
	spans    [8]spansMemo
	cache    cacheMemo
	mapped   mapMemo
	total    statsMemo[sharedStat, sharedTally]
	threads  [8]statsMemo[stat, tally]
}

// NewStateMemo makes a memo for a simulated process, with nothing in it.
func NewStateMemo(p *Process) *StateMemo {
	m := &StateMemo{p: p}
	m.walk = stateWalk{p: p, base: p.Base(), stores: tellers(p), memo: m}
	return m
}

// Begin forgets what was read, so that what a run reads, and what it goes through to read it, does not depend on the
// runs before it.
func (m *StateMemo) Begin() {
	m.run++
	m.cache, m.mapped = cacheMemo{}, mapMemo{}
}

// StateHash is Process.StateHash. next tells that the call before was one operation ago; whole, that
// every word shall be read.
func (m *StateMemo) StateHash(threads []*Thread, next, whole bool) uint64 {
	if m.walks++; !next || whole {
		m.walks++ // no record was seen in the walk before
	}
	w := &m.walk
	w.hash, w.a, w.b, w.seenWords, w.threads = 0, 0, 0, 0, threads
	w.sum()
	return w.hash
}

// StatsHash is Process.StatsHash.
func (m *StateMemo) StatsHash(threads []*Thread) uint64 {
	w := statsWalk{memo: m}
	w.all(m.p, threads)
	return w.sum
}

// recordMemo is the record of a page or of a free span, and the hash of what that is and has.
type recordMemo struct {
	at     Addr
	walk   uint64 // that saw it last
	hash   uint64
	lists  [3]uint64 // their hashes, which are part of the hash
	to     Addr      // the end of the free list's only run of blocks, as an offset; 0 if it has several or none
	record recordWords
}

type recordWords [pageSize / wordSize]uint64

func (r *recordWords) same(o *recordWords) bool {
	return (r[0]^o[0])|(r[1]^o[1])|(r[2]^o[2])|(r[3]^o[3])|(r[4]^o[4])|(r[5]^o[5])|(r[6]^o[6])|(r[7]^o[7])|
		(r[8]^o[8])|(r[9]^o[9]) == 0
}

// take takes in a record that is not what it was, or whose lists may not be: seen tells that the walk before saw it.
func (e *recordMemo) take(w *stateWalk, s *segment, p *page, seen bool) {
	record := e.record
	e.at, e.record = raw.Of(p), *raw.At[recordWords](raw.Of(p))
	e.hash = w.recordHash(p)
	if w.b == 0 || p.blockSize == 0 {
		return
	}
	in := w.p.blockRange(s, p)
	kept := 0
	if was := raw.At[page](raw.Of(&record)); seen {
		kept = keptLists(was, p)
		if e.popped(was, p, &in) {
			e.lists[0] = w.runHash(0, p.free-in.start, e.to)
			kept = 1<<len(e.lists) - 1
		}
	}
	for i, head := range lists(p) {
		if kept>>i&1 == 0 {
			var to Addr
			if e.lists[i], to = w.listHash(i, p, head, in); i == 0 {
				e.to = to
			}
		}
		e.hash += e.lists[i]
	}
}

// keptLists tells which of a page's lists are what they were, a bit each: all, if no block came or went; all but the
// local list, if the owner freed a block.
func keptLists(was, p *page) int {
	switch {
	case was.free != p.free || !sameBlocks(was, p):
		return 0
	case was.localFree == p.localFree && was.used == p.used:
		return 7
	case was.localFree != p.localFree && was.used == p.used+1:
		return 5
	}
	return 0
}

// popped tells whether what became of a page is that its free list, one run of blocks, lost its first.
func (e *recordMemo) popped(was, p *page, in *blockRange) bool {
	return p.free == was.free+in.size && p.free-in.start < e.to && was.used+1 == p.used && was.localFree == p.localFree &&
		sameBlocks(was, p)
}

// sameBlocks tells whether a page has the blocks that it had, and no other thread has freed one since.
func sameBlocks(was, p *page) bool {
	return was.capacity == p.capacity && was.blockSize == p.blockSize &&
		(was.threadFree.AtRest()^p.threadFree.AtRest())&^freeFlagMask == 0
}

// segmentMemo is a segment's header and the hash of what it says.
type segmentMemo struct {
	run    uint64
	at     Addr
	owner  uint64 // number of its thread
	header [slicesOffset / wordSize]uint64
	hash   uint64
}

// segmentHash is the hash of a segment with what is in it.
func (m *StateMemo) segmentHash(w *stateWalk, s *segment) uint64 {
	e := &m.segments[int(w.a)%len(m.segments)]
	owner, header := w.owner(s.threadID.AtRest()), raw.At[[slicesOffset / wordSize]uint64](raw.Of(s))
	if e.run != m.run || e.at != raw.Of(s) || e.owner != owner || e.header != *header {
		e.run, e.at, e.owner, e.header, e.hash = m.run, raw.Of(s), owner, *header, w.headerHash(s)
	}
	sum, walks := e.hash, m.walks
	for i, count := uintptr(0), uintptr(1); i < s.sliceEntries && count != 0; i += count {
		p := s.slice(i)
		e := &m.records[(i+uintptr(w.a)*31)%uintptr(len(m.records))]
		seen := e.walk+1 == walks && e.at == raw.Of(p) // in this order: no run before counts
		if !seen || !e.record.same(raw.At[recordWords](raw.Of(p))) {
			w.b = uint16(i)
			e.take(w, s, p, seen)
		}
		e.walk, count = walks, uintptr(p.sliceCount)
		sum += e.hash
	}
	return sum
}

// queuesMemo is the hash of queues, and where their pages or spans are.
type queuesMemo struct {
	hash   uint64
	walked [2]uint64 // those that are gone through for the segments of their pages, 64 in a word
	met    [4]Addr   // segments of the pages of the others, those that have one page
	pages  [4]int    // how many of those pages are in each
}

// heapTables are a heap's direct table and queues, as they lie in it.
type heapTables struct {
	direct [directWords]Addr
	queues [binCount]pageQueue
}

const directWords = smallMax/wordSize + 1

var _ [heapQueuesOffset - directWords*wordSize]byte // not less
var _ [directWords*wordSize - heapQueuesOffset]byte // not more

// heapMemo is a heap's tables and what follows from them.
type heapMemo struct {
	run    uint64
	at     Addr
	a, b   uint16 // the b-th heap of thread a
	hash   uint64 // of the direct table; 0 where it is as it should be
	of     queuesMemo
	should [directWords]Addr // what the direct table should be
	was    heapTables
}

// heapHash takes in a heap's tables.
func (m *StateMemo) heapHash(w *stateWalk, h *heap) {
	e := &m.heaps[(int(w.a)*8+int(w.b))%len(m.heaps)]
	if e.run != m.run || e.at != raw.Of(h) || e.a != w.a || e.b != w.b {
		*e = heapMemo{run: m.run, at: raw.Of(h), a: w.a, b: w.b}
		for i := range e.should {
			e.should[i] = m.p.emptyPage
		}
	}
	if now := raw.At[heapTables](raw.Of(h)); e.was != *now {
		e.of.take(w, queuePiece, e.was.queues[:], h.queues[:], e)
		e.was.direct, e.hash = h.direct, 0
		if e.should != h.direct {
			e.hash = w.directHash(h)
		}
	}
	w.hash += e.hash + e.of.hash
	e.of.meet(w, e.was.queues[:])
}

// spansMemo is a thread's span queues.
type spansMemo struct {
	run uint64
	of  queuesMemo
	was [spanBins]pageQueue
}

// spansHash takes in a thread's span queues.
func (m *StateMemo) spansHash(w *stateWalk, t *Thread) {
	e := &m.spans[int(w.a)%len(m.spans)]
	if e.run != m.run {
		*e = spansMemo{run: m.run}
	}
	if e.was != t.spans {
		e.of.take(w, spansPiece, e.was[:], t.spans[:], nil)
	}
	w.hash += e.of.hash
	e.of.meet(w, e.was[:])
}

// take takes in the queues that are not what they were, mostly one or two, and what of a heap's direct table follows
// from them.
func (e *queuesMemo) take(w *stateWalk, piece uint64, was, now []pageQueue, of *heapMemo) {
	for from := 0; from < len(was); from += len(queueGroup{}) {
		to := min(from+len(queueGroup{}), len(was))
		if to-from == len(queueGroup{}) && queueGroup(was[from:]) == queueGroup(now[from:]) {
			continue
		}
		for bin := from; bin < to; bin++ {
			if was[bin] == now[bin] {
				continue
			}
			e.hash += w.endsHash(piece, bin, now[bin]) - w.endsHash(piece, bin, was[bin])
			e.leave(bin, was[bin])
			e.enter(bin, now[bin])
			was[bin] = now[bin]
			if of != nil {
				of.point(bin, now[bin].first, w.p.emptyPage)
			}
		}
	}
}

// queueGroup are queues that are compared at once.
type queueGroup [8]pageQueue

// point has the entries of a bin in the direct table lead where they should.
func (e *heapMemo) point(bin int, first, empty Addr) {
	if first == 0 {
		first = empty
	}
	for i := directOf[bin].from; i < directOf[bin].to; i++ {
		e.should[i] = first
	}
}

// directOf is the range of the direct table that a bin has; nothing for one of larger sizes.
var directOf = func() (all [binCount]struct{ from, to int }) {
	for i := directWords - 1; i >= 0; i-- {
		r := &all[binOf(uintptr(i)*wordSize, mediumMax20)]
		r.from, r.to = i, max(r.to, i+1)
	}
	return all
}()

// enter takes in where the pages of a queue are that is not empty.
func (e *queuesMemo) enter(bin int, q pageQueue) {
	if q.first|q.last == 0 {
		return
	}
	if q.first == q.last {
		at := (q.first - 1) &^ segmentMask
		for i := range e.met {
			if e.met[i] == at || e.pages[i] == 0 {
				e.met[i] = at
				e.pages[i]++
				return
			}
		}
	}
	e.walked[bin/64] |= 1 << (bin % 64)
}

// leave undoes enter.
func (e *queuesMemo) leave(bin int, q pageQueue) {
	if q.first|q.last == 0 || e.walked[bin/64]>>(bin%64)&1 != 0 {
		e.walked[bin/64] &^= 1 << (bin % 64)
		return
	}
	at := (q.first - 1) &^ segmentMask
	for i := range e.met {
		if e.met[i] == at && e.pages[i] != 0 {
			e.pages[i]--
			return
		}
	}
}

// meet meets the segments of what is in the queues.
func (e *queuesMemo) meet(w *stateWalk, queues []pageQueue) {
	for i, a := range e.met {
		if e.pages[i] != 0 {
			w.meet(a)
		}
	}
	for half, left := range e.walked {
		for ; left != 0; left &= left - 1 {
			w.meetAll(queues[half*64+bits.TrailingZeros64(left)].first)
		}
	}
}

// cacheMemo is the bitmaps of the cache and the fields of them that say anything.
type cacheMemo struct {
	inUse, taken, takenLarge [cacheFields]atom.U64
	filled                   uint64
}

// mapMemo is the segment map and which of its words are not zero.
type mapMemo struct {
	words  [simMapSize]atom.U64
	filled uint64
}

func (w *stateWalk) filledMap(words *[simMapSize]atom.U64) uint64 {
	if w.memo == nil {
		return nonZero(words)
	}
	e := &w.memo.mapped
	if e.words != *words {
		e.words, e.filled = *words, nonZero(words)
	}
	return e.filled
}
