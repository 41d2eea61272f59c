// Pages and spans within a segment. See doc.go for an overview.

package kernel

import "midiff/diff/explore/sim"

// pageClear makes a page without blocks a free span.
// Counterpart: mi_segment_page_clear.
func (w *world) pageClear(p int) {
	w.mustOwn(p/slotsPer, "clears a page")
	w.s.PlainWrite(pageAt(p)+8, pageStep-8, atPageClear)
	pg := w.page(p)
	if used := pg.used; used != 0 {
		w.s.Fail(sim.LostBlock, "page %d is cleared with %d blocks in use", p, used)
	}
	pg.taken, pg.free, pg.inFull = false, pg.free[:0], false
	w.coalesce(p)
	w.writes(atSpan, segInfo(p/slotsPer))
	w.segments[p/slotsPer].used--
}

// coalesce merges a free span with its neighbour and queues it, unless the segment is abandoned.
// Counterpart: mi_segment_span_free_coalesce.
func (w *world) coalesce(p int) {
	g := p / slotsPer
	abandoned := w.load(ownCoalesce, ownerWord(g)) == 0
	if w.v.Has("M17") {
		abandoned = false
	}
	other := g*slotsPer + (p+1)%slotsPer
	w.reads(atSpan, pageAt(other))
	if !w.page(other).taken && !abandoned {
		w.unqueueSpan(other)
		w.queueSpan(other)
	}
	w.writes(atSpan, pageAt(p))
	if !abandoned {
		w.queueSpan(p)
	}
}

func (w *world) queueSpan(p int) {
	w.writes(atSpan, pageLinks(p))
	w.writes(atSpanQueue, spanQueue(w.thread()))
	w.page(p).spanOf = w.thread()
}

// unqueueSpan takes a span out of the running thread's queue. While a segment is reclaimed, spans that are in no queue
// yet are taken out of it, too; that does nothing.
func (w *world) unqueueSpan(p int) {
	if of := w.page(p).spanOf; of != w.thread() && of != nobody {
		w.s.Fail(sim.WrongQueue, "t%d takes span %d out of its queue, and it is in that of t%d", w.thread(), p, of)
	}
	w.writes(atSpan, pageLinks(p))
	w.writes(atSpanQueue, spanQueue(w.thread()))
	w.page(p).spanOf = nobody
}

// allocPage makes the first free span in the running thread's queue a page of heap h, and tells which; -1 for none.
// Counterpart: mi_segments_page_find_and_allocate and mi_page_init.
func (w *world) allocPage(h int) int {
	w.reads(atSpanQueue, spanQueue(w.thread()))
	for p := range w.pages {
		if w.pages[p].spanOf != w.thread() {
			continue
		}
		w.mustOwn(p/slotsPer, "allocates a span")
		w.unqueueSpan(p)
		w.s.PlainWrite(pageAt(p), 24, atPageInit)
		w.writes(atSpan, segInfo(p/slotsPer))
		w.segments[p/slotsPer].used++
		w.store(setHeap, pageHeap(p), uint64(h+1))
		pg := w.page(p)
		pg.taken = true
		for i := blocksPer - 1; i >= 0; i-- {
			pg.free = append(pg.free, p*blocksPer+i)
		}
		w.enqueue(p, h)
		return p
	}
	return -1
}

// release gives a segment back.
// Counterpart: mi_segment_free and mi_segment_os_free.
func (w *world) release(g int) {
	w.mustOwn(g, "gives back memory")
	for p := g * slotsPer; p < (g+1)*slotsPer; p++ {
		w.unqueueSpan(p)
	}
	w.store(ownRelease, ownerWord(g), 0)
	if !w.new {
		w.awaitReaders()
	}
	w.segments[g].ended = true
	if w.again {
		w.segments[g].owner, w.segments[g].huge = nobody, false
		w.arenaGive(g)
		return
	}
	w.s.Kill(segmentAt(g), segmentSize, sim.UseAfterFree, atRelease)
}

// abandon leaves a segment behind, all pages of which are.
// Counterpart: mi_segment_abandon.
func (w *world) abandon(g int) {
	early := w.new && w.v.Has("mark-early")
	if early {
		w.mark(g)
	}
	for p := g * slotsPer; p < (g+1)*slotsPer; p++ {
		w.reads(atAbandon, pageAt(p))
		if !w.page(p).taken {
			w.unqueueSpan(p)
		}
	}
	if !early {
		w.mustOwn(g, "abandons")
	}
	if !w.new || !w.v.Has("one-store") {
		w.store(ownAbandon, ownerWord(g), 0)
	}
	if !w.new {
		w.store(nextAbandon, nextWord(g), 0)
	}
	w.writes(atAbandon, segInfo(g))
	w.segments[g].visits = 1
	switch {
	case early:
	case w.new:
		w.mark(g)
	default:
		w.dropped(g)
		w.listPush(g)
	}
}
