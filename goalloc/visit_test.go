// Visiting heaps. See doc.go for an overview.

package goalloc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// visited gives the areas and blocks of a heap.
func visited(h Heap, blocks bool) (areas []Area, all []Addr, complete bool) {
	complete = h.VisitBlocks(blocks, func(a *Area, block Addr, _ uintptr) bool {
		if block == 0 {
			areas = append(areas, *a)
		} else {
			all = append(all, block)
		}
		return true
	})
	return areas, all, complete
}

func TestVisitBlocks(t *testing.T) {
	m := simulated(t).Main()
	h, _ := m.NewHeap()
	a, b, c := h.Malloc(100), h.Malloc(100), h.Malloc(20<<20)
	m.Free(a)
	d := h.MallocAligned(100, 4096)
	areas, blocks, complete := visited(h, true)
	require.True(t, complete)
	require.Len(t, areas, 3)
	require.Contains(t, blocks, b)
	require.Contains(t, blocks, c)
	require.NotContains(t, blocks, a)
	require.Len(t, blocks, 3)
	used := uintptr(0)
	for _, x := range areas {
		require.LessOrEqual(t, x.Used*x.BlockSize, x.Committed)
		require.LessOrEqual(t, x.Committed, x.Reserved)
		used += x.Used
	}
	require.EqualValues(t, 3, used)
	inside := false
	for _, x := range blocks {
		inside = inside || x <= d && d < x+5120
	}
	require.True(t, inside, "the aligned block lies in one of them")
	_, none, _ := visited(h, false)
	require.Empty(t, none)
	n := 0
	require.False(t, h.VisitBlocks(true, func(*Area, Addr, uintptr) bool { n++; return n < 2 }), "stopped")
	require.Equal(t, 2, n)
}

func TestVisitQuirks(t *testing.T) {
	for _, quirks := range []Quirk{0, VisitEmpty | VisitStale} {
		p := simulated(t)
		p.Without(quirks)
		m, other := p.Main(), p.NewThread()
		h, _ := m.NewHeap()
		_, _, complete := visited(h, true)
		require.Equal(t, quirks != 0, complete)
		a, b, c := h.Malloc(48), h.Malloc(48), h.Malloc(48)
		other.Free(a)
		areas, blocks, _ := visited(h, true)
		other.Free(b)
		stale, _, _ := visited(h, false)
		if quirks == 0 {
			require.EqualValues(t, 3, areas[0].Used)
			require.Equal(t, []Addr{a, b, c}, blocks)
			require.EqualValues(t, 3, stale[0].Used)
			require.Equal(t, VisitEmpty|VisitStale, m.TakeEvents().Quirks&(VisitEmpty|VisitStale))
		} else {
			require.EqualValues(t, 2, areas[0].Used)
			require.Equal(t, []Addr{b, c}, blocks)
			require.EqualValues(t, 1, stale[0].Used)
		}
	}
}
