// The page queues of a heap, one per size class. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

// directFrom and directTo give the direct entries that a bin serves.
var directFrom, directTo = directRanges()

// directRanges fills in the two tables.
//
// Counterpart: none, computed on each update there.
func directRanges() (from, to [binSmallMax + 1]uintptr) {
	for bin := range from {
		from[bin] = directStart(uintptr(bin))
		to[bin] = binSize(uintptr(bin)) / wordSize
	}
	return from, to
}

// bin is the size class of a block size under the thread's profile.
//
// Counterpart: mi_bin.
func (t *Thread) bin(size uintptr) uintptr { return binOf(size, t.prof.objMediumMax) }

// queueOf gives the bin of the queue that a page is in.
//
// Counterpart: mi_page_queue_of.
func queueOf(p *page) uintptr {
	if p.flags&inFull != 0 {
		return binFull
	}
	return uintptr(p.bin)
}

// owner is the heap of a page, nil for an abandoned one. Relaxed: only the owner asks, and it reads
// its own store.
//
// Counterpart: mi_page_heap.
func (p *page) owner() *heap {
	a := Addr(p.heap.LoadRlx(atom.PageHeapRead))
	if a == 0 {
		return nil // heapAt(0) would not do: see raw.At
	}
	return heapAt(a)
}

// directUpdate points the direct entries of a bin at its first page.
//
// Counterpart: mi_heap_queue_first_update.
func (t *Thread) directUpdate(h *heap, bin uintptr) {
	if bin > binSmallMax {
		return
	}
	first := h.queues[bin].first
	if first == 0 {
		first = t.proc.emptyPage
	}
	to := directTo[bin]
	if h.direct[to] == first {
		return
	}
	for i := directFrom[bin]; i <= to; i++ {
		h.direct[i] = first
	}
}

// unlink takes a page out of a queue's list.
//
// Counterpart: none, shared by mi_page_queue_remove and mi_page_queue_enqueue_from.
func (t *Thread) unlink(h *heap, bin uintptr, p *page) {
	q, a := &h.queues[bin], raw.Of(p)
	if p.prev != 0 {
		pageAt(p.prev).next = p.next
	}
	if p.next != 0 {
		pageAt(p.next).prev = p.prev
	}
	if q.last == a {
		q.last = p.prev
	}
	if q.first == a {
		q.first = p.next
		t.directUpdate(h, bin)
	}
}

// setInFull sets or clears the flag by the bin that the page goes to.
//
// Counterpart: mi_page_set_in_full.
func (p *page) setInFull(bin uintptr) {
	p.flags &^= inFull
	if bin == binFull {
		p.flags |= inFull
	}
}

// queueRemove takes a page out of the heap.
//
// Counterpart: mi_page_queue_remove.
func (t *Thread) queueRemove(h *heap, bin uintptr, p *page) {
	t.unlink(h, bin, p)
	h.pageCount--
	p.next, p.prev = 0, 0
	p.flags &^= inFull
}

// queuePush puts a page new to the heap at the front of a queue.
//
// Counterpart: mi_page_queue_push.
func (t *Thread) queuePush(h *heap, bin uintptr, p *page) {
	q, a := &h.queues[bin], raw.Of(p)
	p.setInFull(bin)
	p.next, p.prev = q.first, 0
	if q.first != 0 {
		pageAt(q.first).prev = a
	} else {
		q.last = a
	}
	q.first = a
	t.directUpdate(h, bin)
	h.pageCount++
}

// queueMove puts a page at the end of another queue of its heap.
//
// Counterpart: mi_page_queue_enqueue_from.
func (t *Thread) queueMove(h *heap, to, from uintptr, p *page) {
	t.unlink(h, from, p)
	q, a := &h.queues[to], raw.Of(p)
	p.prev, p.next = q.last, 0
	if q.last != 0 {
		pageAt(q.last).next = a
		q.last = a
	} else {
		q.first, q.last = a, a
		t.directUpdate(h, to)
	}
	p.setInFull(to)
}

// queueAppend hands all pages of a queue of another heap of the thread to h, at the end of its queue
// for the bin, and returns how many there were.
//
// Counterpart: _mi_page_queue_append.
func (t *Thread) queueAppend(h, from *heap, bin uintptr) (count uintptr) {
	q, add := &h.queues[bin], from.queues[bin]
	for a := add.first; a != 0; a = pageAt(a).next {
		p := pageAt(a)
		// A remote free may see either heap meanwhile; both are alive. Pairs with PageHeapRemote.
		p.heap.StoreRel(atom.PageHeapAppend, uint64(raw.Of(h)))
		// Waits for a free that is pushing on the old heap's list right now.
		t.useDelayed(p, freeUseDelayed, false)
		count++
	}
	switch {
	case add.first == 0:
	case q.last == 0:
		*q = add
		t.directUpdate(h, bin)
	default:
		pageAt(q.last).next = add.first
		pageAt(add.first).prev = q.last
		q.last = add.last
	}
	return count
}
