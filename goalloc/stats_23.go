// What 2.3 counts, and how it tells it. See doc.go for an overview.

package goalloc

import "midiff/goalloc/internal/atom"

// counts23 is the statistics policy of 2.3.
type counts23 struct{}

// merge takes the thread's peak for one on top of what all count now.
//
// Counterpart: mi_stat_count_add_mt.
func (counts23) merge(to *sharedStat, from *stat) {
	if *from == (stat{}) {
		return // the reference adds the zeros
	}
	to.allocated.AddRlx(atom.StatTotalMerge23, uint64(from.allocated))
	peak := int64(to.current.AddRlx(atom.StatCurrentMerge23, uint64(from.current))) + from.peak
	for had := to.peak.LoadRlx(atom.StatPeakMergeLoad23); int64(had) < peak; {
		if to.peak.CasRel(atom.StatPeakMerge23, &had, uint64(peak)) {
			break
		}
	}
}

// mapped is counted.
//
// Counterpart: none, a part of mi_os_prim_alloc_at.
func (counts23) mapped(t *Thread) { t.proc.tally(tallyMmapCalls, 1) }

// reset is counted.
//
// Counterpart: none, a part of _mi_os_reset.
func (counts23) reset(t *Thread) { t.proc.tally(tallyResetCalls, 1) }

// pageCleared takes the page from those of its size class, to which only builds with full statistics add it.
//
// Counterpart: none, a part of mi_segment_page_clear.
func (counts23) pageCleared(t *Thread, p *page) { t.stats.bin(uintptr(p.bin), -1) }

// largeMade counts the block, which nothing takes out again: that is left to builds with full statistics.
//
// Counterpart: none, a part of mi_large_huge_page_alloc.
func (counts23) largeMade(t *Thread, p *page) {
	if p == nil {
		return
	}
	t.count(statHuge, int64(t.room(p)))
	n := &t.stats.tallies[tallyHuge]
	n.total++
	n.count++
}

// refused counts what the OS has committed.
//
// Counterpart: none, a part of _mi_os_commit_ex.
func (counts23) refused(*Thread) bool { return false }

// segmentFreed leaves the header in.
//
// Counterpart: none, a line that is commented out in mi_segment_free.
func (counts23) segmentFreed(*Thread, *segment) {}

// Statistic is a number of the process: how much it went up in all, the most that it was and what it is. One that
// only goes up has Total alone.
type Statistic struct {
	Name                 string
	Total, Peak, Current int64
}

// statNames23 are the statistics of 2.3 that a release build counts, by the names of mimalloc-stats.h.
var statNames23 = []struct {
	name string
	of   statID
}{
	{"pages", statPages}, {"reserved", statReserved}, {"committed", statCommitted},
	{"page_committed", statPageCommitted}, {"pages_abandoned", statPagesAbandoned}, {"threads", statThreads},
	{"malloc_huge", statHuge}, {"segments", statSegments}, {"segments_abandoned", statSegmentsAbandoned},
}

var tallyNames23 = []struct {
	name string
	of   tallyID
}{
	{"purged", tallyPurged}, {"mmap_calls", tallyMmapCalls}, {"commit_calls", tallyCommitCalls},
	{"reset_calls", tallyResetCalls}, {"purge_calls", tallyPurgeCalls}, {"arena_count", tallyArenaCount},
	{"malloc_huge_count", tallyHuge}, {"arena_purges", tallyArenaPurges},
}

// Statistics gives the totals of a process at rest by the names of 2.3: what threads have counted and not yet
// merged is not in them. page_bins are in the order of the size classes.
//
// Counterpart: mi_stats_get.
func (p *Process) Statistics() (all []Statistic, pageBins []Statistic) {
	for _, n := range statNames23 {
		all = append(all, p.stats.stats[n.of].told(n.name))
	}
	all = append(all, Statistic{Name: "reset", Total: int64(p.stats.stats[statReset].allocated.AtRest())})
	for _, n := range tallyNames23 {
		all = append(all, Statistic{Name: n.name, Total: int64(p.stats.tallies[n.of].total.AtRest())})
	}
	for i := range p.stats.bins {
		pageBins = append(pageBins, p.stats.bins[i].told("page_bins"))
	}
	return all, pageBins
}

// told is a number that goes up and down.
//
// Counterpart: none, a copy there.
func (s *sharedStat) told(name string) Statistic {
	a := s.atRest()
	return Statistic{name, a.allocated, a.peak, a.current}
}
