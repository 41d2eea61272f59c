// Statistics: what each thread and the whole process count. See doc.go for an overview.

package goalloc

import "midiff/goalloc/internal/atom"

// statID numbers the statistics that go up and down, in the reference's order.
type statID uint8

const (
	statSegments statID = iota
	statPages
	statReserved
	statCommitted
	statReset
	statPageCommitted
	statSegmentsAbandoned
	statPagesAbandoned
	statThreads
	statNormal
	statHuge
	statLarge
	statMalloc
	statSegmentsCache // counted nowhere
	numStats
)

// tallyID numbers the statistics that only go up.
type tallyID uint8

const (
	tallyPagesExtended tallyID = iota
	tallyMmapCalls
	tallyCommitCalls
	tallyPageNoRetire
	tallySearches
	tallyNormal
	tallyHuge
	tallyLarge
	tallyResetCalls // from here on counted by later versions alone, and not in what is compared with 2.0's
	tallyPurgeCalls
	tallyPurged
	tallyArenaCount
	tallyArenaPurges
	numTallies

	talliesTold = tallyResetCalls
)

// stat is a statistic of one thread: current is allocated less freed, peak the most that current was.
type stat struct{ allocated, freed, peak, current int64 }

// tally counts events and what they add up to.
type tally struct{ total, count int64 }

// threadStats are what a thread has counted since its start or since it last handed its numbers to the
// process.
type threadStats struct {
	stats   [numStats]stat
	tallies [numTallies]tally
	bins    []stat // blocks by size class; nil until one is counted
}

// processStats are the totals: what all threads count together, and what ended threads had counted. In
// a release build only some are ever touched, and of pages and pageCommitted only what goes down: the
// other half is compiled out in the reference.
type processStats struct {
	stats   [numStats]sharedStat
	tallies [numTallies]sharedTally
	bins    [statBins]sharedStat
}

// statBins is how many size classes are counted apart.
const statBins = binHuge + 1

type sharedStat struct{ allocated, freed, peak, current atom.U64 }

type sharedTally struct{ total, count atom.U64 }

// count adds to a statistic of the thread.
//
// Counterpart: _mi_stat_increase, _mi_stat_decrease.
func (t *Thread) count(id statID, amount int64) { t.stats.stats[id].add(amount) }

// add changes a number that goes up and down.
//
// Counterpart: mi_stat_update, thread-local.
func (s *stat) add(amount int64) {
	s.current += amount
	s.peak = max(s.peak, s.current)
	if amount > 0 {
		s.allocated += amount
	} else {
		s.freed -= amount
	}
}

// count adds to a total. The four words are no snapshot together: another thread may read them between
// two additions.
//
// Counterpart: mi_stat_update, main.
func (p *Process) count(id statID, amount int64) {
	if amount == 0 {
		return
	}
	s := &p.stats.stats[id]
	now := int64(s.current.AddRlx(atom.StatCurrentAdd, uint64(amount))) + amount
	peak := s.peak.LoadRlx(atom.StatPeakLoad)
	for int64(peak) < now && !s.peak.CasRel(atom.StatPeakRaise, &peak, uint64(now)) {
	}
	if amount > 0 {
		s.allocated.AddRlx(atom.StatAllocatedAdd, uint64(amount))
	} else {
		s.freed.AddRlx(atom.StatFreedAdd, uint64(-amount))
	}
}

// tally counts an event in a total.
//
// Counterpart: _mi_stat_counter_increase, main.
func (p *Process) tally(id tallyID, amount int64) {
	s := &p.stats.tallies[id]
	s.count.AddRlx(atom.StatCountAdd, 1)
	s.total.AddRlx(atom.StatTotalAdd, uint64(amount))
}

// MergeStats adds what the thread has counted to the totals and lets it begin anew. A new thread is
// initialised by the call; nothing happens when there is no memory for that.
//
// Counterpart: mi_stats_merge.
func (t *Thread) MergeStats() {
	if t.Init(); t.backing != nil {
		t.mergeStats()
	}
}

// MergeStats adds what the threads have counted to the totals, but for those that have not started. Numbers with no
// thread are nil.
//
// Counterpart: mi_stats_merge, called in each thread.
func (p *Process) MergeStats(threads []*Thread) {
	for _, t := range threads {
		if t != nil && t.heap != p.emptyHeap {
			t.MergeStats()
		}
	}
}

// mergeStats adds the thread's numbers to the totals.
//
// Counterpart: mi_stats_merge_from.
func (t *Thread) mergeStats() {
	for i := range t.stats.stats {
		t.prof.counts.merge(&t.proc.stats.stats[i], &t.stats.stats[i])
	}
	for i := range t.stats.bins {
		t.prof.counts.merge(&t.proc.stats.bins[i], &t.stats.bins[i])
	}
	for i := range t.stats.tallies {
		from, to := &t.stats.tallies[i], &t.proc.stats.tallies[i]
		if *from == (tally{}) {
			continue // the reference adds the zeros
		}
		to.total.AddRlx(atom.StatTotalMerge, uint64(from.total))
		to.count.AddRlx(atom.StatCountMerge, uint64(from.count))
	}
	t.stats = threadStats{}
}

// ResetStats sets the thread's numbers and the totals to zero. A new thread is initialised by the call;
// nothing happens when there is no memory for that.
//
// Counterpart: mi_stats_reset.
func (t *Thread) ResetStats() {
	if t.Init(); t.backing == nil {
		return
	}
	t.stats = threadStats{}
	// The reference clears the totals without atomics: who counts at the same time may be lost.
	for i := range t.proc.stats.stats {
		t.proc.stats.stats[i].clear()
	}
	for i := range t.proc.stats.bins {
		t.proc.stats.bins[i].clear()
	}
	for i := range t.proc.stats.tallies {
		s := &t.proc.stats.tallies[i]
		s.total.StoreRlx(atom.StatTotalClear, 0)
		s.count.StoreRlx(atom.StatCountClear, 0)
	}
}

// clear sets a total to zero.
//
// Counterpart: none, a part of mi_stats_reset.
func (s *sharedStat) clear() {
	s.allocated.StoreRlx(atom.StatAllocatedClear, 0)
	s.freed.StoreRlx(atom.StatFreedClear, 0)
	s.peak.StoreRlx(atom.StatPeakClear, 0)
	s.current.StoreRlx(atom.StatCurrentClear, 0)
}
