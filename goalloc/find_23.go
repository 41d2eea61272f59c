// Which page serves a request, and where blocks start in it: the page policy of 2.3. See doc.go for an overview.

package goalloc

import "midiff/goalloc/internal/raw"

// candidateSearch is how many pages a search goes on for after the first that would do.
const candidateSearch = 4

// maxPlainAlign is the alignment of all blocks of 16 bytes and more.
const maxPlainAlign = 16

// bestFit is the page policy of 2.3: of a few pages with room, one that is in use most, so that others may
// become empty. Full pages leave their queue at once.
type bestFit struct{}

// startOffset lets blocks start at a multiple of their size, in the address space, so that one whose size is a
// multiple of a power of two lies at such a multiple. Small ones also keep off the page's first bytes, where
// every page would compete for the same cache lines.
//
// Counterpart: _mi_segment_page_start_from_slice.
func (bestFit) startOffset(at Addr, bytes, blockSize uintptr) uintptr {
	offset := uintptr(0)
	if blockSize > 0 && blockSize <= sliceSize {
		if past := uintptr(at) % blockSize; past != 0 && bytes >= blockSize+(blockSize-past) {
			offset = blockSize - past
		}
	}
	switch {
	case blockSize < wordSize:
	case blockSize <= smallPageStart23:
		offset += 3 * blockSize
	case blockSize <= mediumPageStart23:
		offset += blockSize
	}
	return raw.AlignUp(offset, maxPlainAlign)
}

// find looks at the first page, and when that has nothing at once, at all.
//
// Counterpart: mi_find_free_page.
func (f bestFit) find(t *Thread, h *heap, bin uintptr) *page {
	if a := h.queues[bin].first; a != 0 {
		p := pageAt(a)
		t.pageCollect(p, false)
		if p.free != 0 {
			p.retireExpire = 0
			return p
		}
	}
	p := f.search(t, h, bin)
	if p == nil {
		// Out of memory, or a page with room was reclaimed into the queue: look once more.
		p = f.search(t, h, bin)
	}
	return p
}

// search moves the best page to the front of the queue; it makes a fresh one when there is none.
//
// Counterpart: mi_page_queue_find_free_ex.
func (f bestFit) search(t *Thread, h *heap, bin uintptr) *page {
	p := f.candidate(t, h, bin)
	if p == nil {
		t.collectRetired(h, false) // may free a span that the fresh page can use
		return t.pageFresh(h, bin, binSize(bin), 0)
	}
	if p.free == 0 {
		t.pageExtend(p)
	}
	t.queueToFront(h, bin, p)
	p.retireExpire = 0
	return p
}

// candidate goes through a queue for the best page with room, and moves what is full out of the way.
//
// Counterpart: none, the loop of mi_page_queue_find_free_ex.
func (bestFit) candidate(t *Thread, h *heap, bin uintptr) (best *page) {
	since, seen := 0, uintptr(0)
	for a := h.queues[bin].first; a != 0; {
		p := pageAt(a)
		a = p.next
		since++
		seen++
		t.pageCollect(p, false)
		grows := p.capacity < p.reserved
		if p.free == 0 && !grows {
			t.pageToFull(h, bin, p)
			continue
		}
		switch {
		case best == nil:
			best, since = p, 0
		case p.used >= best.used && !p.mostlyUsed() && !grows:
			best = p // fuller, and needs no fresh memory
		}
		if p.free != 0 || since > candidateSearch {
			break
		}
	}
	t.tallyHere(tallySearches, seen)
	return best
}

// mostlyUsed tells whether 7/8 of a page's blocks are in use.
//
// Counterpart: mi_page_is_mostly_used.
func (p *page) mostlyUsed() bool { return uint32(p.reserved)-p.used <= uint32(p.reserved/8) }

// queueToFront makes a page the first of its queue.
//
// Counterpart: mi_page_queue_move_to_front.
func (t *Thread) queueToFront(h *heap, bin uintptr, p *page) {
	if h.queues[bin].first != raw.Of(p) {
		t.queueRemove(h, bin, p)
		t.queuePush(h, bin, p)
	}
}

// taken moves a page whose last block it was to the full ones, unless it is a huge one that no heap owns.
//
// Counterpart: none, the end of _mi_malloc_generic.
func (bestFit) taken(t *Thread, p *page) {
	if h := p.owner(); uint32(p.reserved) == p.used && p.flags&inFull == 0 && h != nil {
		t.pageToFull(h, uintptr(p.bin), p)
	}
}

// largeBlock is what was asked of the OS for, if the page is not alone in its segment.
//
// Counterpart: mi_page_fresh_alloc.
func (bestFit) largeBlock(t *Thread, s *segment, p *page, size uintptr) uintptr {
	if s.huge {
		return t.blockSizeOf(s, p)
	}
	return size
}

// startsZero remembers it.
//
// Counterpart: none, a line of mi_segment_os_alloc.
func (bestFit) startsZero(zero bool) bool { return zero }
