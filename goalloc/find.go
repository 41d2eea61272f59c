// Which page serves a request: the page policy of 2.0. See doc.go for an overview.

package goalloc

// firstFit is the page policy of 2.0: the first page of the queue that has or can get a free block.
type firstFit struct{}

// startOffset keeps the blocks of small sizes off the page's first bytes, where every page would
// compete for the same cache lines. The place of the page does not matter.
//
// Counterpart: _mi_segment_page_start_from_slice.
func (firstFit) startOffset(_ Addr, _, blockSize uintptr) uintptr {
	if blockSize >= wordSize && blockSize <= smallMax {
		return 3 * maxAlignGuarantee
	}
	return 0
}

// find looks at the first page, and when that has nothing, at all.
//
// Counterpart: mi_find_free_page.
func (f firstFit) find(t *Thread, h *heap, bin uintptr) *page {
	if a := h.queues[bin].first; a != 0 {
		p := pageAt(a)
		// Growing the list every second time makes the places of blocks harder to foresee.
		if t.prof.shuffles && p.capacity < p.reserved && h.random.next()&1 != 0 {
			t.pageExtend(p)
		} else {
			t.pageCollect(p, false)
		}
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

// search goes through the queue, moves what is full out of the way, and makes a fresh page when
// nothing is left.
//
// Counterpart: mi_page_queue_find_free_ex.
func (firstFit) search(t *Thread, h *heap, bin uintptr) *page {
	seen := uintptr(0)
	for a := h.queues[bin].first; a != 0; {
		p := pageAt(a)
		next := p.next
		seen++
		t.pageCollect(p, false)
		if p.free == 0 && p.capacity < p.reserved {
			t.pageExtend(p)
		}
		if p.free != 0 {
			t.tallyHere(tallySearches, seen)
			p.retireExpire = 0
			return p
		}
		t.pageToFull(h, bin, p)
		a = next
	}
	t.tallyHere(tallySearches, seen)
	t.collectRetired(h, false) // may free a span that the fresh page can use
	return t.pageFresh(h, bin, binSize(bin), 0)
}

// taken leaves the page in its queue, full or not, until the next search.
//
// Counterpart: none, nothing happens there.
func (firstFit) taken(*Thread, *page) {}

// largeBlock is all of the page.
//
// Counterpart: mi_page_fresh_alloc.
func (firstFit) largeBlock(t *Thread, s *segment, p *page, _ uintptr) uintptr {
	return t.blockSizeOf(s, p)
}

// startsZero is false: nobody remembers it.
//
// Counterpart: none, is_zero_init is not set there.
func (firstFit) startsZero(bool) bool { return false }
