// How far a collection goes in 2.3, and when it happens by itself. See doc.go for an overview.

package goalloc

import "midiff/goalloc/internal/raw"

// sweeps23 is the collect policy of 2.3.
type sweeps23 struct{}

// bins leaves the full pages out, unless it is by force: there may be many.
//
// Counterpart: mi_heap_visit_pages.
func (sweeps23) bins(level collectLevel) uintptr {
	if level == collectNormal {
		return binFull
	}
	return binCount
}

// swept gives back what the page's segment does not need, if it is by force.
//
// Counterpart: _mi_segment_collect.
func (sweeps23) swept(t *Thread, p *page, level collectLevel) {
	if level == collectForce {
		t.prof.purge.run(t, segmentOf(raw.Of(p)), true)
	}
}

// done goes on with the records of ended threads, the arenas and the statistics.
//
// Counterpart: none, the end of mi_heap_collect_ex.
func (sweeps23) done(t *Thread, h *heap, level collectLevel) {
	if level >= collectForce && t.isMain() && h == t.backing {
		t.threadDataCollect()
	}
	t.proc.source.collect(t, level == collectForce)
	if level <= collectForce {
		t.mergeStats()
	}
}

// adminPeriod is how many generic allocations of a heap go by between the housekeeping.
const adminPeriod = 100

// everyHundred is the admin policy of 2.3: housekeeping now and then.
type everyHundred struct{}

// before runs the callback and frees what other threads have handed back, every hundredth time; now and then it
// also collects.
//
// Counterpart: none, a part of _mi_malloc_generic.
func (everyHundred) before(t *Thread, h *heap) {
	if h.slowCalls++; h.slowCalls < adminPeriod {
		return
	}
	h.unswept += h.slowCalls
	h.slowCalls = 0
	t.deferredFree(false)
	t.delayedFreePartial(h)
	if h.unswept >= uint64(t.proc.clamped(optGenericCollect, 1, 1_000_000)) {
		h.unswept = 0
		t.collect(h, collectNormal)
	}
}
