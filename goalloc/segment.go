// Segments: allocation, release, and the pages cut from them. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

// segmentAlloc makes a segment of the calling thread. With required 0 it is a normal one, else a huge
// one with room for a page of required bytes, which is aligned to pageAlign if that is not 0. The
// huge segment's page is not allocated yet. The memory suits arena want. Nil when there is none.
//
// Counterpart: mi_segment_alloc.
func (t *Thread) segmentAlloc(required, pageAlign uintptr, want ArenaID) *segment {
	// A thread's first segments are committed piecemeal when there are several threads: many of
	// them will never need a whole one.
	delay := t.eagerDelay()
	mem := &t.mem
	*mem = segmentMemory{wantCommit: !delay && t.proc.enabled(optEagerCommit) || required > 0,
		huge: required > 0, large: !delay && !t.prof.guardPages}
	align, offset, total := uintptr(segmentSize), uintptr(0), t.prof.segmentSlices(required)
	if pageAlign > 0 {
		// The block will lie one segment size after the header, so that it can be found from there.
		align, offset = pageAlign, segmentSize
		total = t.prof.segmentSlices(required + offset - headerSlices*sliceSize)
	}
	s := t.segmentMap(total*sliceSize, align, offset, want, mem)
	if s == nil {
		return nil
	}
	t.proc.abandoned.enter(s)
	if !mem.zero {
		raw.Zero(raw.Of(s)+Addr(segClearFrom), segmentRecord-segClearFrom)
	}
	s.commitMask = mem.commit
	s.allowDecommit = t.prof.purge.allowed(t, s)
	if s.allowDecommit {
		s.decommitExpire, s.decommitMask = 0, mem.decommit
	} else if s.stale() && !t.quirk(StaleMask) {
		s.decommitExpire, s.decommitMask = 0, commitMask{}
	}
	s.segmentSlices, s.infoSlices = total, headerSlices
	s.threadID.StoreSC(atom.OwnerAlloc, t.id) // pairs with OwnerFree, through the blocks' hand-over
	s.sliceEntries = min(total, slicesPerSegment)
	s.huge = required > 0
	s.freeIsZero = t.prof.pages.startsZero(mem.zero)
	t.count(statPageCommitted, int64(s.infoSlices*sliceSize))
	t.guard(s)
	if t.spanAllocate(s, 0, headerSlices) == nil {
		t.headerRefused(s, mem) // more than the header is committed at once, and that was refused
		return nil
	}
	s.used = 0 // the header is no page
	if !s.huge {
		t.spanFree(s, headerSlices, s.sliceEntries-headerSlices, false)
	} else if !s.decommitMask.isEmpty() {
		t.untrue(StaleMask)
	}
	t.checkMask(s)
	return s
}

// stale tells whether what is to be decommitted of a segment is what its memory happened to hold.
//
// Counterpart: none, nobody looks.
func (s *segment) stale() bool { return s.decommitExpire != 0 || !s.decommitMask.isEmpty() }

// checkMask notes where the reference asserts that it decommits nothing that is not committed.
//
// Counterpart: none, a part of mi_segment_is_valid and mi_segment_ensure_committed.
func (t *Thread) checkMask(s *segment) {
	if t.prof.asserts && !s.commitMask.hasAll(&s.decommitMask) {
		t.untrue(StaleMask)
	}
}

// headerSlices is how many slices a segment's record takes.
const headerSlices = (segmentRecord + sliceSize - 1) / sliceSize

// segmentSlices gives the slices of a segment with room for required bytes, 0 for a normal one.
//
// Counterpart: mi_segment_calculate_slices.
func (p *Profile) segmentSlices(required uintptr) uintptr {
	if required == 0 {
		return slicesPerSegment
	}
	if p.guardPages {
		required = raw.AlignUp(required, sliceSize) + 2*osPageSize
	}
	return raw.AlignUp(required+headerSlices*sliceSize, sliceSize) / sliceSize
}

// eagerDelay tells whether a segment of this thread is committed piecemeal. The counter is a hint:
// relaxed, pairs with ThreadCountInit.
//
// Counterpart: none, the head of mi_segment_alloc.
func (t *Thread) eagerDelay() bool {
	return t.proc.threadCount.LoadRlx(atom.ThreadCountLoad) > 1 &&
		uint64(t.proc.source.counted(t)) < uint64(t.proc.option(optEagerCommitDelay))
}

// headerRefused gives up a segment in whose memory there is no room for a header. With the quirk its
// memory is lost.
//
// Counterpart: none, a return without a release in mi_segment_alloc.
func (t *Thread) headerRefused(s *segment, mem *segmentMemory) {
	if !t.quirk(HeaderLost) {
		t.count(statPageCommitted, -int64(s.infoSlices*sliceSize))
		t.segmentRelease(s)
		return
	}
	t.proc.arenas.lose(mem.id)
}

// segmentMap gets the memory of a segment, with the header committed.
//
// Counterpart: mi_segment_os_alloc.
func (t *Thread) segmentMap(size, align, offset uintptr, want ArenaID, mem *segmentMemory) *segment {
	if !t.proc.source.alloc(t, size, align, offset, want, mem) {
		return nil
	}
	header := rangeMask(0, headerSlices*sliceSize/commitSize)
	if !mem.commit.hasAll(&header) {
		if !t.osCommit(mem.at, headerSlices*sliceSize) {
			if t.quirk(HeaderLost) {
				t.proc.arenas.lose(mem.id)
			} else {
				t.proc.source.giveBack(t, size, align, offset, mem)
			}
			return nil
		}
		mem.commit.add(&header)
	}
	if mem.zero {
		t.proc.os.NeedZero(mem.at, segmentRecord)
	}
	s := segmentAt(mem.at)
	s.memID, s.memPinned, s.memLarge = mem.id, mem.pinned, mem.large
	s.memAlignment, s.memAlignOffset = align, offset
	s.subproc, s.unmapped = t.subproc, false
	if !t.prof.region.add(t, s) {
		t.proc.source.giveBack(t, size, align, offset, mem)
		return nil
	}
	t.trackSegment(1)
	return s
}

// trackSegment counts the segments that the thread owns. The counter may pass below zero, since
// another thread can free a segment: it wraps, as the reference's does.
//
// Counterpart: mi_segments_track_size.
func (t *Thread) trackSegment(d int) {
	t.count(statSegments, int64(d))
	t.segments += uintptr(d)
	t.segmentsPeak = max(t.segmentsPeak, t.segments)
}

// segmentFree gives up a segment without used pages.
//
// Counterpart: mi_segment_free.
func (t *Thread) segmentFree(s *segment) {
	if s.dontFree {
		return
	}
	t.unqueueSpans(s)
	t.prof.counts.segmentFreed(t, s)
	t.segmentRelease(s)
}

// unqueueSpans takes the free spans of a segment out of the thread's queues. They count as free
// still.
//
// Counterpart: none, the first loop of mi_segment_free and of mi_segment_abandon.
func (t *Thread) unqueueSpans(s *segment) {
	for i := uintptr(0); i < s.sliceEntries; {
		r := s.slice(i)
		if r.blockSize == 0 && !s.huge {
			t.spanRemove(r)
			r.blockSize = 0
		}
		i += uintptr(r.sliceCount)
	}
}

// segmentRelease returns the memory of a segment.
//
// Counterpart: mi_segment_os_free.
func (t *Thread) segmentRelease(s *segment) {
	s.threadID.StoreSC(atom.OwnerRelease, 0) // nobody holds a block of it: nothing pairs
	t.prof.region.remove(t, s)
	t.trackSegment(-1)
	t.giveUp(s)
	if !t.unguard(s) && t.proc.arenas.withhold(t, s.memID) {
		t.count(statCommitted, -int64(s.commitMask.bytes(s.segmentSlices*sliceSize)))
		return
	}
	t.proc.source.free(t, s)
}

// segmentPageAlloc makes a page for blocks of blockSize bytes. Nil means that there is no memory, or
// that a page with room was reclaimed into the heap.
//
// Counterpart: _mi_segment_page_alloc.
func (t *Thread) segmentPageAlloc(h *heap, blockSize, pageAlign uintptr) *page {
	var p *page
	switch {
	case pageAlign > alignMax, blockSize > t.prof.objLargeMax:
		p = t.hugePageAlloc(h, blockSize, pageAlign)
	case blockSize > t.prof.objSmallMax && blockSize <= t.prof.objMediumMax:
		p = t.normalPageAlloc(h, t.prof.mediumPage, blockSize)
	default:
		p = t.normalPageAlloc(h, blockSize, blockSize)
	}
	if p != nil {
		t.checkMask(segmentOf(raw.Of(p)))
	}
	return p
}

// normalPageAlloc makes a page of required bytes in a normal segment: one the thread has, one that it
// reclaims, or a fresh one.
//
// Counterpart: mi_segments_page_alloc.
func (t *Thread) normalPageAlloc(h *heap, required, blockSize uintptr) *page {
	step := uintptr(sliceSize)
	if required > t.prof.mediumPage {
		step = t.prof.mediumPage
	}
	slices := raw.AlignUp(required, step) / sliceSize
	for s := (*segment)(nil); ; {
		p := t.spanFind(slices, h.arena)
		if s != nil && s.used == 0 { // memory was refused, and what s was made for is elsewhere or not at all
			if t.quirk(RefusedPage) {
				t.proc.arenas.lose(s.memID) // when the thread ends
			} else if t.segmentFree(s); p == nil {
				return nil
			}
		}
		if p != nil {
			t.prof.purge.run(t, segmentOf(raw.Of(p)), false)
			return p
		}
		if s = t.reclaimOrAlloc(h, slices, blockSize); s == nil {
			return nil
		}
	}
}

// hugePageAlloc makes a segment for one block.
//
// Counterpart: mi_segment_huge_page_alloc.
func (t *Thread) hugePageAlloc(h *heap, size, pageAlign uintptr) *page {
	if pageAlign <= alignMax {
		pageAlign = 0
	}
	s := t.segmentAlloc(size, pageAlign, h.arena)
	if s == nil {
		return nil
	}
	p := t.spanAllocate(s, headerSlices, s.segmentSlices-headerSlices-t.prof.guardSlices())
	start, bytes := t.pageStart(s, p)
	p.blockSize = uint32(min(bytes, hugeBlockMark))
	if pageAlign > 0 && s.allowDecommit {
		// Up to a segment's worth before the block will never be used, except for a link.
		from := start + wordSize
		t.prof.purge.huge(t, from, uintptr(raw.AlignUp(start, pageAlign)-from))
	}
	return p
}

// segmentPageFree gives a page without used blocks back to its segment, and the segment with it when
// nothing is left in it.
//
// Counterpart: _mi_segment_page_free.
func (t *Thread) segmentPageFree(p *page) {
	s := segmentOf(raw.Of(p))
	t.checkMask(s)
	t.pageClear(p)
	if s.used == 0 {
		t.segmentFree(s)
	} else if s.used == s.abandoned {
		t.segmentAbandon(s)
	} else {
		t.prof.purge.pageFreed(t, s)
	}
}

// pageClear makes a page without used blocks a free span, and returns the span's first record. The
// segment may be abandoned.
//
// Counterpart: mi_segment_page_clear.
func (t *Thread) pageClear(p *page) *page {
	s := segmentOf(raw.Of(p))
	t.count(statPageCommitted, -int64(uintptr(p.capacity)*t.blockSizeOf(s, p)))
	t.count(statPages, -1)
	t.prof.counts.pageCleared(t, p)
	if !s.memPinned && !p.isReset && t.proc.enabled(optPageReset) {
		start, bytes := t.pageStart(s, p)
		p.isReset = true
		t.osReset(start, bytes)
	}
	p.zeroInit = false
	p.clear()
	p.blockSize = 1
	r := t.spanCoalesce(p)
	s.used--
	s.freeIsZero = false
	return r
}

// pageStart gives the address of a page's first block and the bytes from there to its end.
//
// Counterpart: _mi_segment_page_start.
func (t *Thread) pageStart(s *segment, p *page) (start Addr, bytes uintptr) {
	return t.proc.pageStart(s, p)
}

// pageStart is Thread.pageStart. What is taken for the address of the memory is where the twin has it.
//
// Counterpart: _mi_segment_page_start_from_slice.
func (p *Process) pageStart(s *segment, pg *page) (start Addr, bytes uintptr) {
	start, bytes = raw.Of(s)+Addr(s.index(pg)*sliceSize), uintptr(pg.sliceCount)*sliceSize
	ofs := p.profile.pages.startOffset(start-p.bias, bytes, uintptr(pg.blockSize))
	return start + Addr(ofs), bytes - ofs
}

// blockSizeOf is the block size of a page, also where the record's field saturates.
//
// Counterpart: mi_page_block_size.
func (t *Thread) blockSizeOf(s *segment, p *page) uintptr {
	if p.blockSize < hugeBlockMark {
		return uintptr(p.blockSize)
	}
	_, bytes := t.pageStart(s, p)
	return bytes
}
