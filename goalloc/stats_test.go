package goalloc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// totalOf is a total of the process, at rest.
func totalOf(p *Process, id statID) stat {
	s := &p.stats.stats[id]
	return stat{int64(s.allocated.AtRest()), int64(s.freed.AtRest()), int64(s.peak.AtRest()),
		int64(s.current.AtRest())}
}

func TestTotalsOfMemory(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	a := m.Malloc(48)
	require.Equal(t, stat{allocated: 32 << 20, peak: 32 << 20, current: 32 << 20}, totalOf(p, statReserved))
	require.Equal(t, totalOf(p, statReserved), totalOf(p, statCommitted))
	m.Free(a)
	m.Collect(true)
	require.Equal(t, stat{32 << 20, 32 << 20, 32 << 20, 0}, totalOf(p, statReserved))
	require.Equal(t, totalOf(p, statReserved), totalOf(p, statCommitted))
	require.Zero(t, totalOf(p, statSegments), "the thread's own, until it is merged")
	require.Equal(t, stat{1, 1, 1, 0}, m.stats.stats[statSegments])
}

// A segment that is committed piecemeal counts what is committed, and each commit.
func TestCommittedCountsParts(t *testing.T) {
	p := simulated(t)
	require.NoError(t, p.SetOption("eager_commit", 0))
	a := p.Main().Malloc(48)
	require.EqualValues(t, 1<<20, totalOf(p, statCommitted).current)
	require.EqualValues(t, 2, p.stats.tallies[tallyCommitCalls].count.AtRest())
	require.EqualValues(t, 64<<10, totalOf(p, statCommitted).freed, "the header was counted before")
	b := p.Main().Malloc(4 << 20)
	require.EqualValues(t, 5<<20, totalOf(p, statCommitted).current)
	p.Main().freeAll(a, b)
	p.Main().Collect(true)
	require.Zero(t, totalOf(p, statCommitted).current)
	require.EqualValues(t, 5<<20, totalOf(p, statCommitted).peak)
}

// A reset is counted and never uncounted; a refused decommit counts as done.
func TestCountsOfGivingBack(t *testing.T) {
	p := simulated(t)
	a := p.Base()
	p.Main().osReset(a+100, 10000)
	require.Equal(t, stat{allocated: 4096, peak: 4096, current: 4096}, totalOf(p, statReset))
	p.SetFaults([]Fault{{Kind: "madvise", N: 2, Errno: enomem}})
	p.Main().osDecommit(a+100, 10000)
	require.Equal(t, stat{freed: 10000, current: -10000}, totalOf(p, statCommitted), "also what is not whole pages")
	p.SetFaults([]Fault{{Kind: "mprotect", N: 1, Errno: enomem}})
	require.False(t, p.Main().osCommit(a, 10000))
	require.Zero(t, totalOf(p, statCommitted).current, "a refused commit counts, too")
}

func TestThreadsAreCounted(t *testing.T) {
	p := simulated(t)
	th := p.NewThread()
	th.Init()
	require.Equal(t, stat{allocated: 1, peak: 1, current: 1}, totalOf(p, statThreads))
	th.Done()
	require.Equal(t, stat{1, 1, 1, 0}, totalOf(p, statThreads))
	th.Close()
	require.EqualValues(t, -1, totalOf(p, statThreads).current, "the quirk ExitCountsTwice")
	fixed := simulatedAs(t, without(ExitCountsTwice))
	th = fixed.NewThread()
	th.Init()
	th.Close()
	require.Zero(t, totalOf(fixed, statThreads).current)
}

// What a thread counted goes to the totals when it merges, and when it ends.
func TestMergeStats(t *testing.T) {
	p := simulated(t)
	th := p.NewThread()
	th.MergeStats()
	require.False(t, th.heap == p.emptyHeap, "initialised by the call")
	a := th.Malloc(48)
	own := th.stats
	require.Equal(t, stat{allocated: 1, peak: 1, current: 1}, own.stats[statSegments])
	require.EqualValues(t, 64<<10, own.stats[statPageCommitted].current)
	th.MergeStats()
	require.Equal(t, threadStats{}, th.stats)
	require.Equal(t, own.stats[statSegments], totalOf(p, statSegments))
	th.Close()
	require.Equal(t, stat{allocated: 1, freed: 1, peak: 1}, totalOf(p, statSegments), "abandoned")
	require.EqualValues(t, 1, totalOf(p, statPagesAbandoned).current)
	require.EqualValues(t, 1, totalOf(p, statSegmentsAbandoned).current)
	m := p.Main()
	m.Free(a)
	m.Collect(true)
	m.MergeStats()
	require.Zero(t, totalOf(p, statPagesAbandoned).current)
	require.Zero(t, totalOf(p, statSegmentsAbandoned).current)
	require.Equal(t, stat{allocated: 2, freed: 2, peak: 2}, totalOf(p, statSegments), "peaks are added")
	require.EqualValues(t, -1, totalOf(p, statPages).current, "only counted down in a release build")
}

func TestResetStats(t *testing.T) {
	p := simulated(t)
	m, th := p.Main(), p.NewThread()
	m.Malloc(20 << 20)
	th.Malloc(20 << 20)
	require.NotEmpty(t, p.Stats([]*Thread{m, th}))
	other := th.stats
	m.ResetStats()
	require.Equal(t, other, th.stats)
	require.Equal(t, threadStats{}, m.stats)
	require.Len(t, p.Stats([]*Thread{m}), 0)
	require.Zero(t, p.StatsHash([]*Thread{m}))
	require.NotZero(t, p.StatsHash([]*Thread{m, th}))
}

// A thread without memory for its record has no statistics: nothing happens.
func TestStatsOfAThreadThatCannotStart(t *testing.T) {
	p := simulated(t)
	p.SetFaults([]Fault{{Kind: "mmap", N: 1, Sticky: true, Errno: enomem}})
	th := p.NewThread()
	th.MergeStats()
	th.ResetStats()
	require.EqualValues(t, 2, totalOf(p, statThreads).current, "counted though it failed")
}

// Every number of the statistics that 2.0 has changes the hash, and has an entry of its own.
func TestStatsHashSeesEveryNumber(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	seen := map[uint64]bool{p.StatsHash([]*Thread{m}): true}
	look := func(word *int64) {
		*word = 1
		h := p.StatsHash([]*Thread{m})
		require.False(t, seen[h])
		seen[h] = true
		require.Len(t, p.Stats([]*Thread{m}), 1)
		*word = 0
	}
	for i := range m.stats.stats {
		s := &m.stats.stats[i]
		for _, w := range []*int64{&s.allocated, &s.freed, &s.peak, &s.current} {
			look(w)
		}
	}
	for i := range m.stats.tallies[:talliesTold] {
		look(&m.stats.tallies[i].total)
		look(&m.stats.tallies[i].count)
	}
	for id := range numStats {
		p.count(id, 1)
		h := p.StatsHash([]*Thread{m})
		require.False(t, seen[h])
		seen[h] = true
	}
	for id := range tallyID(talliesTold) {
		p.tally(id, 1)
		h := p.StatsHash([]*Thread{m})
		require.False(t, seen[h])
		seen[h] = true
	}
}
