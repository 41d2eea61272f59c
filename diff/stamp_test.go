// Tests of stamps in real memory. See doc.go for an overview.

package diff

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/goalloc"
)

// memory gives a Go side to take blocks from.
func memory(t *testing.T) *GoSubject {
	t.Helper()
	g, err := NewGo()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, g.Close()) })
	return g
}

// stampedBlock gives a block with at least usable bytes and 8 more.
func stampedBlock(t *testing.T, g *GoSubject, usable uintptr) stamped {
	t.Helper()
	a := g.proc.Main().Malloc(usable + 8)
	require.NotZero(t, a)
	return stamped{addr: a, usable: usable, id: 7}
}

// stampedAt tells whether the rule covers the byte at an offset: it says again, byte by byte, what
// stamp.go says in stretches.
func stampedAt(o, usable uintptr) bool {
	last := usable&^7 - stampEdge
	stride := uintptr(strideSmall)
	if usable > strideSmallUpTo {
		stride = strideLarge
	}
	switch {
	case usable <= stampFull:
		return true
	case o < stampEdge, o >= last && o < usable&^7:
		return true
	}
	return o < last && o%stride < 8
}

func TestStamp(t *testing.T) {
	g := memory(t)
	for _, usable := range []uintptr{1, 7, 8, 9, 31, 32, 33, 48, 4096, 65528, 65536, 65544, 65550,
		1 << 20, 1<<20 + 104, 16 << 20, 17<<20 + 40} {
		b := stampedBlock(t, g, usable)
		all := goalloc.Bytes(b.addr, usable+8)
		for i := range all {
			all[i] = 0xa5
		}
		b.stamp()
		require.Zero(t, b.verify(usable), "usable %d", usable)
		require.EqualValues(t, 0xa5, all[usable], "nothing is written past the block")
		for _, o := range []uintptr{0, 1, usable / 2, usable - 1, 4095, 4096, 4103, 4104, 8192, 65536, 131072, 1 << 19} {
			if o >= usable {
				continue
			}
			all[o] ^= 0x40
			if stampedAt(o, usable) {
				require.EqualValues(t, o+1, b.verify(usable), "usable %d, byte %d", usable, o)
				require.Zero(t, b.verify(o), "up to the wrong byte all is well")
			} else {
				require.EqualValues(t, 0xa5^0x40, all[o], "usable %d, byte %d is not stamped", usable, o)
				require.Zero(t, b.verify(usable))
			}
			all[o] ^= 0x40
		}
	}
}

// TestStampTells: words of another block, of another step and of another place are seen.
func TestStampTells(t *testing.T) {
	g := memory(t)
	b := stampedBlock(t, g, 4096)
	b.stamp()
	other := b
	other.id++
	require.EqualValues(t, 1, other.verify(8))
	w := goalloc.Words(b.addr, 512)
	w[3], w[4] = w[4], w[3]
	bad := b.verify(4096)
	require.True(t, bad >= 25 && bad <= 32, "byte %d lies in word 3", bad-1)
}

func TestZero(t *testing.T) {
	g := memory(t)
	for _, usable := range []uintptr{1, 8, 15, 48, 65536, 65544, 1 << 20} {
		b := stampedBlock(t, g, usable)
		all := goalloc.Bytes(b.addr, usable+8)
		clear(all)
		all[usable] = 1
		require.Zero(t, b.zero())
		for _, o := range []uintptr{0, usable / 2 &^ 4095, usable&^7 - min(usable&^7, 1), usable - 1} {
			if !stampedAt(o, usable) {
				continue
			}
			all[o] = 1
			require.EqualValues(t, o+1, b.zero(), "usable %d", usable)
			all[o] = 0
		}
	}
}

func TestZeroRange(t *testing.T) {
	g := memory(t)
	b := stampedBlock(t, g, 4096)
	all := goalloc.Bytes(b.addr, 4096)
	for i := range all {
		all[i] = 0xff
	}
	clear(all[13:1001])
	require.Zero(t, zeroRange(b.addr, 13, 1001))
	require.Zero(t, zeroRange(b.addr, 500, 400), "an empty range")
	require.EqualValues(t, 13, zeroRange(b.addr, 12, 1001))
	require.EqualValues(t, 1002, zeroRange(b.addr, 13, 1002))
	for _, o := range []int{13, 15, 16, 100, 999, 1000} {
		all[o] = 1
		require.EqualValues(t, o+1, zeroRange(b.addr, 13, 1001))
		all[o] = 0
	}
}

func BenchmarkStamp(b *testing.B) {
	g, err := NewGo()
	require.NoError(b, err)
	defer g.Close()
	s := stamped{addr: g.proc.Main().Malloc(4096), usable: 4096, id: 1}
	b.SetBytes(2 * 4096)
	for range b.N {
		s.stamp()
		if s.verify(4096) != 0 {
			b.Fatal("wrong")
		}
	}
}
