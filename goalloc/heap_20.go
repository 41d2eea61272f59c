// What heaps are for and what becomes of them in 2.0. See doc.go for an overview.

package goalloc

// heaps20 is the heap policy of 2.0: all heaps are alike.
type heaps20 struct{}

// boundDestroyed is true.
//
// Counterpart: mi_heap_new_in_arena.
func (heaps20) boundDestroyed() bool { return true }

// absorbs is true.
//
// Counterpart: mi_heap_delete.
func (heaps20) absorbs(_, _ *heap) bool { return true }

// kept says nothing.
//
// Counterpart: mi_heap_destroy.
func (heaps20) kept(*Thread) {}

// takes is true: there are no tags.
//
// Counterpart: none, a part of mi_segment_reclaim.
func (heaps20) takes(*Thread, *heap, *segment) bool { return true }

// target is the heap that asks.
//
// Counterpart: mi_segment_reclaim.
func (heaps20) target(_ *Thread, h *heap, _ *page) *heap { return h }

// mainEnds also gives up the records that ended threads left.
//
// Counterpart: none, a part of _mi_heap_done.
func (heaps20) mainEnds(t *Thread) {
	t.mergeStats()
	t.threadDataCollect()
}
