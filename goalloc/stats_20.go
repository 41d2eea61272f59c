// What 2.0 counts of what versions count differently. See doc.go for an overview.

package goalloc

import "midiff/goalloc/internal/atom"

// counts20 is the statistics policy of 2.0.
type counts20 struct{}

// merge adds peaks like the rest, though those of different threads need not have been at the same time.
//
// Counterpart: mi_stat_add.
func (counts20) merge(to *sharedStat, from *stat) {
	if from.allocated == 0 && from.freed == 0 {
		return
	}
	to.allocated.AddRlx(atom.StatAllocatedMerge, uint64(from.allocated))
	to.current.AddRlx(atom.StatCurrentMerge, uint64(from.current))
	to.freed.AddRlx(atom.StatFreedMerge, uint64(from.freed))
	to.peak.AddRlx(atom.StatPeakMerge, uint64(from.peak))
}

// mapped is counted by builds with full statistics.
//
// Counterpart: none, a part of mi_os_mem_alloc.
func (counts20) mapped(t *Thread) { t.tallyShared(tallyMmapCalls) }

// reset counts no calls.
//
// Counterpart: none, nothing happens there.
func (counts20) reset(*Thread) {}

// pageCleared adds nothing.
//
// Counterpart: none, nothing happens there.
func (counts20) pageCleared(*Thread, *page) {}

// largeMade is counted by builds with full statistics.
//
// Counterpart: none, a part of mi_large_huge_page_alloc.
func (counts20) largeMade(t *Thread, p *page) { t.countLarge(p) }

// refused counts before the OS is asked.
//
// Counterpart: none, a part of mi_os_commitx.
func (counts20) refused(t *Thread) bool { return t.quirk(RefusedCommit) }

// segmentFreed takes the header out again.
//
// Counterpart: none, a part of mi_segment_free.
func (counts20) segmentFreed(t *Thread, s *segment) {
	t.count(statPageCommitted, -int64(s.infoSlices*sliceSize))
}
