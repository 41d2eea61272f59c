// Which page serves a request. See doc.go for an overview.

package goalloc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStartOffset(t *testing.T) {
	for size, want := range map[uintptr]uintptr{0: 0, 1: 0, 7: 0, 8: 384, 48: 384, 1024: 384, 1025: 0,
		1280: 0, 1 << 20: 0} {
		require.Equal(t, want, firstFit{}.startOffset(0, sliceSize, size), "blocks of %d", size)
	}
}

// The first page with a free block is taken, in queue order, whatever the others offer.
func TestSearchTakesTheFirstPageWithRoom(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	pages := [][]Addr{m.mallocN(4, 16<<10), m.mallocN(4, 16<<10), m.mallocN(4, 16<<10)}
	m.mallocN(1, 16<<10)
	m.Free(pages[2][1])
	m.Free(pages[0][1])
	m.Free(pages[0][2])
	// The queue is now: the fourth page, with three blocks, then the third and the first.
	m.mallocN(3, 16<<10)
	require.Equal(t, pages[2][1], m.Malloc(16<<10))
	require.Equal(t, pages[0][2], m.Malloc(16<<10), "last freed, first used")
	require.Equal(t, pages[0][1], m.Malloc(16<<10))
}

// A page is asked for what other threads freed before it counts as full.
func TestSearchCollectsBeforeItGivesUp(t *testing.T) {
	p := simulated(t)
	m, other := p.Main(), p.NewThread()
	b := m.mallocN(4, 16<<10)
	other.freeAll(b[1], b[3])
	require.Equal(t, b[3], m.Malloc(16<<10), "of the page's list, taken when the heap's was freed")
	require.Equal(t, b[1], m.Malloc(16<<10), "of the heap's delayed list")
	require.Zero(t, m.backing.queues[binFull].first)
}

// A search is one tick for retired pages only when it ends with a fresh page.
func TestSearchTicksOnlyWhenItFindsNoPage(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	m.mallocN(1, 2048)
	a := m.Malloc(48)
	m.Free(a)
	for range 8 { // finds room in the 2K page, at last by threading more of it
		m.Malloc(2048)
		require.EqualValues(t, 9, pageOfBlock(a).retireExpire)
	}
	m.Malloc(5000)
	require.EqualValues(t, 8, pageOfBlock(a).retireExpire)
}

// The page that a search takes is in use again: its countdown ends.
func TestSearchEndsTheCountdown(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	a := m.Malloc(20 << 10)
	m.Free(a)
	require.EqualValues(t, 3, pageOfBlock(a).retireExpire)
	require.Equal(t, a+20<<10, m.Malloc(20<<10), "its free list is used up first")
	require.Zero(t, pageOfBlock(a).retireExpire)
}

// When the tick of a search frees a retired page, the fresh page can lie there.
func TestRetiredPageMakesRoom(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	a := m.Malloc(100 << 10)
	m.Free(a)
	m.mallocN(1, 2048)
	m.mallocN(1, 4096)
	b := m.Malloc(8192) // third tick
	require.Equal(t, a, b, "the first of the eight slices that the medium page had")
}
