// The map of segments. See doc.go for an overview.

package goalloc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestIsInHeapRegion(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	require.False(t, m.IsInHeapRegion(0))
	require.False(t, m.IsInHeapRegion(p.Base()+64), "no segment yet")
	for _, size := range []uintptr{48, 5000, 200_000, 20 << 20, 100 << 20} {
		a := m.Malloc(size)
		for _, at := range []uintptr{0, size / 2, size - 1} {
			require.True(t, m.IsInHeapRegion(a+Addr(at)), "%d of %d", at, size)
		}
		m.Free(a)
	}
	a := m.Malloc(100 << 20)
	end := a + Addr(m.UsableSize(a))
	require.False(t, m.IsInHeapRegion(end+segmentSize), "past a huge segment")
	m.Free(a)
	require.False(t, m.IsInHeapRegion(a))
	require.False(t, m.IsInHeapRegion(p.bias+20<<40), "beyond what the map covers")
	require.False(t, m.IsInHeapRegion(^Addr(0)))
	m.Collect(true)
	for i := range p.segments.words {
		require.Zero(t, p.segments.words[i].AtRest(), "word %d", i)
	}
}

// A block across words of the map is one region, but for the quirk.
func TestRegionAcrossWords(t *testing.T) {
	for _, quirk := range []bool{true, false} {
		p := simulated(t)
		if !quirk {
			p.Without(RegionWord)
		}
		m := p.Main()
		a := m.Malloc(5 << 30)
		edge := p.bias + (a-p.bias+1<<mapShift-1)>>mapShift<<mapShift
		require.Less(t, edge, a+3<<30)
		require.True(t, m.IsInHeapRegion(edge))
		require.Zero(t, m.TakeEvents().Quirks)
		require.Equal(t, !quirk, m.IsInHeapRegion(edge+1))
		require.Equal(t, quirk, m.TakeEvents().Quirks == RegionWord)
		require.False(t, m.IsInHeapRegion(a+6<<30), "past the end")
		require.Zero(t, m.TakeEvents().Quirks, "both say no")
	}
}

func TestCfree(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	a := m.Malloc(48)
	m.Cfree(a)
	require.Equal(t, a, pageOfBlock(a).localFree, "freed")
	m.Cfree(0)
	m.Cfree(p.Base() + 40<<30)
}
