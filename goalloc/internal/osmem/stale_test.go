// Tests of what headers may keep. See osmem.go for an overview.

//go:build !explore

package osmem

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/goalloc/internal/raw"
)

func TestStale(t *testing.T) {
	type part struct{ from, to uintptr }
	parts := func(a raw.Addr, n uintptr) (all []part) {
		for from, to := range Stale(a, n) {
			all = append(all, part{from, to})
		}
		return all
	}
	const seg = raw.Addr(SegmentAlign)
	require.Equal(t, []part{{StaleFrom, StaleTo}}, parts(seg, SegmentAlign))
	require.Equal(t, []part{{StaleFrom, 100}}, parts(seg, 100), "what is cut off")
	require.Equal(t, []part{{64<<10 + StaleFrom, 64<<10 + StaleTo}}, parts(seg-64<<10, SegmentAlign))
	require.Len(t, parts(seg+1, 3*SegmentAlign), 2)
	require.Empty(t, parts(seg+1, SegmentAlign-1))
	require.Empty(t, parts(seg, StaleFrom))
}

// Fresh memory reads zero there, though it was written to in the run before, or given back.
func TestStaleIsFresh(t *testing.T) {
	s := newSim(t)
	a, _ := s.Map(true, 2*SegmentAlign, true)
	header := a + SegmentAlign + StaleFrom
	raw.Store(header, 1)
	require.NoError(t, s.Pristine())
	b, _ := s.Map(true, 2*SegmentAlign, true)
	require.Equal(t, a, b)
	require.Zero(t, raw.Load(header))
	raw.Store(header, 2)
	s.Protect(b, 2*SegmentAlign, false)
	require.EqualValues(t, 2, raw.Load(header), "it is only out of reach")
	s.Decommit(b, 2*SegmentAlign)
	require.Zero(t, raw.Load(header))
}
