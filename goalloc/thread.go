// Threads: their start, their end, and the records that outlive them. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

// Thread is a thread of the program: the handle through which it allocates. Where the reference finds
// its thread in thread-local storage, here it is passed. A Thread may be used by one goroutine at a
// time.
//
//	[T1] segments = segments with the thread's id, if the OS refused nothing
//	[T2] the default heap is in the list of heaps, and the backing heap is its last
type Thread struct {
	id   uint64
	heap *heap // the default heap; the shared empty one before the first allocation
	proc *Process
	prof *Profile
	key  *heap // what the thread's destructor is called with; nil when it was never set

	record          // made anew with each start
	revived *record // the one to be, while the thread ends in spite of it
	ended   *record // the one that ends, while a callback has the revived one
	events  Events
	mem     segmentMemory // of the segment being made; here, so that it is not allocated
	walk    round         // through the abandoned segments; here for the same reason

	fastBelow uintptr // sizes below it take the fast path; 0 in hardened builds, which have none
}

// record is what a thread has from a start to the next end.
//
// Counterpart: mi_tld_t.
type record struct {
	backing      *heap
	heaps        Addr                // all heaps, newest first, the backing heap last
	spans        [spanBins]pageQueue // free spans of the thread's segments, by spanBin
	segments     uintptr             // segments owned; may wrap below zero
	segmentsPeak uintptr             // the most that it ever was
	reclaimed    uintptr             // segments owned that were abandoned before
	subproc      Addr                // the sub-process that the thread is in, 0 where there are none
	heartbeat    uint64              // generic allocations and collections
	deferring    bool                // inside the callback
	stats        threadStats
}

// destructorRounds is how often a system runs the destructors of a thread whose values keep coming
// back.
const destructorRounds = 4

// isMain tells whether this is the process's first thread.
//
// Counterpart: _mi_is_main_thread.
func (t *Thread) isMain() bool { return t == t.proc.main }

// Init gives a new thread its backing heap; the main thread has one from the start. It happens by itself
// at the first allocation. When there is no memory for the heap, an error is reported and the thread
// stays new.
//
// Counterpart: mi_thread_init.
func (t *Thread) Init() {
	switch {
	case t.heap != t.proc.emptyHeap:
	case t.backing != nil:
		t.quirk(CallbackRestarts)
		t.revive()
	default:
		t.startRecord(&t.record)
	}
}

// startRecord gives the thread a new record, with its backing heap as the default heap.
//
// Counterpart: a part of mi_thread_init.
func (t *Thread) startRecord(r *record) {
	if a := t.threadDataAlloc(); a != 0 {
		*r = record{backing: t.heapInit(a), heaps: a, subproc: t.proc.abandoned.subprocess()}
		key, _ := t.seed() // only hardened builds use it, but all ask for it
		t.proc.heapSeed(r.backing, key, nil)
		t.setDefault(r.backing)
	} else if !t.quirk(FailedStart) {
		return
	}
	t.countIn()
}

// countIn counts a thread that starts, even if it could not.
//
// Counterpart: none, a part of mi_thread_init.
func (t *Thread) countIn() {
	t.proc.count(statThreads, 1)
	t.proc.threadCount.AddRlx(atom.ThreadCountInit, 1) // a hint for eagerDelay, no order needed
}

// revive starts a thread anew while it gives up its heaps: it has no default heap then, and something asks for
// it, an allocation in the callback for deferred frees or, in a build that counts frees, a free. What comes in the
// callback is done by the new record, and the end of the thread goes on with the old one.
//
// Counterpart: mi_thread_init.
func (t *Thread) revive() {
	var r record
	t.startRecord(&r)
	if r.backing == nil {
		return
	}
	t.revived = &r
	if t.deferring {
		t.takeOver()
	}
}

// takeOver makes the revived record that of the thread.
//
// Counterpart: none, each heap knows its record there.
func (t *Thread) takeOver() {
	old := t.record
	t.record, t.ended, t.revived = *t.revived, &old, nil
}

// giveBack undoes takeOver.
//
// Counterpart: none, as takeOver.
func (t *Thread) giveBack() {
	r := t.record
	t.record, t.revived, t.ended = *t.ended, &r, nil
}

// recordOf makes the record of a heap that of the thread. It tells whether it was another: then takeOver is to follow.
//
// Counterpart: none, each heap knows its record there.
func (t *Thread) recordOf(h *heap) (other bool) {
	other = t.ended != nil && h == t.ended.backing
	if other {
		t.giveBack()
	}
	return other
}

// Done ends the thread's use of the allocator: blocks still held go to whoever needs memory. The
// thread may allocate again and is then initialised anew.
//
// Counterpart: mi_thread_done.
func (t *Thread) Done() { t.threadDone(t.heap) }

// Close ends the thread as the system does: the destructor is called with the thread's default heap,
// and again as long as it leaves a value behind. The main thread stays usable.
//
// Counterpart: none, the system's part.
func (t *Thread) Close() {
	for round := 0; round < destructorRounds && t.key != nil; round++ {
		h := t.key
		t.key = nil
		t.threadDone(h)
	}
}

// threadDone counts the thread out and gives up its heaps. The reference counts also when there is
// nothing to give up: on the second round of Close, and for a thread that never allocated.
//
// Counterpart: _mi_thread_done.
func (t *Thread) threadDone(h *heap) {
	mine := h.threadID == t.id
	if mine || t.quirk(ExitCountsTwice) {
		t.proc.threadCount.SubRlx(atom.ThreadCountDone, 1)
		t.proc.count(statThreads, -1)
	}
	if mine {
		t.heapDone()
	}
}

// heapDrop gives up a heap with its thread. The backing heap of a thread that is not the main one hands
// out nothing more, so it may take any page.
//
// Counterpart: none, a line of _mi_heap_done.
func (t *Thread) heapDrop(h *heap) {
	if t.isMain() {
		Heap{t, h}.Delete()
		return
	}
	if t.prof.heaps.absorbs(t.backing, h) {
		t.absorb(t.backing, h)
	} else {
		t.collect(h, collectAbandon)
	}
	t.heapFree(h)
}

// heapDone gives up the thread's heaps.
//
// Counterpart: _mi_heap_done.
func (t *Thread) heapDone() {
	if t.isMain() {
		t.setDefault(t.proc.mainHeap)
	} else {
		t.setDefault(t.proc.emptyHeap)
	}
	for a := t.heaps; a != 0; {
		h := heapAt(a)
		a = h.next
		if h != t.backing {
			t.heapDrop(h)
		}
	}
	if t.isMain() {
		t.prof.heaps.mainEnds(t)
		return
	}
	t.collect(t.backing, collectAbandon)
	t.mergeStats()
	t.threadDataFree(raw.Of(t.backing))
	if t.revived == nil {
		t.backing, t.heaps = nil, 0
		return
	}
	t.record, t.revived = *t.revived, nil
}

// threadDataAlloc gets memory for a thread's record: one that an ended thread left, else from the OS.
// Null, with an error reported, when there is none.
//
// Counterpart: mi_thread_data_alloc.
func (t *Thread) threadDataAlloc() Addr {
	for i := range t.prof.threadDataKept {
		w := &t.proc.threadData[i]
		if w.LoadRlx(atom.ThreadDataPeek) == 0 { // a hint: the swap decides
			continue
		}
		if a := w.SwapAcqRel(atom.ThreadDataTake, 0); a != 0 { // pairs with ThreadDataGive
			return Addr(a)
		}
	}
	a := t.osAlloc(t.prof.refThreadDataBytes)
	if a == 0 {
		a = t.osAlloc(t.prof.refThreadDataBytes)
	}
	if a == 0 {
		t.fail(unix.ENOMEM)
	}
	return a
}

// threadDataFree keeps a thread's record for the next thread, or gives it to the OS when enough are
// kept.
//
// Counterpart: mi_thread_data_free.
func (t *Thread) threadDataFree(a Addr) {
	for i := range t.prof.threadDataKept {
		w := &t.proc.threadData[i]
		if w.LoadRlx(atom.ThreadDataGivePeek) != 0 { // a hint: the swap decides
			continue
		}
		empty := uint64(0)
		if w.CasAcqRel(atom.ThreadDataGive, &empty, uint64(a)) { // pairs with ThreadDataTake
			return
		}
	}
	t.osFree(a, t.prof.refThreadDataBytes, true)
}

// threadDataCollect gives all kept records to the OS.
//
// Counterpart: mi_thread_data_collect.
func (t *Thread) threadDataCollect() {
	for i := range t.prof.threadDataKept {
		w := &t.proc.threadData[i]
		if w.LoadRlx(atom.ThreadDataDropPeek) == 0 {
			continue
		}
		if a := w.SwapAcqRel(atom.ThreadDataDrop, 0); a != 0 { // pairs with ThreadDataGive
			t.osFree(Addr(a), t.prof.refThreadDataBytes, true)
		}
	}
}
