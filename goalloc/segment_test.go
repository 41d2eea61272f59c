// Segments: fresh, huge, cached, and the pages cut from them. See doc.go for an overview.

package goalloc

import (
	"testing"

	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
)

func TestSegmentSlices(t *testing.T) {
	for required, want := range map[uintptr]uintptr{
		0: 512, 1: 2, 64 << 10: 2, 64<<10 + 1: 3, 17 << 20: 273, 32 << 20: 513,
	} {
		require.Equal(t, want, Profile20().segmentSlices(required), "%d bytes", required)
	}
}

// Usable sizes of blocks with a page of their own: whole slices for large ones, of a page that is a
// multiple of 512K above 512K; the whole segment but its header for huge ones.
func TestLargeAndHugeUsableSizes(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	for _, c := range []struct {
		size, usable uintptr
		huge         bool
	}{
		{131_073, 196_608, false}, {196_608, 196_608, false}, {196_609, 262_144, false},
		{524_288, 524_288, false}, {524_289, 1_048_576, false}, {1_000_000, 1_048_576, false},
		{16 << 20, 16 << 20, false}, {16_777_217, 17_825_792, true}, {20_000_000, 20_971_520, true},
		{32 << 20, 32 << 20, true}, {32<<20 + 1, 36 << 20, true},
	} {
		a := m.Malloc(c.size)
		s := segmentOf(a)
		require.Equal(t, c.usable, m.UsableSize(a), "malloc(%d)", c.size)
		require.Equal(t, c.huge, s.huge, "malloc(%d)", c.size)
		require.EqualValues(t, 1, s.pageOf(a).reserved)
		require.Zero(t, uintptr(a)%sliceSize)
		if c.huge {
			require.Equal(t, c.usable/sliceSize+1, s.segmentSlices, "malloc(%d)", c.size)
		}
		requireInvariants(t, p, []*Thread{m}, nil)
	}
}

// The block size in a page's record saturates at 2 GiB; the block's usable size does not.
func TestBlocksBeyondTheBlockSizeField(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	a := m.Malloc(3 << 30)
	require.EqualValues(t, hugeBlockMark, pageOfBlock(a).blockSize)
	require.EqualValues(t, 3<<30, m.UsableSize(a))
	require.Equal(t, a, m.Expand(a, 3<<30))
	b := m.Default().MallocAligned(2<<30, 1<<20)
	require.Zero(t, b%(1<<20))
	require.GreaterOrEqual(t, m.UsableSize(b), uintptr(2<<30))
	requireInvariants(t, p, []*Thread{m}, held{a: 3 << 30, b: m.UsableSize(b)})
	p.NewThread().Free(a)
	m.Free(b)
	m.Collect(true)
	requireInvariants(t, p, []*Thread{m}, held{})
	require.Zero(t, m.segments)
}

func TestFirstAllocation(t *testing.T) {
	s := tell(t, 0)
	s.say("malloc(48): one segment from the OS, all of it committed")
	a := s.p.Main().Malloc(48)
	s.system()
	s.show()
	require.Equal(t, s.p.Base()+sliceSize+384, a)
	s.end()
}

// The last page of a segment takes it along: into the cache, and from there to the next who needs one.
func TestSegmentThroughTheCache(t *testing.T) {
	s := tell(t, 1)
	m, other := s.threads[0], s.threads[1]
	a := m.Malloc(1 << 20)
	s.say("the only page of a segment is freed: no OS call, the segment is kept for half a second")
	s.shh()
	m.Free(a)
	s.system()
	s.show()
	s.say("another thread needs a segment: this one, with all that is committed")
	b := other.Malloc(1 << 20)
	require.Equal(t, a, b)
	s.system()
	s.show()
	s.say("back again, and a forced collect of the other thread: unmapped")
	other.Free(b)
	other.Collect(true)
	s.system()
	s.show()
	s.end()
}

// A segment that comes from the cache has its record cleared.
func TestReusedSegmentIsClear(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	a := m.Malloc(48)
	b := m.mallocN(20, 1<<20)
	at := raw.Of(segmentOf(a))
	for _, x := range append(b, a) {
		m.Free(x)
	}
	m.Collect(false)
	require.Zero(t, m.segments)
	c := m.Malloc(100 << 10)
	require.Equal(t, at, raw.Of(segmentOf(c)))
	requireInvariants(t, p, []*Thread{m}, held{c: m.UsableSize(c)})
}

func TestHugeSegment(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	s.say("20,000,000 bytes: 20M of blocks and a header, in a segment of their own")
	a := m.Malloc(20_000_000)
	s.system()
	s.show()
	s.say("freed by its owner: back to the OS at once")
	m.Free(a)
	s.system()
	s.show()
	s.end()
}

// A huge block that another thread frees gives its memory back before its owner gets to it.
func TestHugeBlockFreedByAnother(t *testing.T) {
	s := tell(t, 1)
	m, other := s.threads[0], s.threads[1]
	a := m.Malloc(20_000_000)
	s.shh()
	s.say("freed by another thread: decommitted but for the page with the link")
	other.Free(a)
	s.system()
	s.show()
	s.say("the owner's next generic allocation frees it")
	m.Malloc(48)
	s.system()
	s.show()
	s.end()
}

// A block aligned beyond 16M lies one segment size after its header.
func TestLargeAlignment(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	s.say("100 bytes at a multiple of 64M: over-allocated, the ends given back")
	a := m.Default().MallocAligned(100, 64<<20)
	s.system()
	s.show()
	require.Zero(t, uintptr(a)%(64<<20))
	require.Equal(t, a-segmentSize, raw.Of(segmentOf(a)))
	require.EqualValues(t, 65_536, m.UsableSize(a))
	s.say("freed")
	m.Free(a)
	s.system()
	s.show()
	s.end()
}

func TestLargeAlignmentSizes(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	for _, c := range []struct{ size, align, usable uintptr }{
		{0, 32 << 20, 65_536}, {100, 64 << 20, 65_536}, {1025, 32 << 20, 65_536},
		{70_000, 32 << 20, 131_072}, {1 << 20, 128 << 20, 1 << 20}, {20 << 20, 32 << 20, 20 << 20},
	} {
		a := m.Default().ZallocAligned(c.size, c.align)
		require.Zero(t, uintptr(a)%c.align, "%d at %d", c.size, c.align)
		require.Equal(t, c.usable, m.UsableSize(a), "%d at %d", c.size, c.align)
		require.True(t, p.Committed(a, c.usable))
		requireInvariants(t, p, []*Thread{m}, nil)
		m.Free(a)
	}
	requireInvariants(t, p, []*Thread{m}, held{})
}

// A thread's first segment is committed piecemeal when it is not the only thread.
func TestEagerCommitDelay(t *testing.T) {
	s := tell(t, 1)
	m, other := s.threads[0], s.threads[1]
	m.Malloc(48)
	s.shh()
	s.say("the second thread's record, then its first segment: only what it needs is committed")
	a := other.Malloc(48)
	s.system()
	s.show()
	s.say("a page beyond the first megabyte")
	b := other.mallocN(2, 1<<20)
	s.system()
	s.show()
	s.say("its second segment is committed as a whole")
	c := other.mallocN(2, 16<<20)
	s.system()
	other.freeAll(append(append(b, c...), a)...)
	s.end()
}

func TestEagerCommitOff(t *testing.T) {
	s := tell(t, 0)
	require.NoError(t, s.p.SetOption("eager_commit", 0))
	s.say("without eager_commit even the main thread's first segment is committed piecemeal")
	s.p.Main().Malloc(48)
	s.system()
	s.show()
	s.say("a huge one is committed as a whole")
	s.p.Main().Malloc(17 << 20)
	s.system()
	s.end()
}

func TestPageReset(t *testing.T) {
	s := tell(t, 0)
	require.NoError(t, s.p.SetOption("page_reset", 1))
	m := s.p.Main()
	m.Malloc(48)
	s.shh()
	s.say("with page_reset, a freed page's memory is offered to the OS")
	m.Free(m.Malloc(1 << 20))
	s.system()
	s.show()
	s.end()
}

func TestSegmentCounterWraps(t *testing.T) {
	th := &Thread{}
	th.trackSegment(-1)
	require.Equal(t, sizeMax, th.segments)
	th.trackSegment(1)
	require.Zero(t, th.segments)
}

// The header of a segment whose memory is never given back keeps what a block left in its place; fixed, it says that
// there is nothing to give back.
func TestStaleMask(t *testing.T) {
	for _, fixed := range []bool{false, true} {
		p := simulated(t)
		if fixed {
			p.Without(StaleMask)
		}
		m := p.Main()
		_, e := m.ReserveOSMemory(3*arenaBlock, true, false, false)
		require.Zero(t, e)
		a := m.Malloc(90 << 20)
		for from, to := range Stale(a, 90<<20) {
			paint(a+Addr(from), to-from, 0x5a)
		}
		m.Free(a)
		first, second := m.Malloc(20<<20), m.Malloc(20<<20)
		require.False(t, segmentOf(first).stale(), "it was the header before, too")
		require.Equal(t, !fixed, segmentOf(second).stale())
		require.Equal(t, !fixed, m.TakeEvents().Quirks&StaleMask != 0)
		require.Empty(t, p.Check([]*Thread{m}, nil))
	}
}
