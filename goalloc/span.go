// Spans of slices: queues, splitting, coalescing, conversion to pages. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

// spanPush puts a free span at the front of its thread's queue.
//
// Counterpart: mi_span_queue_push.
func (t *Thread) spanPush(r *page) {
	q := &t.spans[spanBin(uintptr(r.sliceCount))]
	a := raw.Of(r)
	r.prev, r.next = 0, q.first
	if q.first != 0 {
		pageAt(q.first).prev = a
	} else {
		q.last = a
	}
	q.first = a
	r.blockSize = 0
}

// spanRemove takes a free span out of its thread's queue; it then counts as neither free nor used.
//
// Counterpart: mi_span_queue_delete.
func (t *Thread) spanRemove(r *page) {
	q := &t.spans[spanBin(uintptr(r.sliceCount))]
	a := raw.Of(r)
	if r.prev != 0 {
		pageAt(r.prev).next = r.next
	}
	if q.first == a {
		q.first = r.next
	}
	if r.next != 0 {
		pageAt(r.next).prev = r.prev
	}
	if q.last == a {
		q.last = r.prev
	}
	r.prev, r.next = 0, 0
	r.blockSize = 1
}

// spanFree makes count slices from index on a free span. Spans of huge and of abandoned segments are
// in no queue. With purge the memory may go back to the OS.
//
// Counterpart: mi_segment_span_free.
func (t *Thread) spanFree(s *segment, index, count uintptr, purge bool) {
	queued := !s.huge && !t.prof.owner.unowned(s)
	r := s.slice(index)
	r.sliceCount, r.sliceOffset = uint32(count), 0
	if count > 1 {
		last := s.slice(index + count - 1)
		last.sliceCount, last.sliceOffset, last.blockSize = 0, uint32((count-1)*pageSize), 0
	}
	if purge {
		t.prof.purge.freed(t, s, raw.Of(s)+Addr(index*sliceSize), count*sliceSize)
	}
	if queued {
		t.spanPush(r)
	} else {
		r.blockSize = 0
	}
}

// spanCoalesce frees the span at r together with its free neighbours, and returns the result's first
// record. Neighbours of an abandoned segment are in no queue, so none is unlinked.
//
// Counterpart: mi_segment_span_free_coalesce.
func (t *Thread) spanCoalesce(r *page) *page {
	s := segmentOf(raw.Of(r))
	if s.huge {
		if s.used != 1 {
			t.untrue(CoalesceAssertion)
		}
		r.blockSize = 0
		return r
	}
	abandoned := s.isAbandoned()
	index, count := s.index(r), uintptr(r.sliceCount)
	if next := index + count; next < s.sliceEntries && s.slice(next).blockSize == 0 {
		n := s.slice(next)
		count += uintptr(n.sliceCount)
		if !abandoned {
			t.spanRemove(n)
		}
	}
	if index > 0 {
		before := s.slice(index - 1)
		prev := pageAt(raw.Of(before) - Addr(before.sliceOffset))
		if prev.blockSize == 0 {
			count += uintptr(prev.sliceCount)
			index -= uintptr(prev.sliceCount)
			if !abandoned {
				t.spanRemove(prev)
			}
		}
	}
	t.spanFree(s, index, count, true)
	return s.slice(index)
}

// spanAllocate makes count slices from index on a used page; nil when the memory could not be
// committed, and then nothing has changed.
//
// Counterpart: mi_segment_span_allocate.
func (t *Thread) spanAllocate(s *segment, index, count uintptr) *page {
	if !t.ensureCommitted(s, raw.Of(s)+Addr(index*sliceSize), count*sliceSize) {
		return nil
	}
	r := s.slice(index)
	r.sliceOffset, r.sliceCount = 0, uint32(count)
	r.blockSize = uint32(min(count*sliceSize, hugeBlockMark))
	// A huge segment may have more slices than records.
	extra := min(count-1, maxSliceOfs, s.sliceEntries-index-1)
	for i := uintptr(1); i <= extra; i++ {
		s.slice(index + i).backTo(i)
	}
	// The last record serves coalescing, and the lookup of blocks with a large alignment.
	if last := min(index+count-1, s.sliceEntries); last > index {
		s.slice(last).backTo(last - index)
	}
	r.isReset = false
	r.zeroInit = s.freeIsZero
	s.used++
	return r
}

// backTo makes the record an inner one, distance slices after its page's first.
//
// Counterpart: none, a line of mi_segment_span_allocate.
func (p *page) backTo(distance uintptr) {
	p.sliceOffset, p.sliceCount, p.blockSize = uint32(distance*pageSize), 0, 1
}

// spanSplit cuts the span at r to count slices; the rest becomes a free span.
//
// Counterpart: mi_segment_slice_split.
func (t *Thread) spanSplit(s *segment, r *page, count uintptr) {
	if uintptr(r.sliceCount) <= count {
		return
	}
	t.spanFree(s, s.index(r)+count, uintptr(r.sliceCount)-count, false)
	r.sliceCount = uint32(count)
}

// spanFind takes the first span of at least count slices in memory that suits arena want from the
// thread's queues, smallest bins first, and makes a page of its low end; nil when there is none or its
// memory is refused.
//
// Counterpart: mi_segments_page_find_and_allocate.
func (t *Thread) spanFind(count uintptr, want ArenaID) *page {
	for bin := spanBin(count); bin < spanBins; bin++ {
		for a := t.spans[bin].first; a != 0; a = pageAt(a).next {
			r := pageAt(a)
			if uintptr(r.sliceCount) < count {
				continue
			}
			s := segmentOf(a)
			if !s.memID.suits(want) {
				continue
			}
			t.spanRemove(r)
			t.spanSplit(s, r, count)
			p := t.spanAllocate(s, s.index(r), uintptr(r.sliceCount))
			if p == nil {
				t.spanCoalesce(r)
			}
			return p
		}
	}
	return nil
}

// isAbandoned tells whether the segment has no owner. Sequentially consistent, as the reference's
// plain read is; pairs with OwnerAbandon. Only the owner or the one who popped the segment asks.
//
// Counterpart: mi_segment_is_abandoned.
func (s *segment) isAbandoned() bool {
	return s.threadID.LoadSC(atom.OwnerAbandoned) == 0
}
