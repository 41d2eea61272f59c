// The cache of freed segments. See doc.go for an overview.

//go:build !explore

package goalloc

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Segments go into the lowest free slot and come from the lowest filled one.
func TestCacheOrder(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	b := m.mallocN(4, 16<<20) // each fills more than half a segment
	m.freeAll(b[2], b[0], b[3])
	require.Equal(t, []int{0, 1, 2}, filledSlots(cacheOf(p)))
	require.Equal(t, b[2], m.Malloc(16<<20))
	require.Equal(t, []int{1, 2}, filledSlots(cacheOf(p)))
	m.Free(b[1])
	require.Equal(t, []int{0, 1, 2}, filledSlots(cacheOf(p)))
	require.Equal(t, []Addr{b[1], b[0], b[3]}, m.mallocN(3, 16<<20))
	requireInvariants(t, p, []*Thread{m}, nil)
}

func TestCacheIsBounded(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	b := m.mallocN(cacheSlots+2, 16<<20)
	m.freeAll(b[:cacheSlots]...)
	calls := memoryCalls(p)
	m.Free(b[cacheSlots])
	require.Equal(t, calls+1, memoryCalls(p), "the cache is full: unmapped")
	require.Len(t, filledSlots(cacheOf(p)), cacheSlots)
	requireInvariants(t, p, []*Thread{m}, held{b[cacheSlots+1]: 16 << 20})
	m.Collect(true)
	require.Empty(t, filledSlots(cacheOf(p)))
	require.Equal(t, calls+1+cacheSlots, memoryCalls(p))
}

// The delay starts with the push; without delay the segment is decommitted at once.
func TestSegmentDecommitDelay(t *testing.T) {
	for _, c := range []struct {
		delay, expire int64
		committed     bool
	}{{500, 1500, true}, {1, 1001, true}, {0, 0, false}} {
		t.Run(fmt.Sprint(c.delay), func(t *testing.T) {
			p := simulated(t)
			require.NoError(t, p.SetOption("segment_decommit_delay", c.delay))
			m := p.Main()
			a := m.Malloc(16 << 20)
			m.Free(a)
			slot := &cacheOf(p).slots[0]
			require.EqualValues(t, c.expire, slot.expire.LoadSC(look))
			require.Equal(t, c.committed, slot.commit.isFull())
			require.Equal(t, !c.committed, slot.commit.isEmpty())
			require.Equal(t, c.committed, p.Committed(a, 16<<20))
			require.Equal(t, a, m.Malloc(16<<20))
			require.True(t, p.Committed(a, 16<<20))
			requireInvariants(t, p, []*Thread{m}, held{a: 16 << 20})
		})
	}
}

// A push looks at 16 slots from a place that the clock gives, and drops five at most.
func TestPurgeOnPush(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	const n = 40
	b := m.mallocN(n+1, 16<<20)
	m.freeAll(b[:n]...)
	p.Tick(500)
	start := 0
	for start == 0 || start > n-purgeProbes { // a time at which all 16 slots are filled
		p.Tick(1)
		start = int(shuffle(uint64(m.now())) % cacheSlots)
	}
	m.Free(b[n])
	var dropped []int
	for i := range n {
		if cacheOf(p).slots[i].commit.isEmpty() {
			dropped = append(dropped, i)
		}
	}
	require.Equal(t, []int{start, start + 1, start + 2, start + 3, start + 4}, dropped)
	m.Collect(false)
	for i := range n {
		require.True(t, cacheOf(p).slots[i].commit.isEmpty(), "a collect drops all that expired")
	}
	require.True(t, cacheOf(p).slots[n].commit.isFull(), "but not the new one")
	requireInvariants(t, p, []*Thread{m}, held{})
}

func TestPurgeWrapsAround(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	b := m.mallocN(4, 16<<20)
	m.freeAll(b[:3]...)
	p.Tick(500)
	for s := uint64(0); s < cacheSlots-8; s = shuffle(uint64(m.now())) % cacheSlots {
		p.Tick(1)
	}
	m.Free(b[3])
	require.True(t, cacheOf(p).slots[0].commit.isEmpty(), "past the last slot comes the first")
}

// A slot that someone holds is left alone.
func TestPurgeOfATakenSlot(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	m.Free(m.Malloc(16 << 20))
	p.Tick(500)
	c := cacheOf(p)
	require.True(t, bitmap(c.taken[:]).claim(0))
	c.purge(m, true)
	require.True(t, c.slots[0].commit.isFull())
	bitmap(c.taken[:]).unclaim(0)
	c.purge(m, true)
	require.True(t, c.slots[0].commit.isEmpty())
}

func TestNoPurgeWithoutDecommit(t *testing.T) {
	p := simulated(t)
	require.NoError(t, p.SetOption("allow_decommit", 0))
	m := p.Main()
	m.Free(m.Malloc(16 << 20))
	require.Zero(t, cacheOf(p).slots[0].expire.LoadSC(look))
	p.Tick(10_000)
	m.Collect(false)
	require.True(t, cacheOf(p).slots[0].commit.isFull())
}

// What is pending when a segment is freed is pending when it is used again.
func TestCacheKeepsPendingDecommits(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	b := m.mallocN(2, 8<<20)
	m.Free(b[0])
	s := segmentOf(b[1])
	want := s.decommitMask
	require.False(t, want.isEmpty())
	m.Free(b[1])
	slot := &cacheOf(p).slots[0]
	require.True(t, slot.decommit.hasAll(&want))
	require.True(t, slot.commit.isFull())
}

func TestHugeAndOverAlignedSegmentsAreNotCached(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	m.Free(m.Malloc(32<<20 - 64<<10)) // as many slices as a normal segment
	m.Free(m.Default().MallocAligned(100, 32<<20))
	require.Empty(t, filledSlots(cacheOf(p)))
}

// The mixing function of the purge's starting place, against values of the reference's.
func TestShuffle(t *testing.T) {
	seen := map[uint64]bool{}
	for x := range uint64(2000) {
		seen[shuffle(x)%cacheSlots] = true
	}
	require.Greater(t, len(seen), 800, "it spreads over the slots")
	require.Equal(t, shuffle(17), shuffle(0))
	require.Equal(t, uint64(0x5692161d100b05e5), shuffle(1), "splitmix64's finaliser")
}

func TestBitmap(t *testing.T) {
	b := make(bitmap, cacheFields)
	_, ok := b.lowest()
	require.False(t, ok)
	for want := range cacheSlots {
		i, ok := b.findClaim(nil)
		require.True(t, ok)
		require.Equal(t, want, i)
	}
	_, ok = b.findClaim(nil)
	require.False(t, ok, "all bits are set")
	for _, i := range []int{1023, 64, 63, 0, 500} {
		require.False(t, b.claim(i), "claimed already")
		b.unclaim(i)
		require.True(t, b.claim(i))
		b.unclaim(i)
	}
	var got []int
	for range 5 {
		i, ok := b.findClaim(nil)
		require.True(t, ok)
		got = append(got, i)
	}
	require.True(t, slices.IsSorted(got))
	require.Equal(t, []int{0, 63, 64, 500, 1023}, got)
	b.fill(0)
	require.True(t, b.claim(700))
	i, ok := b.lowest()
	require.True(t, ok)
	require.Equal(t, 700, i)
}
