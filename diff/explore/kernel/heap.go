// What the owner of a page does with it. See doc.go for an overview.

package kernel

import "midiff/diff/explore/sim"

// freeLocal is a free by the owner; a page without blocks ends at once.
// Counterpart: _mi_free_block.
func (w *world) freeLocal(p, b int) {
	w.mustOwn(p/slotsPer, "frees a block as its own")
	w.writes(atFreeLocal, pageInfo(p))
	w.writes(atFreeLocal, blockAt(b))
	pg := w.page(p)
	pg.free = append(pg.free, b)
	pg.used--
	switch {
	case pg.used == 0:
		w.pageFree(p)
	case pg.inFull:
		w.writes(atQueue, pageLinks(p))
		pg.inFull = false
	}
}

// malloc gives a block of the page, or -1, after it has taken in what others have freed.
// Counterpart: _mi_malloc_generic.
func (w *world) malloc(p, h int) int {
	w.freeDelayed(h)
	w.reads(atAlloc, pageInfo(p))
	pg := w.page(p)
	if pg.taken && len(pg.free) == 0 {
		w.collectThreadFree(p)
	}
	if !pg.taken || len(pg.free) == 0 {
		return -1
	}
	w.writes(atAlloc, pageInfo(p))
	b := pg.free[len(pg.free)-1]
	pg.free = pg.free[:len(pg.free)-1]
	pg.used++
	if w.live[b] {
		w.s.Fail(sim.DoubleHandOut, "block %d is handed out and live", b)
	}
	w.live[b] = true
	w.s.PlainWrite(blockAt(b), blockSize, atUse)
	return b
}

// Counterpart: mi_page_set_heap.
func (w *world) setHeap(p, h int) { w.store(setHeap, pageHeap(p), uint64(h+1)) }

// unqueue takes a page out of its heap's queue.
func (w *world) unqueue(p int) {
	w.writes(atQueue, pageLinks(p))
	if h := w.page(p).queued; h != nobody {
		w.writes(atHeapPages, heapQueues(h))
	}
	w.page(p).queued = nobody
}

func (w *world) enqueue(p, h int) {
	w.writes(atQueue, pageLinks(p))
	w.writes(atHeapPages, heapQueues(h))
	w.page(p).queued = h
}

// pageFree ends a page without blocks, and then perhaps its segment.
// Counterpart: _mi_page_free and _mi_segment_page_free.
func (w *world) pageFree(p int) {
	w.unqueue(p)
	w.setHeap(p, nobody)
	w.pageClear(p)
	g := p / slotsPer
	switch seg := &w.segments[g]; {
	case seg.used == 0:
		w.release(g)
	case seg.used == seg.abandoned:
		w.abandon(g)
	}
}

// abandonPage leaves a page behind, and then perhaps its segment.
// Counterpart: _mi_page_abandon and _mi_segment_page_abandon.
func (w *world) abandonPage(p int) {
	w.unqueue(p)
	w.setHeap(p, nobody)
	g := p / slotsPer
	w.writes(atAbandon, segInfo(g))
	w.segments[g].abandoned++
	if w.segments[g].used == w.segments[g].abandoned {
		w.abandon(g)
	}
}

// pagesOf are the pages in the queues of a heap.
func (w *world) pagesOf(h int) []int {
	w.reads(atHeapPages, heapQueues(h))
	var found []int
	for p := range w.pages {
		if w.pages[p].queued == h {
			found = append(found, p)
		}
	}
	return found
}

// initHeap makes the memory of a heap one.
// Counterpart: _mi_heap_init.
func (w *world) initHeap(h int) { w.s.PlainWrite(heapAt(h), 16, atHeapInit) }

// collect takes in what others have freed, and ends pages without blocks.
// Counterpart: mi_heap_collect.
func (w *world) collect(h int) {
	w.freeAllDelayed(h)
	for _, p := range w.pagesOf(h) {
		w.collectThreadFree(p)
		if w.page(p).used == 0 {
			w.pageFree(p)
		}
	}
}

// exit is the end of a thread: its heap leaves what is in use behind.
// Counterpart: _mi_heap_collect_abandon.
func (w *world) exit(h int) {
	for _, p := range w.pagesOf(h) {
		if !w.v.Has("exit-delays") {
			w.useDelayed(p, neverDelayed, false)
		}
	}
	w.freeAllDelayed(h)
	for _, p := range w.pagesOf(h) {
		w.collectThreadFree(p)
		if w.page(p).used == 0 {
			w.pageFree(p)
		} else {
			w.abandonPage(p)
		}
	}
}

// deleteHeap hands the pages of a heap to another one of the same thread and ends it.
// Counterpart: mi_heap_delete and mi_heap_absorb.
func (w *world) deleteHeap(h, to int) {
	w.freeDelayed(h)
	for _, p := range w.pagesOf(h) {
		w.store(appendHeap, pageHeap(p), uint64(to+1))
		if !w.v.Has("append-hurries") {
			w.useDelayed(p, useDelayed, false)
		}
		w.enqueue(p, to)
	}
	w.freeAllDelayed(h)
	w.endHeap(h)
}

// destroyHeap ends a heap with all its blocks.
// Counterpart: mi_heap_destroy.
func (w *world) destroyHeap(h int) {
	for _, p := range w.pagesOf(h) {
		w.useDelayed(p, neverDelayed, false)
		w.writes(atQueue, pageLinks(p))
		pg := w.page(p)
		pg.used, pg.queued = 0, nobody
		clear(w.live[p*blocksPer : (p+1)*blocksPer])
		w.pageClear(p)
		if g := p / slotsPer; w.segments[g].used == 0 {
			w.release(g)
		}
	}
	w.endHeap(h)
}

// endHeap gives back the memory of a heap.
// Counterpart: mi_heap_reset_pages and mi_heap_free.
func (w *world) endHeap(h int) {
	w.writes(atHeapPages, heapQueues(h))
	w.store(resetDelayed, delayedWord(h), 0)
	w.s.Kill(heapAt(h), heapStep, sim.UseAfterFree, atHeapFree)
}
