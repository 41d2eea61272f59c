// Spans: splitting, coalescing, and the order of the queues. See doc.go for an overview.

package goalloc

import (
	"testing"

	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
)

// A page takes the low end of the smallest span that will do; the rest goes back to the front.
func TestSplit(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	s.say("a page of 64K takes the first slice after the header")
	a := m.Malloc(16 << 10)
	s.show()
	s.say("a medium one the next eight, a large one of 1M the next sixteen")
	b, c := m.Malloc(100<<10), m.Malloc(1<<20)
	s.show()
	s.say("the medium page goes: eight slices in queue 8")
	m.Free(b)
	m.Collect(false)
	s.show()
	s.say("200K need 4 slices: the span of 8 is split, its tail goes to queue 4")
	d := m.Malloc(200 << 10)
	s.show()
	s.say("a page of 64K takes one of the 4, although the big span has room as well")
	e := m.Malloc(8 << 10)
	s.show()
	m.freeAll(a, c, d, e)
	s.end()
}

func TestCoalesce(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	b := m.mallocN(5, 512<<10) // five large pages of eight slices
	s.say("five pages")
	s.show()
	s.say("the second goes: no free neighbour")
	m.Free(b[1])
	s.show()
	s.say("the third goes: merged with the one before")
	m.Free(b[2])
	s.show()
	s.say("the first goes: merged with the one after")
	m.Free(b[0])
	s.show()
	s.say("the fifth goes: merged with the rest of the segment")
	m.Free(b[4])
	s.show()
	s.say("a page in the first span keeps the segment alive")
	keep := m.Malloc(16 << 10)
	s.show()
	s.say("the fourth goes: merged with both")
	m.Free(b[3])
	s.show()
	m.Free(keep)
	s.end()
}

// Queues are last in, first out; a span that is too small for a request is passed over.
func TestSpanQueueOrder(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	const mib = 1 << 20
	var pages []Addr
	for _, size := range []uintptr{3 * mib / 2, mib / 2, 3 * mib / 2, mib / 2} {
		pages = append(pages, m.Malloc(size))
	}
	s.say("pages of 24 slices, with others between")
	s.show()
	s.say("the second of them is freed, then the first: last in, first in the queue")
	m.freeAll(pages[2], pages[0])
	s.show()
	s.say("a small page takes from the first; the 23 slices that are left go to the front again")
	m.Malloc(48)
	s.show()
	s.say("24 slices: the span of 23 in the same queue is passed over")
	m.Malloc(3 * mib / 2)
	s.show()
	s.end()
}

func TestSpanFind(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	small := m.Malloc(512 << 10) // 8 slices
	m.Malloc(1 << 20)
	m.Free(small)
	s := segmentOf(small)
	for _, c := range []struct{ count, index uintptr }{{9, 25}, {8, 1}, {1, 34}, {300, 35}} {
		pg := m.spanFind(c.count, NoArena)
		require.Equal(t, c.index, s.index(pg), "%d slices", c.count)
		require.EqualValues(t, c.count, pg.sliceCount)
	}
	require.Nil(t, m.spanFind(300, NoArena), "not in this segment any more")
}

func TestSpansOfAHugeSegmentAreInNoQueue(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	a := m.Malloc(20 << 20)
	s := segmentOf(a)
	require.True(t, s.huge)
	for bin := range m.spans {
		require.Zero(t, m.spans[bin].first)
	}
	r := m.spanCoalesce(s.slice(1))
	require.Equal(t, raw.Of(s.slice(1)), raw.Of(r))
	require.Zero(t, r.blockSize)
}

// The records of a page's slices lead back to its first, up to 255 of them and the last.
func TestBackOffsets(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	for _, size := range []uintptr{100 << 10, 1 << 20, 15 << 20, 16 << 20, 17 << 20, 40 << 20} {
		a := m.Malloc(size)
		s := segmentOf(a)
		pg := s.pageOf(a)
		first, count := s.index(pg), uintptr(pg.sliceCount)
		for i := uintptr(1); i < min(count, 256); i++ {
			require.EqualValues(t, i*pageSize, s.slice(first+i).sliceOffset, "slice %d of %d bytes", i, size)
		}
		last := min(first+count-1, slicesPerSegment)
		require.EqualValues(t, (last-first)*pageSize, s.slice(last).sliceOffset,
			"last slice of %d bytes", size)
	}
	requireInvariants(t, p, []*Thread{m}, nil)
}
