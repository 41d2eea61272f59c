// The layer above the OS: alignment, rounding, warnings. See doc.go for an overview.

package goalloc

import (
	"testing"

	"midiff/goalloc/internal/osmem"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestAlignedOSMemory(t *testing.T) {
	for _, c := range []struct {
		name  string
		size  uintptr
		align uintptr
		calls int
		warns uint8
	}{
		{"a segment is placed by hint", 32 << 20, 32 << 20, 1, 0},
		{"a gigabyte, too", 1 << 30, 32 << 20, 1, 0},
		{"more is not: unmap, map more, trim", 1<<30 + 1, 32 << 20, 5, 1},
		{"nor a larger alignment", 32 << 20, 64 << 20, 5, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := simulated(t)
			m := p.Main()
			a := m.osAllocAligned(c.size, c.align, true, false)
			require.NotZero(t, a)
			require.Zero(t, uintptr(a)%c.align)
			require.Equal(t, c.calls, p.OSCalls())
			require.Equal(t, c.warns, m.TakeEvents().Warnings)
			require.True(t, p.Committed(a, osGoodSize(c.size)))
			require.False(t, p.Committed(a-osmem.PageSize, osmem.PageSize))
			require.False(t, p.Committed(a+Addr(osGoodSize(c.size)), osmem.PageSize), "the ends are gone")
		})
	}
}

func TestAlignedOSMemoryRefused(t *testing.T) {
	for n, null := range map[uint64]bool{1: false, 2: true} {
		p := simulated(t)
		p.SetFaults([]Fault{{Kind: "mmap", N: n, Errno: enomem}})
		a := p.Main().osAllocAligned(32<<20, 64<<20, true, false)
		// The first call has no hint to fall back from; the second is the over-allocation.
		require.Equal(t, null || n == 1, a == 0)
	}
	p := simulated(t)
	require.Zero(t, p.Main().osAllocAligned(sizeMax-100, 64<<20, true, false))
	require.Zero(t, p.Main().osAlloc(sizeMax))
}

// A hinted request that is refused is tried without the hint.
func TestRefusedHint(t *testing.T) {
	s := tell(t, 0)
	s.p.SetFaults([]Fault{{Kind: "mmap", N: 1, Errno: enomem}})
	s.say("the first, hinted map is refused: then one at any address, which is not aligned, and so on")
	require.NotZero(t, s.p.Main().Malloc(48))
	s.system()
	s.show()
	s.end()
}

func TestOffsetAlignment(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	const size, align, offset = 2 << 20, 128 << 20, segmentSize
	a := m.osAllocAlignedOffset(size, align, offset, true, false)
	require.Zero(t, (uintptr(a)+offset)%align)
	require.True(t, p.Committed(a, size))
	require.False(t, p.Committed(a-osmem.PageSize, osmem.PageSize), "what lies before is given back")
	calls := p.OSCalls()
	m.osFreeAlignedOffset(a, size, align, offset)
	require.Equal(t, calls+1, p.OSCalls())
	last := p.Calls()[calls]
	require.Equal(t, uint64(a-p.Base())-(align-offset), last.Addr)
	require.EqualValues(t, osGoodSize(size+align-offset), last.Size, "with what lies before")
	require.Zero(t, m.osAllocAlignedOffset(61<<30, align, offset, true, false), "more than there is")
}

func TestPagesInside(t *testing.T) {
	for _, c := range []struct {
		at   Addr
		size uintptr
		from Addr
		n    uintptr
	}{
		{0x1000, 4096, 0x1000, 4096}, {0x1001, 4096, 0x2000, 0}, {0x1001, 8191, 0x2000, 4096},
		{0x0fff, 4098, 0x1000, 4096}, {0x1000, 4095, 0x1000, 0}, {0x1000, 0, 0, 0}, {0, 4096, 0, 0},
	} {
		from, n := pagesInside(c.at, c.size)
		require.Equal(t, c.n, n, "%#x, %d", c.at, c.size)
		if n > 0 {
			require.Equal(t, c.from, from)
		}
	}
}

func TestOSFreeOfNothing(t *testing.T) {
	p := simulated(t)
	p.Main().osUnmap(0, 4096, true)
	p.Main().osUnmap(p.Base(), 0, true)
	p.Main().osDecommit(p.Base(), 100)
	p.Main().osReset(p.Base(), 100)
	require.True(t, p.Main().osCommit(p.Base(), 0))
	require.Zero(t, p.OSCalls())
}

// A system that does not know the lazy way is asked the eager way from then on; a busy one again.
func TestResetAdvice(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	a := m.osAlloc(1 << 20)
	s.shh()
	s.say("reset, twice refused with EAGAIN")
	s.p.SetFaults([]Fault{{Kind: "madvise", N: 1, Errno: unix.EAGAIN},
		{Kind: "madvise", N: 2, Errno: unix.EAGAIN}})
	m.osReset(a, 1<<20)
	s.system()
	s.say("refused with EINVAL: the eager way instead, and again the next time")
	s.p.SetFaults([]Fault{{Kind: "madvise", N: 4, Errno: unix.EINVAL}})
	m.osReset(a, 1<<20)
	m.osReset(a, 1<<20)
	s.system()
	require.Equal(t, Events{}, m.TakeEvents())
	s.say("another error is a warning, and so is EINVAL for the eager way")
	s.p.SetFaults([]Fault{{Kind: "madvise", N: 7, Errno: unix.EACCES},
		{Kind: "madvise", N: 8, Errno: unix.EINVAL}})
	m.osReset(a, 1<<20)
	m.osReset(a, 1<<20)
	s.system()
	require.Equal(t, Events{Warnings: 2}, m.TakeEvents())
	s.end()
}
