// Visiting the areas and blocks of a heap. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

// Area is a page of a heap: blocks of one size in a row.
type Area struct {
	Blocks    Addr    // where the first block lies
	Reserved  uintptr // bytes that are there for blocks
	Committed uintptr // bytes of them that have been made blocks
	Used      uintptr // blocks in use
	BlockSize uintptr // bytes of each, with padding
	Tag       uint8   // of the heap that it is, or was, of
}

// VisitBlocks calls visit for every area of the heap, with a null block, and with blocks for every block
// in use behind its area. It goes on as long as visit returns true, and tells whether it saw all. With the
// quirks, a heap without areas counts as not seen in full, and blocks that other threads have freed may
// count as used.
//
// Counterpart: mi_heap_visit_blocks.
func (x Heap) VisitBlocks(blocks bool, visit func(a *Area, block Addr, size uintptr) bool) bool {
	t, h := x.t, x.h
	if h.pageCount == 0 && t.quirk(VisitEmpty) {
		return false
	}
	if h.reclaimed && h.noReclaim {
		t.quirk(DestroyReclaimed)
	}
	if h.leftHuge {
		t.quirk(HugeUnowned)
	}
	if h.delayed.LoadRlx(atom.DelayedVisitLoad) != 0 && !t.quirk(VisitStale) {
		t.delayedFreePartial(h)
	}
	all := true
	t.eachPage(h, func(_ uintptr, p *page) { all = all && t.visitPage(p, blocks, visit) })
	return all
}

// visitPage visits an area and the blocks in it.
//
// Counterpart: mi_heap_visit_areas_page.
func (t *Thread) visitPage(p *page, blocks bool, visit func(*Area, Addr, uintptr) bool) bool {
	if p.threadFreeBlock() != 0 && !t.quirk(VisitStale) {
		t.pageCollect(p, true)
	}
	s := segmentOf(raw.Of(p))
	size := t.blockSizeOf(s, p)
	start, _ := t.pageStart(s, p)
	area := Area{Blocks: start, Reserved: uintptr(p.reserved) * size,
		Committed: uintptr(p.capacity) * size, Used: uintptr(p.used), BlockSize: size, Tag: p.tag}
	if !visit(&area, 0, size-t.prof.padding) {
		return false
	}
	return !blocks || t.visitArea(p, &area, visit)
}

// visitArea visits the blocks of a page that are in use. Its lists are brought up to date for that.
//
// Counterpart: mi_heap_area_visit_blocks.
func (t *Thread) visitArea(p *page, a *Area, visit func(*Area, Addr, uintptr) bool) bool {
	t.pageCollect(p, true)
	if p.used == 0 {
		return true
	}
	usable := a.BlockSize - t.prof.padding
	if p.capacity == 1 {
		return visit(a, a.Blocks, usable)
	}
	var free [sliceSize / wordSize / 64]uint64
	for b := p.free; b != 0; b = t.next(p, b) {
		i := uintptr(b-a.Blocks) / a.BlockSize
		free[i/64] |= 1 << (i % 64)
	}
	for i := range uintptr(p.capacity) {
		if free[i/64]>>(i%64)&1 == 0 && !visit(a, a.Blocks+Addr(i*a.BlockSize), usable) {
			return false
		}
	}
	return true
}
