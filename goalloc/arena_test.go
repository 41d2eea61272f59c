// Arenas. See doc.go for an overview.

package goalloc

import (
	"testing"

	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// bound makes an exclusive arena of some blocks and a heap that is bound to it.
func bound(t *testing.T, th *Thread, blocks uintptr, commit bool) (*arena, Heap) {
	id, e := th.ReserveOSMemory(blocks*arenaBlock, commit, false, true)
	require.Zero(t, e)
	h, ok := th.NewHeapInArena(id)
	require.True(t, ok)
	return th.proc.arenas.at(id.index()), h
}

func (a *arena) holds(p Addr) bool {
	return p >= a.at(0) && p < a.at(int(a.blocks))
}

func TestMemIDSuits(t *testing.T) {
	shared, own := &arena{id: 3}, &arena{id: 4, exclusive: true}
	for _, c := range []struct {
		name string
		id   memID
		want ArenaID
		suit bool
	}{
		{"OS memory, any", 0, NoArena, true},
		{"OS memory, an arena", 0, 3, false},
		{"OS memory, an arena that failed", 0, FailedArena, false},
		{"shared, any", newMemID(shared, 9), NoArena, true},
		{"shared, its heap", newMemID(shared, 9), 3, true},
		{"shared, another's heap", newMemID(shared, 9), 4, false},
		{"exclusive, any", newMemID(own, 9), NoArena, false},
		{"exclusive, its heap", newMemID(own, 9), 4, true},
		{"exclusive, an arena that failed", newMemID(own, 9), FailedArena, false},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.suit, c.id.suits(c.want)) })
	}
	require.Equal(t, 9, newMemID(own, 9).block())
	require.EqualValues(t, 4, newMemID(own, 9).arena())
	require.EqualValues(t, 9<<8|1<<7|4, newMemID(own, 9).packed(), "as the reference packs it")
}

func TestReserveSizes(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	for size, blocks := range map[uintptr]uintptr{1: 1, arenaBlock: 1, arenaBlock + 1: 2, 33 * arenaBlock: 33} {
		id, e := m.ReserveOSMemory(size, false, false, false)
		require.Zero(t, e)
		at, n := p.ArenaArea(id)
		require.Equal(t, blocks*arenaBlock, n)
		require.Zero(t, at%arenaBlock)
	}
	for _, size := range []uintptr{0, sizeMax, 1 << 62, 61 << 30} {
		id, e := m.ReserveOSMemory(size, true, false, false)
		require.Equal(t, unix.ENOMEM, e)
		require.Equal(t, NoArena, id)
	}
	requireInvariants(t, p, []*Thread{m}, held{})
}

func TestManageSizes(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	for _, c := range []struct{ size, blocks uintptr }{
		{arenaBlock - 1, 0}, {arenaBlock, 1}, {4*arenaBlock - 1, 3}, {65 * arenaBlock, 65},
	} {
		at := p.Take(c.size, true)
		id, ok := m.ManageOSMemory(at, c.size, true, false, true, true)
		require.Equal(t, c.blocks > 0, ok)
		got, n := p.ArenaArea(id)
		require.Equal(t, c.blocks*arenaBlock, n)
		if ok {
			require.Equal(t, at, got)
		}
	}
	requireInvariants(t, p, []*Thread{m}, held{})
}

func TestTooManyArenas(t *testing.T) {
	for _, quirks := range []Quirk{0, RecordLost} {
		p := simulatedAs(t, without(quirks))
		m := p.Main()
		for i := range arenaMost20 {
			id, e := m.ReserveOSMemory(arenaBlock, false, false, false)
			require.Zero(t, e)
			require.EqualValues(t, i+1, id)
		}
		before := p.OSCalls()
		id, e := m.ReserveOSMemory(arenaBlock, false, false, false)
		require.Equal(t, unix.ENOMEM, e)
		require.Equal(t, FailedArena, id)
		unmaps := 1
		if quirks == RecordLost {
			unmaps = 2 // the record, too
		}
		require.Equal(t, before+2+unmaps, p.OSCalls())
		h, ok := m.NewHeapInArena(id)
		require.True(t, ok)
		require.Zero(t, h.Malloc(48), "no memory suits")
		at, _ := p.ArenaArea(id)
		require.Zero(t, at)
	}
}

func TestArenaRunsFull(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	a, h := bound(t, m, 3, true)
	x, y := h.Malloc(20<<20), h.Malloc(40<<20)
	require.Equal(t, []Addr{a.at(0), a.at(1)}, []Addr{raw.Of(segmentOf(x)), raw.Of(segmentOf(y))})
	require.Zero(t, h.Malloc(48))
	require.EqualValues(t, unix.ENOMEM, m.TakeEvents().Errno)
	require.False(t, a.holds(m.Malloc(48)), "a plain block is from elsewhere")
	m.Free(x)
	x = h.Malloc(48)
	require.True(t, a.holds(x))
	require.Zero(t, h.MallocAligned(48, 64<<20), "such a block needs memory from the OS")
	requireInvariants(t, p, []*Thread{m}, nil)
}

// The cache hides the arena's segment behind one of the OS. The collect before the allocation fails
// brings it back.
func TestArenaSegmentBehindAnother(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	a, h := bound(t, m, 1, true)
	m.Malloc(16 << 20)
	m.Free(m.Malloc(16 << 20))
	m.Free(h.Malloc(1 << 20))
	require.Equal(t, []int{0, 1}, filledSlots(cacheOf(p)))
	require.True(t, a.inUse().runIsClaimed(0, 1))
	require.True(t, a.holds(h.Malloc(1<<20)))
	require.Empty(t, filledSlots(cacheOf(p)))
}

func TestArenaCommit(t *testing.T) {
	for _, c := range []struct {
		name   string
		off    Quirk
		served bool
	}{{"with the quirk", 0, true}, {"without", ArenaCommit, false}} {
		t.Run(c.name, func(t *testing.T) {
			p := simulatedAs(t, without(c.off))
			m := p.Main()
			a, h := bound(t, m, 2, false)
			p.SetFaults([]Fault{{Kind: "mprotect", N: 1, Sticky: true, Errno: enomem}})
			x := h.Malloc(20 << 20)
			require.Equal(t, c.served, x != 0)
			require.Equal(t, c.served, a.committed().runIsClaimed(0, 1))
			require.Equal(t, c.served, a.inUse().runIsClaimed(0, 1))
			require.Equal(t, c.served, m.TakeEvents().Quirks&ArenaCommit != 0)
			if c.served {
				require.False(t, p.Committed(x, 1<<20), "nobody can use it")
			}
		})
	}
}

// What comes back is decommitted as a whole, and no block of it counts as committed then.
func TestArenaDecommits(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	a, h := bound(t, m, 3, false)
	x := h.Malloc(40 << 20)
	require.True(t, p.Committed(a.at(0), 2*arenaBlock))
	require.True(t, a.committed().runIsClaimed(0, 2))
	m.Free(x)
	require.False(t, p.Committed(a.at(0), osPageSize))
	require.False(t, a.committed().runIsClaimed(0, 1))
	require.True(t, a.dirty().runIsClaimed(0, 2), "it is not zero any more")
	require.NotZero(t, h.Malloc(90<<20))
	require.True(t, p.Committed(a.at(0), 3*arenaBlock))
	requireInvariants(t, p, []*Thread{m}, nil)
}

func TestArenaMixedByDelete(t *testing.T) {
	for _, off := range []Quirk{0, ArenaMixed} {
		p := simulatedAs(t, without(off))
		m := p.Main()
		a, h := bound(t, m, 1, true)
		m.SetDefault(h)
		x := m.Malloc(5000)
		require.True(t, a.holds(x))
		h.Delete()
		require.Equal(t, off == 0, m.TakeEvents().Quirks == ArenaMixed)
		require.Equal(t, off == 0, a.holds(m.Malloc(5000)), "from the backing heap")
		m.Free(x)
		requireInvariants(t, p, []*Thread{m}, nil)
	}
}

func TestArenaMixedByCollect(t *testing.T) {
	for _, off := range []Quirk{0, ArenaMixed} {
		p := simulatedAs(t, without(off))
		m, other := p.Main(), p.NewThread()
		a, h := bound(t, other, 1, true)
		x := h.Malloc(5000)
		other.Close()
		m.Malloc(48)
		m.Collect(true)
		require.Equal(t, off == 0, a.holds(m.Malloc(5000)))
		g, ok := m.NewHeapInArena(a.id)
		require.True(t, ok)
		require.True(t, a.holds(g.Malloc(5000)), "from the rest of the segment, whoever has the page")
		m.Free(x)
		requireInvariants(t, p, []*Thread{m}, nil)
	}
}

// An ended thread's segment of an exclusive arena is for the heaps bound to it.
func TestReclaimInArena(t *testing.T) {
	p := simulated(t)
	m, other := p.Main(), p.NewThread()
	a, h := bound(t, other, 2, true)
	h.Malloc(5000)
	other.Close()
	for range 8 {
		require.False(t, a.holds(m.Malloc(16<<20)), "looked at and passed over")
	}
	g, ok := m.NewHeapInArena(a.id)
	require.True(t, ok)
	x := g.Malloc(5000)
	require.Equal(t, a.at(0), raw.Of(segmentOf(x)), "reclaimed")
	requireInvariants(t, p, []*Thread{m}, nil)
}

func TestArenaLarge(t *testing.T) {
	for _, off := range []Quirk{0, ArenaLarge} {
		p := simulatedAs(t, without(off))
		require.NoError(t, p.SetOption("eager_commit_delay", 2))
		th := p.NewThread()
		id, ok := th.ManageOSMemory(p.Take(arenaBlock, true), arenaBlock, true, true, true, true)
		require.True(t, ok)
		h, _ := th.NewHeapInArena(id)
		x := h.Malloc(48)
		require.Equal(t, off != 0, x != 0)
		if x != 0 {
			require.True(t, segmentOf(x).memLarge)
			require.False(t, segmentOf(x).allowDecommit)
		}
	}
}

func TestHeaderLost(t *testing.T) {
	for _, off := range []Quirk{0, HeaderLost} {
		p := simulatedAs(t, without(off))
		require.NoError(t, p.SetOption("eager_commit", 0))
		m := p.Main()
		a, h := bound(t, m, 1, false)
		p.SetFaults([]Fault{{Kind: "mprotect", N: 3, Sticky: true, Errno: enomem}})
		require.Zero(t, h.Malloc(48))
		p.SetFaults(nil)
		require.Equal(t, off != 0, h.Malloc(48) != 0)
		require.True(t, a.inUse().runIsClaimed(0, 1))
		require.Equal(t, off == 0, m.TakeEvents().Quirks&HeaderLost != 0)
		requireInvariants(t, p, []*Thread{m}, nil)
	}
}

func TestFreeOfWhatIsNoArena(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	a, _ := bound(t, m, 1, true)
	for _, c := range []struct {
		name string
		id   memID
		want unix.Errno
	}{
		{"no such arena", newMemID(&arena{id: 9}, 0), unix.EINVAL},
		{"no such block", newMemID(a, 64), unix.EINVAL},
		{"free already", newMemID(a, 0), unix.EAGAIN},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.arenas.free(m, a.at(0), arenaBlock, c.id)
			require.Equal(t, Events{Errors: 1, Errno: uint16(c.want)}, m.TakeEvents())
		})
	}
}

// An arena in Linux's memory.
func TestRealArena(t *testing.T) {
	p, err := New(Config{})
	require.NoError(t, err)
	m := p.Main()
	a, h := bound(t, m, 2, false)
	x := h.Malloc(20 << 20)
	require.True(t, a.holds(x))
	clear(Bytes(x, 20<<20))
	y := h.Malloc(100)
	Bytes(y, 100)[99] = 1
	require.Zero(t, h.Malloc(20<<20))
	m.Free(x)
	m.Free(y)
	m.Collect(true)
	require.False(t, a.inUse().runIsClaimed(0, 1))
}
