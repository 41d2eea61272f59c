// Pages: free lists, growth, fresh pages, and what becomes of empty ones. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

// hasRoom tells whether the page has a block that is or can become free for allocation.
//
// Counterpart: mi_page_has_any_available.
func (p *page) hasRoom() bool {
	return p.used < uint32(p.reserved) || p.threadFreeBlock() != 0
}

// threadFreeBlock is the head of the list of blocks that other threads freed. Relaxed: a hint, the
// list is taken by collectThreadFree.
//
// Counterpart: mi_page_thread_free.
func (p *page) threadFreeBlock() Addr {
	return Addr(p.threadFree.LoadRlx(atom.ThreadFreePeek) &^ freeFlagMask)
}

// collectThreadFree takes the blocks that other threads freed into localFree.
//
// Counterpart: _mi_page_thread_free_collect.
func (t *Thread) collectThreadFree(p *page) {
	w := p.threadFree.LoadRlx(atom.ThreadFreeTakeLoad)
	// Acquires the links that the freeing threads wrote. Pairs with ThreadFreePush.
	for !p.threadFree.CasAcqRel(atom.ThreadFreeTake, &w, w&freeFlagMask) {
	}
	head := Addr(w &^ freeFlagMask)
	if head == 0 {
		return
	}
	tail, count := head, uint32(1)
	for next := t.next(p, tail); next != 0 && count <= uint32(p.capacity); next = t.next(p, tail) {
		count++
		tail = next
	}
	if count > uint32(p.capacity) {
		t.fail(unix.EFAULT) // more blocks than there are: a block was freed twice
		return
	}
	t.setNext(p, tail, p.localFree)
	p.localFree = head
	p.used -= count
}

// pageCollect brings the page's lists up to date: blocks freed by others become local, and local ones
// become free for allocation when there are no others, or with force in any case.
//
// Counterpart: _mi_page_free_collect.
func (t *Thread) pageCollect(p *page, force bool) {
	if force || p.threadFreeBlock() != 0 {
		t.collectThreadFree(p)
	}
	if p.localFree == 0 {
		return
	}
	if p.free != 0 {
		if !force {
			return
		}
		tail := p.localFree
		for next := t.next(p, tail); next != 0; next = t.next(p, tail) {
			tail = next
		}
		t.setNext(p, tail, p.free)
	}
	p.free, p.localFree = p.localFree, 0
	p.freeIsZero = false
}

// pageExtend threads the next blocks of a page without free ones into its free list: about an OS
// page's worth, so that memory is touched only when it is needed.
//
// Counterpart: mi_page_extend_free.
func (t *Thread) pageExtend(p *page) {
	if p.free != 0 && !t.prof.shuffles || p.capacity >= p.reserved {
		return
	}
	s := segmentOf(raw.Of(p))
	start, bytes := t.pageStart(s, p)
	size := uintptr(p.blockSize)
	if size >= hugeBlockMark {
		size = bytes
	}
	t.tallyHere(tallyPagesExtended, 1)
	count := max(t.prof.extendMin, t.prof.extendBytes/size)
	count = min(count, uintptr(p.reserved-p.capacity))
	first := start + Addr(uintptr(p.capacity)*size)
	if t.fastBelow != 0 {
		last := first + Addr((count-1)*size)
		for b := first; b < last; b += Addr(size) {
			raw.Store(b, b+Addr(size))
		}
		raw.Store(last, 0)
		p.free = first
	} else {
		t.extendHard(p, first, size, count)
	}
	p.capacity += uint16(count)
	t.countHere(statPageCommitted, count*size)
}

// pageInit makes a page just cut from its segment a page of h for blocks of blockSize bytes, of the
// size class bin.
//
// Counterpart: mi_page_init.
func (t *Thread) pageInit(h *heap, p *page, bin, blockSize uintptr) {
	p.heap.StoreRel(atom.PageHeapInit, uint64(raw.Of(h))) // pairs with PageHeapRemote
	p.tag = h.tag
	p.blockSize, p.bin = uint32(min(blockSize, hugeBlockMark)), uint8(bin)
	_, bytes := t.pageStart(segmentOf(raw.Of(p)), p)
	p.reserved = uint16(bytes / blockSize)
	p.freeIsZero = p.zeroInit
	if t.fastBelow == 0 {
		p.flags |= careful
	}
	if t.prof.encoded {
		*p.linkKeys() = linkKeys{h.random.next(), h.random.next()}
	}
	t.pageExtend(p)
}

// pageFresh makes a page for the bin. blockSize is the bin's, or for large and huge blocks the one
// wanted. Nil means no memory, or that a page with room was reclaimed into the queue.
//
// Counterpart: mi_page_fresh_alloc.
func (t *Thread) pageFresh(h *heap, bin, blockSize, pageAlign uintptr) *page {
	p := t.segmentPageAlloc(h, blockSize, pageAlign)
	if p == nil {
		return nil
	}
	s := segmentOf(raw.Of(p))
	if bin == binHuge {
		blockSize = t.prof.pages.largeBlock(t, s, p, blockSize)
	}
	t.pageInit(h, p, bin, blockSize)
	t.countHere(statPages, 1)
	if s.huge {
		t.prof.huge.adopt(t, h, s, p)
	} else {
		t.queuePush(h, bin, p)
	}
	return p
}

// pageToFull moves a page without free blocks out of its bin's way.
//
// Counterpart: mi_page_to_full.
func (t *Thread) pageToFull(h *heap, bin uintptr, p *page) {
	t.queueMove(h, binFull, bin, p)
	t.pageCollect(p, false) // another thread may have freed a block just before
}

// pageUnfull moves a page that has a free block again back to its bin.
//
// Counterpart: _mi_page_unfull.
func (t *Thread) pageUnfull(p *page) {
	t.queueMove(p.owner(), uintptr(p.bin), binFull, p)
}

// pageAbandon takes a page with blocks in use from the ending thread's heap.
//
// Counterpart: _mi_page_abandon.
func (t *Thread) pageAbandon(h *heap, bin uintptr, p *page) {
	t.queueRemove(h, bin, p)
	p.heap.StoreRel(atom.PageHeapAbandon, 0) // pairs with PageHeapRemote; the flag is NEVER by now
	t.segmentPageAbandon(p)
}

// pageFree gives a page without blocks in use back to its segment.
//
// Counterpart: _mi_page_free.
func (t *Thread) pageFree(bin uintptr, p *page) {
	h := p.owner()
	if h == nil {
		t.heaplessFree(p)
		return
	}
	if t.recordOf(h) {
		defer t.takeOver()
	}
	p.flags &^= hasAligned
	t.queueRemove(h, bin, p)
	p.heap.StoreRel(atom.PageHeapFree, 0) // no block is out, so nobody reads it: nothing pairs
	t.segmentPageFree(p)
}

// pageRetire decides what becomes of a page whose last block was freed: the only page of a size
// class is kept for a while, since the next allocation of that size is likely to come soon.
//
// Counterpart: _mi_page_retire.
func (t *Thread) pageRetire(p *page) {
	p.flags &^= hasAligned
	bin := queueOf(p)
	if bin < binHuge {
		h := p.owner()
		if h == nil {
			t.heaplessFree(p)
			return
		}
		q := &h.queues[bin]
		if a := raw.Of(p); q.first == a && q.last == a {
			t.tallyShared(tallyPageNoRetire)
			p.retireExpire = t.prof.retireMedium
			if uintptr(p.blockSize) <= t.prof.objSmallMax {
				p.retireExpire = t.prof.retireSmall
			}
			h.retiredMin = min(h.retiredMin, bin)
			h.retiredMax = max(h.retiredMax, bin)
			return
		}
	}
	t.pageFree(bin, p)
}

// heaplessFree frees a page that was abandoned in a segment that its thread has kept.
//
// Counterpart: _mi_page_retire.
func (t *Thread) heaplessFree(p *page) {
	t.stopHeapless()
	segmentOf(raw.Of(p)).abandoned--
	t.count(statPagesAbandoned, -1)
	t.segmentPageFree(p)
}

// stopHeapless stops the program where the reference asks for the heap of a page that was abandoned in a segment of the
// thread's: it reads through a null pointer.
//
// Counterpart: none, the defect there.
func (t *Thread) stopHeapless() {
	t.stop(HeaplessPage, "the heap of a page is asked for that has none")
}

// collectRetired counts the retired pages of a heap down, and frees those whose time is up, or with
// force all. There is no clock in it: a tick is a search that finds no page.
//
// Counterpart: _mi_heap_collect_retired.
func (t *Thread) collectRetired(h *heap, force bool) {
	lo, hi := uintptr(binFull), uintptr(0)
	for bin := h.retiredMin; bin <= h.retiredMax; bin++ {
		a := h.queues[bin].first
		if a == 0 || pageAt(a).retireExpire == 0 {
			continue
		}
		p := pageAt(a)
		if p.used != 0 {
			p.retireExpire = 0
			continue
		}
		p.retireExpire--
		if force || p.retireExpire == 0 {
			t.pageFree(bin, p)
		} else {
			lo, hi = min(lo, bin), max(hi, bin)
		}
	}
	h.retiredMin, h.retiredMax = lo, hi
}
