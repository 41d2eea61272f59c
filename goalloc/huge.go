// Who owns the segment of a huge block: the huge policies. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
)

// ownedHuge is the huge policy of 2.0: the heap that asked owns the page, like any other.
type ownedHuge struct{}

// adopt puts the page into the heap's queue for large and huge ones.
//
// Counterpart: mi_large_huge_page_alloc.
func (ownedHuge) adopt(t *Thread, h *heap, _ *segment, p *page) { t.queuePush(h, binHuge, p) }

// freeRemote gives the memory back but for a link: the owner may take its time to free the block.
//
// Counterpart: _mi_segment_huge_page_reset.
func (ownedHuge) freeRemote(t *Thread, s *segment, _ *page, b Addr) bool {
	if s.allowDecommit {
		t.prof.purge.huge(t, b+wordSize, t.UsableSize(b)-wordSize)
	}
	return false
}

// unowned is false: each has its thread.
//
// Counterpart: none, a build there.
func (ownedHuge) unowned() bool { return false }

// abandonedHuge is the huge policy of builds with MI_HUGE_PAGE_ABANDON: the segment has no owner from
// the start, and is in no list either.
type abandonedHuge struct{}

// adopt takes the page and its segment from heap and thread; without the quirk, the blocks of a heap are
// its own, and there is nothing to abandon.
//
// Counterpart: mi_large_huge_page_alloc, mi_segment_huge_page_alloc.
func (abandonedHuge) adopt(t *Thread, h *heap, s *segment, p *page) {
	if t.proc.quirks&HugeUnowned == 0 {
		ownedHuge{}.adopt(t, h, s, p)
		return
	}
	h.leftHuge = true
	s.threadID.StoreSC(atom.OwnerHuge, 0)  // pairs with OwnerFree, OwnerHugeClaim
	p.heap.StoreRel(atom.PageHeapLeave, 0) // pairs with PageHeapRemote
}

// freeRemote frees the block, the page and the segment, as the owner would.
//
// Counterpart: _mi_segment_huge_page_free.
func (abandonedHuge) freeRemote(t *Thread, s *segment, p *page, b Addr) bool {
	t.startToFree()
	nobody := uint64(0)
	// Acquires what the allocating thread wrote into the header. Pairs with OwnerHuge.
	if !s.threadID.CasStrongAcqRel(atom.OwnerHugeClaim, &nobody, t.id) {
		return ownedHuge{}.freeRemote(t, s, p, b)
	}
	t.setNext(p, b, p.free)
	p.free = b
	p.used--
	t.segmentPageFree(p)
	if t.backing == nil {
		t.mergeStats() // the thread could not start, and keeps nothing
	}
	return true
}

// unowned is true: all are.
//
// Counterpart: none, a build there.
func (abandonedHuge) unowned() bool { return true }
