// The table of faults of the state. Counterpart: none, see poke.go. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

// ofPage are the fields that a page has beside its span.
var ofPage = []StateField{statePageShape, statePageUse, statePageHeap, stateFree, stateLocalFree,
	stateThreadFree}

// pokes has at least one row for every field of the state, and one for every value that is packed into
// a word with others.
var pokes = []poke{
	{field: stateThreads, why: "a thread is counted twice",
		find: countOn(func(x *poked) *atom.U64 { return &x.p.threadCount })},
	{field: stateThreadData, why: "a kept record lies in another place",
		find: func(x *poked) func() {
			d := &x.p.threadData
			if d[0].AtRest() == 0 || d[7].AtRest() != 0 {
				return nil
			}
			return func() { d[0], d[7] = d[7], d[0] }
		}},
	{field: stateSegmentMap, why: "a segment is in the map that is not there",
		find: func(x *poked) func() {
			return func() { x.p.mapUsed()[simMapSize-1].Reset(1) }
		}},
	{field: stateAbandonedCount, why: "an abandoned segment is counted twice",
		find: countOn(func(x *poked) *atom.U64 { return &x.stacks().count })},
	{field: stateVisitedCount, why: "a visited segment is counted twice",
		find: countOn(func(x *poked) *atom.U64 { return &x.stacks().visitedCount })},
	{field: stateReaders, why: "a reader never leaves",
		find: countOn(func(x *poked) *atom.U64 { return &x.stacks().readers })},
	{field: stateAbandoned, why: "abandoned segments in another order",
		find: swapTop(func(s *abandonedStacks) *atom.U64 { return &s.abandoned })},
	{field: stateVisited, why: "visited segments in another order",
		find: swapTop(func(s *abandonedStacks) *atom.U64 { return &s.visited })},
	{field: stateCacheInUse, why: "an empty slot is in use", with: []StateField{stateCacheAt, stateCacheExpire},
		find: func(x *poked) func() {
			return func() { bitmap(x.p.source.(*cachedSource).inUse[:]).claim(9) }
		}},
	{field: stateCacheAvailable, why: "an empty slot can be taken",
		find: func(x *poked) func() {
			return func() { bitmap(x.p.source.(*cachedSource).taken[:]).unclaim(9) }
		}},
	{field: stateCacheLarge, why: "an empty slot of large pages can be taken",
		find: func(x *poked) func() {
			return func() { bitmap(x.p.source.(*cachedSource).takenLarge[:]).unclaim(9) }
		}},
	{field: stateCacheMemory, why: "a slot with memory of an arena", find: slotOn(func(s *cacheSlot) { s.id = 1 })},
	{field: stateCacheMemory, why: "a slot that stays committed", with: []StateField{stateCacheDecommit},
		find: slotOn(func(s *cacheSlot) { s.pinned = !s.pinned })},
	{field: stateCacheAt, why: "a slot with another segment",
		find: slotOn(func(s *cacheSlot) { s.at += segmentSize })},
	{field: stateCacheExpire, why: "a slot expires later",
		find: slotOn(func(s *cacheSlot) { s.expire.Reset(s.expire.AtRest() + 1) })},
	{field: stateCacheCommit, why: "a slot with a part committed more or less",
		find: slotOn(func(s *cacheSlot) { flip(&s.commit) })},
	{field: stateCacheDecommit, why: "a slot with a part to decommit more or less",
		find: slotOn(func(s *cacheSlot) { flip(&s.decommit) })},
	{field: stateArenas, why: "an arena is counted twice",
		find: countOn(func(x *poked) *atom.U64 { return &x.p.arenas.count })},
	{field: stateArenaIs, why: "an arena with another id", find: arenaOn(func(a *arena) { a.id++ })},
	{field: stateArenaIs, why: "an arena is for all", find: arenaOn(func(a *arena) { a.exclusive = !a.exclusive })},
	{field: stateArenaIs, why: "an arena of large pages", find: arenaOn(func(a *arena) { a.large = !a.large })},
	{field: stateArenaIs, why: "an arena that was not zero", find: arenaOn(func(a *arena) { a.saidZero = !a.saidZero })},
	{field: stateArenaIs, why: "an arena that stays committed", with: []StateField{stateArenaCommitted},
		find: arenaOn(func(a *arena) { a.allowDecommit = !a.allowDecommit })},
	{field: stateArenaAt, why: "an arena lies elsewhere",
		find: arenaOn(func(a *arena) { a.start.Reset(a.start.AtRest() + arenaBlock) })},
	{field: stateArenaBlocks, why: "an arena has a block more", find: arenaOn(func(a *arena) { a.blocks++ })},
	{field: stateArenaInUse, why: "a block is in use or not", find: arenaOn(func(a *arena) { flipBlock(a.inUse()) })},
	{field: stateArenaDirty, why: "a block is dirty or not", find: arenaOn(func(a *arena) { flipBlock(a.dirty()) })},
	{field: stateArenaCommitted, why: "a block is committed or not",
		find: arenaOn(func(a *arena) { flipBlock(a.committed()) })},
	{field: stateThreadDefault, why: "another default heap",
		find: func(x *poked) func() {
			return on(x.thread(func(t *Thread) bool { return raw.Of(t.heap) != t.heaps }),
				func(t *Thread) { t.heap = heapAt(t.heaps) })
		}},
	{field: stateThreadKey, why: "a thread will not be cleaned up",
		find: func(x *poked) func() {
			return on(x.thread(func(t *Thread) bool { return t.key != nil }), func(t *Thread) { t.key = nil })
		}},
	{field: stateThreadBeat, why: "a heartbeat too many", find: threadOn(func(t *Thread) { t.heartbeat++ })},
	{field: stateThreadSegments, why: "a segment is counted twice",
		find: threadOn(func(t *Thread) { t.segments++ })},
	{field: stateSpans, why: "free spans in another order", with: []StateField{stateLinks},
		find: func(x *poked) func() { return on(x.spans(), swapFirst) }},
	{field: stateSpansLast, why: "the end of a span queue is not its last",
		find: func(x *poked) func() { return on(x.spans(), firstIsLast) }},
	{field: stateHeapAt, why: "the record of a heap lies elsewhere", find: moveHeap},
	{field: stateHeapPages, why: "a page is counted twice", find: heapOn(func(h *heap) { h.pageCount++ })},
	{field: stateHeapRetired, why: "retired pages begin at another bin",
		find: heapOn(func(h *heap) { h.retiredMin ^= 1 })},
	{field: stateHeapRetired, why: "retired pages end at another bin",
		find: heapOn(func(h *heap) { h.retiredMax ^= 1 })},
	{field: stateHeapRetired, why: "a heap may not reclaim",
		find: heapOn(func(h *heap) { h.noReclaim = !h.noReclaim })},
	{field: stateHeapArena, why: "a heap is bound to another arena", find: heapOn(func(h *heap) { h.arena++ })},
	{field: stateDirect, why: "a small size has no page",
		find: func(x *poked) func() {
			h := x.heap(func(h *heap) bool { return h.direct[6] != x.p.emptyPage })
			return on(h, func(h *heap) { h.direct[6] = x.p.emptyPage })
		}},
	{field: stateQueue, why: "pages of a class in another order", with: []StateField{stateLinks},
		find: func(x *poked) func() { return on(x.queue(), swapFirst) }},
	{field: stateQueueLast, why: "the end of a page queue is not its last",
		find: func(x *poked) func() { return on(x.queue(), firstIsLast) }},
	{field: stateDelayed, why: "a block that another thread freed is forgotten",
		find: func(x *poked) func() {
			h := x.heap(func(h *heap) bool { return h.delayed.AtRest() != 0 })
			return on(h, func(h *heap) { h.delayed.Reset(uint64(raw.Load(Addr(h.delayed.AtRest())))) })
		}},
	{field: stateSegmentIs, why: "a segment is huge", find: segmentOn(func(s *segment) { s.huge = !s.huge })},
	{field: stateSegmentIs, why: "a segment may not be decommitted",
		with: []StateField{stateSegmentExpire, stateSegmentDecommit},
		find: segmentOn(func(s *segment) { s.allowDecommit = !s.allowDecommit })},
	{field: stateSegmentIs, why: "a segment of another thread",
		find: segmentOn(func(s *segment) { s.threadID.Reset(s.threadID.AtRest() + 99) })},
	{field: stateSegmentIs, why: "a record too few", find: recordLess},
	{field: stateSegmentIs, why: "a slice too many", find: segmentOn(func(s *segment) { s.segmentSlices++ })},
	{field: stateSegmentUse, why: "a page is counted twice", find: segmentOn(func(s *segment) { s.used++ })},
	{field: stateSegmentUse, why: "a page counts as abandoned",
		find: segmentOn(func(s *segment) { s.abandoned++ })},
	{field: stateSegmentUse, why: "a visit is counted twice",
		find: segmentOn(func(s *segment) { s.abandonedVisits++ })},
	{field: stateSegmentAlign, why: "a segment was mapped at another alignment",
		find: segmentOn(func(s *segment) { s.memAlignment ^= segmentSize })},
	{field: stateSegmentAlign, why: "what is aligned lies at another offset",
		find: segmentOn(func(s *segment) { s.memAlignOffset ^= osPageSize })},
	{field: stateSegmentMemory, why: "a segment's memory is of another block",
		find: segmentOn(func(s *segment) { s.memID += 1 << memShift })},
	{field: stateSegmentMemory, why: "a segment stays committed",
		find: segmentOn(func(s *segment) { s.memPinned = !s.memPinned })},
	{field: stateSegmentMemory, why: "a segment of large pages",
		find: segmentOn(func(s *segment) { s.memLarge = !s.memLarge })},
	{field: stateSegmentExpire, why: "a segment is decommitted later",
		find: segmentOn(func(s *segment) { s.decommitExpire++ })},
	{field: stateSegmentCommit, why: "a part is committed more or less",
		find: segmentOn(func(s *segment) { flip(&s.commitMask) })},
	{field: stateSegmentDecommit, why: "a part is to be decommitted more or less",
		find: segmentOn(func(s *segment) { flip(&s.decommitMask) })},
	{field: stateSpan, why: "a free span is a slice short", find: shorterSpan},
	{field: stateSpan, why: "a page looks free", with: ofPage,
		find: pageOn(func(p *page) { p.blockSize = 0 })},
	{field: statePageShape, why: "a block too many has been threaded", find: pageOn(func(p *page) { p.capacity++ })},
	{field: statePageShape, why: "a block more fits", find: pageOn(func(p *page) { p.reserved++ })},
	{field: statePageShape, why: "a page is full", find: pageOn(func(p *page) { p.flags ^= inFull })},
	{field: statePageShape, why: "a page has aligned blocks",
		find: pageOn(func(p *page) { p.flags ^= hasAligned })},
	{field: statePageShape, why: "a page retires later", find: pageOn(func(p *page) { p.retireExpire++ })},
	{field: statePageShape, why: "the next remote free goes elsewhere",
		find: pageOn(func(p *page) { p.threadFree.Reset(p.threadFree.AtRest() ^ freeDelayNone) })},
	{field: statePageShape, why: "a page was reset", find: pageOn(func(p *page) { p.isReset = !p.isReset })},
	{field: statePageUse, why: "a block is counted twice", find: pageOn(func(p *page) { p.used++ })},
	{field: statePageUse, why: "a page of another block size",
		find: func(x *poked) func() {
			return on(x.page(func(p *page) bool { return p.blockSize > 2*smallMax }),
				func(p *page) { p.blockSize += wordSize })
		}},
	{field: statePageHeap, why: "a page of no heap",
		find: func(x *poked) func() {
			return on(x.page(func(p *page) bool { return p.heap.AtRest() != 0 }),
				func(p *page) { p.heap.Reset(0) })
		}},
	{field: stateFree, why: "a free block is forgotten",
		find: func(x *poked) func() {
			return on(x.page(func(p *page) bool { return p.free != 0 }), func(p *page) { dropFirst(&p.free) })
		}},
	{field: stateLocalFree, why: "a block freed by the owner is forgotten",
		find: func(x *poked) func() {
			return on(x.page(func(p *page) bool { return p.localFree != 0 }),
				func(p *page) { dropFirst(&p.localFree) })
		}},
	{field: stateLinks, why: "a page that does not know who is before it",
		find: func(x *poked) func() {
			return on(x.queue(), func(q *pageQueue) { pageAt(q.last).prev = 0 })
		}},
	{field: stateLinks, why: "an abandoned page that has a neighbour",
		find: func(x *poked) func() {
			return on(x.page(func(p *page) bool { return p.heap.AtRest() == 0 }), func(p *page) { p.next = raw.Of(p) })
		}},
	{field: stateThreadFree, why: "a block freed by another thread is forgotten",
		find: func(x *poked) func() {
			return on(x.page(func(p *page) bool { return p.threadFree.AtRest()&^freeFlagMask != 0 }), dropRemote)
		}},
}

// moveHeap copies the newest heap of a thread to another place and puts the copy into the thread's list.
func moveHeap(x *poked) func() {
	return on(x.thread(anything), func(t *Thread) {
		a, err := x.p.os.Meta(heapRecordBytes)
		if err != nil {
			panic(err)
		}
		*heapAt(a) = *heapAt(t.heaps)
		t.heaps = a
	})
}

// recordLess takes the last record from a segment whose last span has more than one.
func recordLess(x *poked) func() {
	var of *segment
	x.span(func(s *segment, i uintptr, r *page) bool {
		if r.sliceCount > 1 && i+uintptr(r.sliceCount) == s.sliceEntries {
			of = s
		}
		return of != nil
	})
	return on(of, func(s *segment) { s.sliceEntries-- })
}

// shorterSpan takes a slice from a free span at the end of its segment.
func shorterSpan(x *poked) func() {
	r := x.span(func(s *segment, i uintptr, r *page) bool {
		return r.blockSize == 0 && r.sliceCount > 1 && i+uintptr(r.sliceCount) == s.sliceEntries
	})
	return on(r, func(r *page) { r.sliceCount-- })
}

func dropRemote(p *page) {
	w := p.threadFree.AtRest()
	p.threadFree.Reset(uint64(raw.Load(Addr(w&^freeFlagMask))) | w&freeFlagMask)
}
