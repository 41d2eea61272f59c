// What a walk of the state need not read again.
// Counterpart: none, the rig's view of both. See doc.go for an overview.

package goalloc

import (
	"math/bits"

	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

// StateMemo gives the hashes of a process's state and statistics for less, where it is asked after every
// operation: it keeps what the walk before read, in the bytes it read, with what came of it.
//
// Tables are compared whole: where one has the same bytes, the same is true of it. A page is known by its
// record: when that is, bit for bit, what it was in the walk before, one operation ago, so are the page's
// lists, since whatever takes from a list or gives to it moves its head or the count of used blocks. What
// that leaves is a link that somebody else wrote over; a whole walk finds it, and the rig does one at the
// end of a run and in repetitions. The hashes are the same either way.
type StateMemo struct {
	p       *Process
	stores  []stateTeller // of the process
	walk    stateWalk     // the one that is under way: one on the stack would move to the heap, each time
	run     uint64
	walks   uint64
	pages   [256]pageMemo
	heaps   [16]heapMemo
	spans   [8]spansMemo
	cache   cacheMemo
	mapped  mapMemo
	totals  statsMemo[sharedStat, sharedTally]
	threads [8]statsMemo[stat, tally]
}

// NewStateMemo makes a memo for a simulated process, with nothing in it.
func NewStateMemo(p *Process) *StateMemo {
	m := &StateMemo{p: p}
	for _, store := range []any{p.abandoned, p.source} {
		if s, ok := store.(stateTeller); ok {
			m.stores = append(m.stores, s)
		}
	}
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
		m.walks++ // no page was seen in the walk before
	}
	m.walk = stateWalk{memo: m}
	m.walk.all(m.p, threads)
	return m.walk.hash
}

// StatsHash is Process.StatsHash.
func (m *StateMemo) StatsHash(threads []*Thread) uint64 {
	w := statsWalk{memo: m}
	w.all(m.p, threads)
	return w.sum
}

// pageMemo is a page's record and the hash of what the page is and has.
type pageMemo struct {
	run    uint64
	at     Addr
	walk   uint64 // that saw the page last
	record [pageSize / wordSize]uint64
	hash   uint64
}

// page is pageHash, from the walk before if it saw the same record.
func (m *StateMemo) page(w *stateWalk, s *segment, p *page, i uintptr) uint64 {
	at := raw.Of(p)
	e := &m.pages[(i+uintptr(at/segmentSize)*31)%uintptr(len(m.pages))]
	record := raw.At[[pageSize / wordSize]uint64](at)
	if e.run != m.run || e.at != at || e.walk+1 != m.walks || e.record != *record {
		e.run, e.at, e.record, e.hash = m.run, at, *record, w.pageHash(s, p, i)
	}
	e.walk = m.walks
	return e.hash
}

// heapMemo is a heap's queues and what follows from them.
type heapMemo struct {
	run    uint64
	queues [binCount]pageQueue
	filled [2]uint64         // those that are not empty, 64 in a word
	direct [directWords]Addr // what the direct table should be
}

const directWords = smallMax/wordSize + 1

// heap gives the memo of the heap where the walk is.
func (w *stateWalk) heapMemo(h *heap) *heapMemo {
	e := &w.memo.heaps[(w.a+8*w.b)%uint16(len(w.memo.heaps))]
	if e.run != w.memo.run {
		*e = heapMemo{run: w.memo.run}
	}
	if e.direct[0] == 0 {
		for i := range e.direct {
			e.direct[i] = w.p.emptyPage
		}
	}
	if e.queues != h.queues {
		e.take(h, w.p.emptyPage)
	}
	return e
}

// take notes the queues that are not what they were, mostly one or two, and what follows from them.
func (e *heapMemo) take(h *heap, empty Addr) {
	const half = min(64, binCount)
	for left := changedQueues(e.queues[:half], h.queues[:half]); left != 0; left &= left - 1 {
		e.takeQueue(bits.TrailingZeros64(left), h, empty)
	}
	for left := changedQueues(e.queues[half:], h.queues[half:]); left != 0; left &= left - 1 {
		e.takeQueue(half+bits.TrailingZeros64(left), h, empty)
	}
}

func (e *heapMemo) takeQueue(bin int, h *heap, empty Addr) {
	q := h.queues[bin]
	e.queues[bin] = q
	if e.filled[bin/64] &^= 1 << (bin % 64); q.first|q.last != 0 {
		e.filled[bin/64] |= 1 << (bin % 64)
	}
	if q.first == 0 {
		q.first = empty
	}
	for i := directOf[bin].from; i < directOf[bin].to; i++ {
		e.direct[i] = q.first
	}
}

// changedQueues tells which of up to 64 queues are not what they were, without a branch for each.
func changedQueues(was, now []pageQueue) uint64 {
	set := uint64(0)
	now = now[:len(was)]
	for i := len(was) - 1; i >= 0; i-- {
		a, b := &was[i], &now[i]
		set = set<<1 | bit((a.first^b.first)|(a.last^b.last) != 0)
	}
	return set
}

// directOf is the range of the direct table that a bin has; nothing for one of larger sizes.
var directOf = func() (all [binCount]struct{ from, to int }) {
	for i := directWords - 1; i >= 0; i-- {
		r := &all[binOf(uintptr(i)*wordSize, mediumMax20)]
		r.from, r.to = i, max(r.to, i+1)
	}
	return all
}()

// spansMemo is a thread's span queues and which of them are not empty.
type spansMemo struct {
	run    uint64
	spans  [spanBins]pageQueue
	filled uint64
}

func (w *stateWalk) filledSpans(t *Thread) uint64 {
	e := &w.memo.spans[w.a%uint16(len(w.memo.spans))]
	if e.run != w.memo.run || e.spans != t.spans {
		e.run, e.spans, e.filled = w.memo.run, t.spans, filledQueues(t.spans[:])
	}
	return e.filled
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
	e := &w.memo.mapped
	if e.words != *words {
		e.words, e.filled = *words, nonZero(words)
	}
	return e.filled
}

// statsMemo is numbers, as they were, with their hash; not those by size class, which few builds have.
type statsMemo[S, T any] struct {
	run     uint64
	stats   [numStats]S
	tallies [numTallies]T
	hash    uint64
}
