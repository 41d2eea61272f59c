// What builds with full statistics count beside the rest: blocks, pages and searches. See doc.go for an
// overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

// countHere adds to a statistic of the thread that only builds with full statistics keep.
//
// Counterpart: mi_heap_stat_increase.
func (t *Thread) countHere(id statID, amount uintptr) {
	if t.prof.countsAll {
		t.count(id, int64(amount))
	}
}

// tallyHere counts an event of the thread in builds with full statistics.
//
// Counterpart: mi_heap_stat_counter_increase.
func (t *Thread) tallyHere(id tallyID, amount uintptr) {
	if t.prof.countsAll {
		n := &t.stats.tallies[id]
		n.total += int64(amount)
		n.count++
	}
}

// tallyShared counts an event of the process in builds with full statistics.
//
// Counterpart: mi_stat_counter_increase, main.
func (t *Thread) tallyShared(id tallyID) {
	if t.prof.countsAll {
		t.proc.tally(id, 1)
	}
}

// bin adds to the blocks of a size class.
//
// Counterpart: mi_stat_update, thread-local.
func (n *threadStats) bin(bin uintptr, amount int64) {
	if n.bins == nil {
		n.bins = make([]stat, statBins)
	}
	n.bins[bin].add(amount)
}

// room is how many bytes a block of the page has without its padding.
//
// Counterpart: mi_page_usable_block_size.
func (t *Thread) room(p *page) uintptr {
	return t.blockSizeOf(segmentOf(raw.Of(p)), p) - t.prof.padding
}

// countPop counts a block that a page gives, by its room.
//
// Counterpart: none, a part of _mi_page_malloc.
func (t *Thread) countPop(p *page) {
	if !t.prof.countsAll {
		return
	}
	if room := t.room(p); room <= t.prof.objMediumMax {
		t.count(statNormal, int64(room))
		t.tallyHere(tallyNormal, 1)
		t.stats.bin(binOf(room, t.prof.objMediumMax), 1)
	}
}

// countMalloc counts a block by what its program may use of it, and passes it on. One that an aligned request
// happens to find is counted by what was asked for.
//
// Counterpart: none, a part of mi_heap_malloc_small_zero and _mi_heap_malloc_zero_ex.
func (t *Thread) countMalloc(b Addr) Addr {
	if t.prof.countsAll && b != 0 {
		t.count(statMalloc, int64(t.UsableSize(b)))
	}
	return b
}

// countFree counts a block out, by its room and by what its program could use from the block's start on. It
// counts on the default heap, which is not yet the thread's while that one ends in spite of it.
//
// Counterpart: mi_stat_free.
func (t *Thread) countFree(p *page, b Addr) {
	n := &t.stats
	if t.revived != nil {
		n = &t.revived.stats
	}
	room, usable := t.room(p), t.room(p)
	if t.prof.padding != 0 {
		usable = t.paddedSize(p, b)
	}
	n.stats[statMalloc].add(-int64(usable))
	switch {
	case room <= t.prof.objMediumMax:
		n.stats[statNormal].add(-int64(room))
		n.bin(binOf(room, t.prof.objMediumMax), -1)
	case room <= t.prof.objLargeMax:
		n.stats[statLarge].add(-int64(room))
	default:
		n.stats[statHuge].add(-int64(room))
	}
	if t.backing == nil {
		t.mergeStats() // the thread could not start, and keeps nothing
	}
}

// countLarge counts a page for one block beyond the sizes that share a page.
//
// Counterpart: none, a part of mi_large_huge_page_alloc.
func (t *Thread) countLarge(p *page) {
	if p == nil || !t.prof.countsAll {
		return
	}
	room := t.room(p)
	amount, events := statLarge, tallyLarge
	if room > t.prof.objLargeMax {
		amount, events = statHuge, tallyHuge
	}
	t.count(amount, int64(room))
	t.tallyHere(events, 1)
}

// countAligned counts a block of the page that an aligned request for size bytes happens to find.
//
// Counterpart: none, a line of mi_heap_malloc_zero_aligned_at.
func (t *Thread) countAligned(p *page, size uintptr) {
	if !t.prof.countsAll {
		return
	}
	if room := t.room(p); t.prof.padding == 0 && room != size && !t.quirk(AlignedCounted) {
		size = room
	}
	t.count(statMalloc, int64(size))
}

// staleCounts tells whether blocks of the heap that others have freed count as used: with the quirk, and if
// there are any.
//
// Counterpart: none, a defect there.
func (t *Thread) staleCounts(h *heap) bool {
	if !t.prof.countsAll || h.delayed.LoadRlx(atom.DelayedCountLoad) == 0 {
		return false
	}
	if t.quirk(DestroyCounts) {
		return true
	}
	t.delayedFreePartial(h)
	return false
}

// countDestroyed counts out the blocks of a page whose heap is destroyed. With the quirk by their size with
// padding, and large ones among the small, too; stale says that this is wrong in any case.
//
// Counterpart: none, a part of _mi_heap_page_destroy.
func (t *Thread) countDestroyed(p *page, stale bool) {
	if !t.prof.countsAll {
		return
	}
	s := segmentOf(raw.Of(p))
	size := t.blockSizeOf(s, p)
	wrong := stale || t.prof.padding != 0 || size > t.prof.objMediumMax && size <= t.prof.objLargeMax
	if wrong && !t.quirk(DestroyCounts) {
		start, _ := t.pageStart(s, p)
		t.visitArea(p, &Area{Blocks: start, BlockSize: size}, func(_ *Area, b Addr, _ uintptr) bool {
			t.countFree(p, b)
			return true
		})
		return
	}
	switch {
	case size > t.prof.objLargeMax:
		t.count(statHuge, -int64(size))
	case size > t.prof.objMediumMax:
		t.count(statLarge, -int64(size))
	}
	t.pageCollect(p, false) // for the number of blocks in use
	if size <= t.prof.objLargeMax {
		t.count(statNormal, -int64(size*uintptr(p.used)))
		t.stats.bin(binOf(size, t.prof.objMediumMax), -int64(p.used))
	}
	t.count(statMalloc, -int64(size*uintptr(p.used)))
}
