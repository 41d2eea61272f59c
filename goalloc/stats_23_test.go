package goalloc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// statistics gives the totals by name, and those of pages by size class.
func statistics(p *Process) (map[string]Statistic, []Statistic) {
	all, bins := p.Statistics()
	named := map[string]Statistic{}
	for _, s := range all {
		named[s.Name] = s
	}
	return named, bins
}

// What a release build of 2.3 counts: of pages and their bytes mostly what goes, of large blocks only what comes.
func TestStatisticsOf23(t *testing.T) {
	p := simulatedAs(t, Profile23())
	m := p.Main()
	before, _ := statistics(p)
	large, small := m.Malloc(1<<20), m.Malloc(40)
	m.Free(large)
	m.MergeStats()
	after, bins := statistics(p)
	require.Equal(t, Statistic{"malloc_huge", 1 << 20, 1 << 20, 1 << 20}, after["malloc_huge"])
	require.Equal(t, Statistic{Name: "malloc_huge_count", Total: 1}, after["malloc_huge_count"])
	require.Equal(t, Statistic{"segments", 1, 1, 1}, after["segments"])
	require.Equal(t, Statistic{Name: "pages", Current: -1}, after["pages"], "peak and total miss pages that are made")
	require.EqualValues(t, 64<<10, after["page_committed"].Total, "the header's")
	require.Equal(t, Statistic{Name: "page_bins", Current: -1}, bins[binHuge])
	require.Greater(t, after["mmap_calls"].Total, before["mmap_calls"].Total)

	th := p.NewThread()
	th.Malloc(40)
	require.Equal(t, after["segments"], func() Statistic { s, _ := statistics(p); return s["segments"] }(), "not merged")
	th.Collect(false)
	merged, _ := statistics(p)
	require.Equal(t, Statistic{"segments", 2, 2, 2}, merged["segments"], "a collection merges")
	m.Free(small)
}
