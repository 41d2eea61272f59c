// Taking over abandoned segments. See doc.go for an overview.

package kernel

// reclaimOnFree takes over the segment of a block that is being freed, if it is abandoned.
// Counterpart: _mi_segment_attempt_reclaim.
func (w *world) reclaimOnFree(g int) bool {
	if w.load(ownPeek, ownerWord(g)) != 0 || !w.claimOn(g) {
		return false
	}
	return w.reclaim(g, w.thread())
}

// reclaim makes a claimed segment the running thread's, and its pages heap h's. It tells whether there is still
// one: without pages in use it is given back.
// Counterpart: mi_segment_reclaim.
func (w *world) reclaim(g, h int) bool {
	if w.new {
		if w.load(ownLook, ownerWord(g)) != w.id() {
			w.store(ownReclaimed, ownerWord(g), w.id())
		}
	} else {
		w.store(ownReclaim, ownerWord(g), w.id())
	}
	w.writes(atReclaim, segInfo(g))
	seg := &w.segments[g]
	seg.visits = 0
	for p := g * slotsPer; p < (g+1)*slotsPer; p++ {
		w.reads(atReclaim, pageAt(p))
		if w.page(p).taken {
			w.reclaimPage(p, h)
		} else if w.page(p).spanOf == nobody {
			w.queueSpan(p)
		}
	}
	if seg.used == 0 {
		w.release(g)
		return false
	}
	return true
}

func (w *world) reclaimPage(p, h int) {
	w.writes(atReclaim, segInfo(p/slotsPer))
	w.segments[p/slotsPer].abandoned--
	if w.v.Has("heap-late") {
		w.useDelayed(p, useDelayed, true)
	}
	w.setHeap(p, h)
	w.useDelayed(p, useDelayed, true)
	w.collectThreadFree(p)
	if w.page(p).used == 0 {
		w.pageClear(p)
		return
	}
	w.enqueue(p, h)
}

// visit looks what is left of a claimed segment and frees the pages without blocks. It tells whether there is
// a free span or a page with room.
// Counterpart: mi_segment_check_free.
func (w *world) visit(g int) bool {
	w.writes(atVisit, segInfo(g))
	w.segments[g].visits++
	room := false
	for p := g * slotsPer; p < (g+1)*slotsPer; p++ {
		w.reads(atVisit, pageAt(p))
		pg := w.page(p)
		if pg.taken {
			w.collectThreadFree(p)
			if pg.used == 0 {
				w.segments[g].abandoned--
				w.pageClear(p)
			}
		}
		room = room || !pg.taken || len(pg.free) > 0
	}
	return room
}

// tryReclaim looks through abandoned segments for room and takes over the first that has any, which it tells; -1
// for none. Where suits is false, no segment will do, as for a heap that is bound to another arena.
// Counterpart: mi_segment_try_reclaim.
func (w *world) tryReclaim(h int, suits bool) int {
	from := 0
	for range numSegments {
		var g int
		if w.new {
			g = w.claimNext(from)
		} else {
			g = w.listPop()
		}
		if g < 0 {
			break
		}
		from = g + 1
		room := w.visit(g)
		switch {
		case w.segments[g].used == 0:
			w.reclaim(g, h)
		case room && suits:
			if w.reclaim(g, h) {
				return g
			}
			return -1
		case w.new:
			w.mark(g)
		default:
			w.visitedPush(g)
		}
	}
	return -1
}
