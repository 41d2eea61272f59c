// How far a collection goes in 2.0, and when it happens by itself. See doc.go for an overview.

package goalloc

// sweeps20 is the collect policy of 2.0.
type sweeps20 struct{}

// bins is all of them.
//
// Counterpart: mi_heap_visit_pages.
func (sweeps20) bins(collectLevel) uintptr { return binCount }

// swept has nothing to add.
//
// Counterpart: mi_heap_page_collect.
func (sweeps20) swept(*Thread, *page, collectLevel) {}

// done goes on with what is kept of segments.
//
// Counterpart: none, the end of mi_heap_collect_ex.
func (sweeps20) done(t *Thread, _ *heap, level collectLevel) {
	t.proc.source.collect(t, level == collectForce)
}
