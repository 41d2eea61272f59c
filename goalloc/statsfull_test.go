// Tests of full statistics. See doc.go for an overview.

package goalloc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// balanced fails unless the thread counts as many blocks and bytes freed as given.
func balanced(t *testing.T, m *Thread, what string) {
	t.Helper()
	for _, id := range []statID{statNormal, statLarge, statHuge, statMalloc} {
		require.Zero(t, m.stats.stats[id].current, "%s, statistic %d", what, id)
	}
	for bin, n := range m.stats.bins {
		require.Zero(t, n.current, "%s, size class %d", what, bin)
	}
}

// A block counts by its kind and by what the program may use, in a padded build without the padding.
func TestCountsByKind(t *testing.T) {
	for name, c := range map[string]struct {
		profile      *Profile
		size         uintptr
		kind         statID
		events       tallyID
		room, usable int64
		bin          int // 0 for none
	}{
		"small":        {Profile20Stats(), 100, statNormal, tallyNormal, 112, 112, 11},
		"medium":       {Profile20Stats(), 100 << 10, statNormal, tallyNormal, 112 << 10, 112 << 10, 51},
		"large":        {Profile20Stats(), 200 << 10, statLarge, tallyLarge, 256 << 10, 256 << 10, 0},
		"huge":         {Profile20Stats(), 17 << 20, statHuge, tallyHuge, 17 << 20, 17 << 20, 0},
		"padded small": {Profile20Padded(), 100, statNormal, tallyNormal, 104, 100, 11},
		"padded large": {Profile20Padded(), 200 << 10, statLarge, tallyLarge, 256<<10 - 8, 200 << 10, 0},
	} {
		m := simulatedAs(t, c.profile).Main()
		a := m.Malloc(c.size)
		require.Equal(t, c.room, m.stats.stats[c.kind].current, name)
		require.EqualValues(t, 1, m.stats.tallies[c.events].count, name)
		require.Equal(t, c.usable, m.stats.stats[statMalloc].current, name)
		if c.bin > 0 {
			require.EqualValues(t, 1, m.stats.bins[c.bin].current, name)
		}
		require.EqualValues(t, 1, m.stats.stats[statPages].current, name)
		m.Free(a)
		balanced(t, m, name)
		m.Collect(true)
		require.Zero(t, m.stats.stats[statPages].current, name)
		require.Zero(t, m.stats.stats[statPageCommitted].current, name)
	}
}

func TestReleaseCountsNoBlocks(t *testing.T) {
	m := simulated(t).Main()
	m.Free(m.Malloc(100))
	require.Nil(t, m.stats.bins)
	require.Equal(t, tally{}, m.stats.tallies[tallyNormal])
	require.Equal(t, stat{}, m.stats.stats[statMalloc])
}

// Searches count the pages they look at, a kept page once, a grown one each time.
func TestCountsOfPages(t *testing.T) {
	p := simulatedAs(t, Profile20Stats())
	m := p.Main()
	blocks := make([]Addr, 10)
	for i := range blocks {
		blocks[i] = m.Malloc(16 << 10)
	}
	// A page has four such blocks: searched three times in vain, of which twice a page is full.
	require.Equal(t, tally{total: 2, count: 3}, m.stats.tallies[tallySearches])
	require.Equal(t, tally{total: 3, count: 3}, m.stats.tallies[tallyPagesExtended])
	require.EqualValues(t, 3, m.stats.stats[statPages].current)
	m.freeAll(blocks...)
	require.EqualValues(t, 1, p.stats.tallies[tallyPageNoRetire].count.AtRest())
	require.EqualValues(t, 1, p.stats.tallies[tallyMmapCalls].count.AtRest())
}

// Size classes are merged and reset with the rest.
func TestBinsAreMerged(t *testing.T) {
	p := simulatedAs(t, Profile20Stats())
	th := p.NewThread()
	th.Malloc(100)
	th.MergeStats()
	require.Nil(t, th.stats.bins)
	require.Equal(t, stat{allocated: 1, peak: 1, current: 1}, p.stats.bins[11].atRest())
	require.Equal(t, StateEntry{Field: StateField(firstBin + 11), Pos: partCurrent, Value: 1},
		p.Stats([]*Thread{p.Main(), th})[len(p.Stats([]*Thread{p.Main(), th}))-1])
	p.Main().ResetStats()
	require.Empty(t, p.Stats([]*Thread{p.Main(), th}))
}

// What is destroyed with its heap counts as freed, if the quirk is off, whatever it is.
func TestDestroyCountsFixed(t *testing.T) {
	for _, profile := range []*Profile{Profile20Stats(), Profile20Padded()} {
		profile.Quirks &^= DestroyCounts | AlignedCounted
		p := simulatedAs(t, profile)
		m, other := p.Main(), p.NewThread()
		h, ok := m.NewHeap()
		require.True(t, ok)
		full := make([]Addr, 100)
		for i := range full {
			full[i] = h.Malloc(1000)
		}
		h.MallocAligned(100, 64)
		h.Malloc(200 << 10)
		h.Malloc(17 << 20)
		other.freeAll(full[:5]...) // one on the heap's list, the others on the page's
		h.Destroy()
		m.MergeStats()
		other.MergeStats()
		for _, id := range []statID{statNormal, statLarge, statHuge, statMalloc} {
			require.Zero(t, totalOf(p, id).current, "%s, statistic %d", profile.Name, id)
		}
	}
}

// A thread that ends with a heap starts anew only with the quirk, which leaves a record behind.
func TestEndedRestarts(t *testing.T) {
	for _, quirk := range []Quirk{EndedRestarts, 0} {
		profile := Profile20Stats()
		profile.Quirks = profile.Quirks&^EndedRestarts | quirk
		p := simulatedAs(t, profile)
		th := p.NewThread()
		_, ok := th.NewHeap()
		require.True(t, ok)
		th.Done()
		require.Equal(t, quirk != 0, th.backing != nil)
		require.Equal(t, quirk != 0, th.stats.stats[statMalloc].freed > 0, "counted where it is freed")
	}
}
