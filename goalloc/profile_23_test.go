package goalloc

import (
	"testing"

	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
)

func TestPageStartsOf23(t *testing.T) {
	const slice = Addr(sliceSize)
	for _, c := range []struct {
		at        Addr
		bytes     uintptr
		blockSize uintptr
		want      uintptr
	}{
		{5 * slice, sliceSize, 8, 3*8 + 8},                 // rounded up to 16
		{5 * slice, sliceSize, 64, 3 * 64},                 // three blocks off
		{5 * slice, sliceSize, 48, 3*48 + 48 - 5<<16%48},   // and at a multiple of the block size
		{5 * slice, sliceSize, 512, 512},                   // one block off
		{5 * slice, sliceSize, 1024, 0},                    // none
		{6 * slice, sliceSize, 40960, 40960 - 6<<16%40960}, // fits behind the place where it must begin
		{2 * slice, sliceSize, 57344, 0},                   // does not, so it begins anywhere
		{6 * slice, 8 * sliceSize, 57344, 57344 - 6<<16%57344},
		{7 * slice, 3 * sliceSize, 135168, 0}, // a large block has a page of its own
	} {
		require.Equal(t, c.want, bestFit{}.startOffset(c.at, c.bytes, c.blockSize), "%#x: %d bytes of blocks of %d", c.at, c.bytes, c.blockSize)
	}
}

// With the quirk, a page whose tag no heap of the thread has goes to the heap that asks and is of its kind from then
// on. Without, its segment waits for a thread with such a heap.
func TestTagLost(t *testing.T) {
	for _, fixed := range []bool{false, true} {
		p := simulatedAs(t, Profile23())
		if fixed {
			p.Without(TagLost)
		}
		left := p.NewThread()
		h, ok := left.NewTaggedHeap(5, false, NoArena)
		require.True(t, ok)
		b, c := h.Malloc(1000), h.Malloc(1000)
		left.Done()
		p.Main().Collect(true)
		require.Equal(t, fixed, segmentOf(b).threadID.AtRest() == 0)
		require.Equal(t, fixed, pageOfBlock(b).tag == 5)
		ev := p.Main().TakeEvents()
		require.Equal(t, fixed, ev.Quirks&TagLost == 0)
		require.Equal(t, fixed, ev.Errors == 0)

		other := p.NewThread()
		_, ok = other.NewTaggedHeap(5, false, NoArena)
		require.True(t, ok)
		require.NoError(t, p.SetOption("abandoned_reclaim_on_free", 1))
		other.Free(c)
		require.Equal(t, fixed, segmentOf(b).threadID.AtRest() == other.id, "reclaimed on a free, by who has such a heap")
	}
}

// With the quirk, a page of an exclusive arena goes to the backing heap since that has its tag; without, its segment
// waits for a heap of the arena with that tag.
func TestArenaMixedByTag(t *testing.T) {
	for _, fixed := range []bool{false, true} {
		p := simulatedAs(t, Profile23())
		if fixed {
			p.Without(ArenaMixed)
		}
		m := p.Main()
		a, g := bound(t, m, 2, true)
		b := g.Malloc(769)
		h, ok := m.NewTaggedHeap(5, false, a.id)
		require.True(t, ok)
		g.Delete()
		require.Zero(t, m.TakeEvents().Quirks)
		require.True(t, a.holds(h.Malloc(8)))
		require.Equal(t, fixed, m.TakeEvents().Quirks&ArenaMixed == 0)
		require.Equal(t, fixed, segmentOf(b).threadID.AtRest() == 0)
		require.Equal(t, !fixed, a.holds(m.Malloc(769)))

		_, ok = m.NewTaggedHeap(0, false, a.id)
		require.True(t, ok)
		require.True(t, a.holds(h.Malloc(16<<20)))
		require.True(t, a.holds(h.Malloc(16<<20)), "fixed, the two segments have room for one each")
		require.Equal(t, m.id, segmentOf(b).threadID.AtRest(), "the thread has a heap for it")
		requireInvariants(t, p, []*Thread{m}, nil)
	}
}

// With the quirk, a thread gives up a segment with a block of a heap that is destroyed then, and the block stays;
// without, it keeps such segments.
func TestGivenUp(t *testing.T) {
	for _, fixed := range []bool{false, true} {
		p := simulatedAs(t, Profile23())
		if fixed {
			p.Without(GivenUp)
		}
		require.NoError(t, p.SetOption("target_segments_per_thread", 2))
		m := p.Main()
		h, ok := m.NewHeap()
		require.True(t, ok)
		blocks := []Addr{h.Malloc(16 << 20), h.Malloc(16 << 20), h.Malloc(16 << 20)}
		require.Equal(t, fixed, h.Contains(blocks[0]))
		require.Equal(t, !fixed, segmentOf(blocks[0]).threadID.AtRest() == 0)
		m.TakeEvents()
		h.Destroy()
		require.Equal(t, fixed, m.TakeEvents().Quirks&GivenUp == 0)
		if !fixed {
			require.NotZero(t, pageOfBlock(blocks[0]).used, "it lives on")
			m.Free(blocks[0])
		}
		m.Collect(true)
		requireInvariants(t, p, []*Thread{m}, nil)
	}
}

// With the quirk a huge block lies in memory that the OS refused to commit, and the invariants know of that block alone.
// Without, the arena has its memory back and the block is from elsewhere.
func TestHugeRefused(t *testing.T) {
	const mapPart = 8192
	for _, fixed := range []bool{false, true} {
		p := simulatedAs(t, Profile23())
		if fixed {
			p.Without(HugeRefused)
		}
		require.NoError(t, p.SetOption("arena_reserve", 0)) // else there is another arena
		m := p.Main()
		id, e := m.ReserveOSMemory(2*arenaBlock, false, false, false)
		require.Zero(t, e)
		a := p.arenas.find(id.index())
		m.Free(m.Malloc(20 << 20)) // the first block of the arena is committed
		committed := p.stats.stats[statCommitted].atRest().current
		p.SetFaults([]Fault{{Kind: "mprotect", N: 2, Errno: enomem}})
		x := m.Malloc(40 << 20)
		p.SetFaults(nil)
		require.NotZero(t, x)
		require.Equal(t, fixed, m.TakeEvents().Quirks&HugeRefused == 0)
		require.Equal(t, fixed, p.Committed(x, 40<<20))
		require.Equal(t, fixed, !a.holds(x))
		require.Equal(t, fixed, !a.inUse().runIsClaimed(0, 2))
		h := held{x: m.UsableSize(x)}
		requireInvariants(t, p, []*Thread{m}, h)
		m.Free(x)
		require.False(t, a.committed().runIsClaimed(0, 1), "it is committed anew")
		require.Equal(t, 0, a.inUse().inRun(0, 2))
		y := m.Malloc(40 << 20)
		require.True(t, a.holds(y) && p.Committed(y, 40<<20))
		if fixed {
			require.Equal(t, committed+arenaBlock+mapPart, p.stats.stats[statCommitted].atRest().current)
		}
		requireInvariants(t, p, []*Thread{m}, held{y: m.UsableSize(y)})
	}
}

// The memory of a huge block that was committed is missed with the quirk, too.
func TestHugeRefusedExcusesNoOther(t *testing.T) {
	p := simulatedAs(t, Profile23())
	m := p.Main()
	x := m.Malloc(20 << 20)
	p.os.Protect(raw.AlignDown(x, 4096), 4096, false)
	require.NotEmpty(t, checkInvariants(p, []*Thread{m}, held{x: m.UsableSize(x)}))
}

// With the quirk a segment whose part of the map cannot be made is in no map, and Cfree loses its blocks; one that comes
// later is entered. Without, there is no such segment.
func TestMapLost(t *testing.T) {
	for _, fixed := range []bool{false, true} {
		p := simulatedAs(t, Profile23())
		if fixed {
			p.Without(MapLost)
		}
		require.NoError(t, p.SetOption("disallow_arena_alloc", 1))
		m := p.Main()
		p.SetFaults([]Fault{{Kind: "mmap", N: 2, Sticky: true, Errno: enomem}})
		x := m.Malloc(48)
		require.Equal(t, fixed, x == 0)
		require.Equal(t, fixed, m.TakeEvents().Quirks&MapLost == 0)
		p.SetFaults(nil)
		y, z := m.Malloc(48), m.Malloc(20<<20)
		require.True(t, m.IsInHeapRegion(z))
		require.Equal(t, fixed, m.IsInHeapRegion(y))
		h := held{y: m.UsableSize(y), z: m.UsableSize(z)}
		if !fixed {
			h[x] = m.UsableSize(x)
		}
		requireInvariants(t, p, []*Thread{m}, h)
		m.Cfree(y)
		delete(h, y)
		requireInvariants(t, p, []*Thread{m}, h)
		require.Equal(t, fixed, pageOfBlock(y).used == 0)
	}
}
