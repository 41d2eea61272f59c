// Collection: bringing lists up to date and giving memory back. See doc.go for an overview.

package goalloc

// How far a collection goes.
type collectLevel uint8

const (
	collectNormal  collectLevel = iota // what is due
	collectForce                       // all that can be
	collectAbandon                     // the thread ends: pages in use are abandoned
)

// Collect frees what the default heap can do without; with force also what it might need again.
//
// Counterpart: mi_collect.
func (t *Thread) Collect(force bool) { Heap{t, t.heap}.Collect(force) }

// collect works through a heap.
//
// Counterpart: mi_heap_collect_ex.
func (t *Thread) collect(h *heap, level collectLevel) {
	if h == t.proc.emptyHeap {
		return
	}
	force := level >= collectForce
	t.deferredFree(force)
	if level == collectForce && t.isMain() && h == t.backing {
		t.reclaimAll(h) // the program is likely to end
	}
	if level == collectAbandon {
		// From here on remote frees stay on the pages' own lists.
		t.eachPage(h, func(_ uintptr, p *page) { t.useDelayed(p, freeNeverDelayed, false) })
	}
	t.delayedFreeAll(h)
	t.collectRetired(h, force)
	t.eachPageBelow(h, t.prof.sweeps.bins(level), func(bin uintptr, p *page) {
		t.pageCollect(p, force)
		t.prof.sweeps.swept(t, p, level)
		if p.used == 0 {
			t.pageFree(bin, p)
		} else if level == collectAbandon {
			t.pageAbandon(h, bin, p)
		}
	})
	t.abandonedCollect(h, level == collectForce)
	t.prof.sweeps.done(t, h, level)
}

// eachPage calls f for every page of a heap, which f may remove.
//
// Counterpart: mi_heap_visit_pages.
func (t *Thread) eachPage(h *heap, f func(bin uintptr, p *page)) { t.eachPageBelow(h, binCount, f) }

// eachPageBelow is eachPage for the pages in bins below most.
//
// Counterpart: mi_heap_visit_pages.
func (t *Thread) eachPageBelow(h *heap, most uintptr, f func(bin uintptr, p *page)) {
	if h.pageCount == 0 {
		return
	}
	for bin := range most {
		for a := h.queues[bin].first; a != 0; {
			p := pageAt(a)
			a = p.next
			f(bin, p)
		}
	}
}
