// The calls by the names of other standards. See doc.go for an overview.

package goalloc

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestPosixMemalign(t *testing.T) {
	m := simulated(t).Main()
	for _, c := range []struct {
		align, size uintptr
		code        unix.Errno
	}{
		{8, 1, 0}, {64, 100, 0}, {4096, 0, 0}, {64 << 20, 100, 0}, {0, 8, unix.EINVAL}, {4, 8, unix.EINVAL},
		{12, 8, unix.EINVAL}, {24, 8, unix.EINVAL}, {24, sizeMax, unix.EINVAL}, {8, sizeMax, unix.ENOMEM},
	} {
		a, code := m.PosixMemalign(c.align, c.size)
		require.Equal(t, c.code, code, "%+v", c)
		require.Equal(t, code == 0, a != 0, "%+v", c)
		if a != 0 {
			require.Zero(t, uintptr(a)%c.align, "%+v", c)
			require.GreaterOrEqual(t, m.UsableSize(a), c.size)
		}
	}
	p := simulated(t)
	p.SetFaults([]Fault{{Kind: "mmap", N: 1, Sticky: true, Errno: unix.ENOMEM}})
	a, code := p.Main().PosixMemalign(64, 0)
	require.Zero(t, a)
	require.Zero(t, code, "no bytes and no error")
}

func TestAlignedByOtherNames(t *testing.T) {
	m := simulated(t).Main()
	require.Zero(t, m.Memalign(64, 100)%64)
	require.Zero(t, m.AlignedAlloc(64, 100)%64)
	require.Zero(t, m.AlignedAlloc(3, 100))
	a := m.Valloc(4097)
	require.Zero(t, a%osPageSize)
	b := m.Pvalloc(4097)
	require.Zero(t, b%osPageSize)
	require.GreaterOrEqual(t, m.UsableSize(b), uintptr(2*osPageSize))
	require.Zero(t, m.Pvalloc(sizeMax), "rounding up would wrap")
	require.Zero(t, m.Pvalloc(sizeMax-osPageSize))
}

func TestReallocarr(t *testing.T) {
	m := simulated(t).Main()
	a, code := m.Reallocarray(0, 10, 10)
	require.NotZero(t, a)
	require.Zero(t, code)
	fill(a, 100)
	p := a
	require.Zero(t, m.Reallocarr(&p, 100, 10))
	require.NotEqual(t, a, p)
	require.True(t, filled(p, 100))
	was := p
	require.Equal(t, unix.ENOMEM, m.Reallocarr(&p, 1<<33, 1<<33))
	require.Equal(t, was, p, "the pointer stays")
	require.True(t, filled(p, 100), "and the block")
	b, code := m.Reallocarray(p, 1<<33, 1<<33)
	require.Zero(t, b)
	require.Equal(t, unix.ENOMEM, code)
}

func TestHeapsToldOf(t *testing.T) {
	p := simulated(t)
	m, other := p.Main(), p.NewThread()
	require.Equal(t, m.Default(), m.Started())
	h, ok := m.NewHeap()
	require.True(t, ok)
	m.SetDefault(h)
	require.Equal(t, h, m.Started())
	require.Equal(t, other.Started(), other.Backing(), "the thread has started")
	p.SetFaults([]Fault{{Kind: "mmap", N: 1, Sticky: true, Errno: unix.ENOMEM}})
	require.True(t, p.NewThread().Started().IsZero())
}
