// Reallocation: when a block stays, and what it holds after. See doc.go for an overview.

package goalloc

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// fill writes a pattern over a block, and filled tells whether the first n bytes carry it.
func fill(a Addr, n uintptr) {
	for i, b := 0, Bytes(a, n); i < len(b); i++ {
		b[i] = byte(i*7 + 1)
	}
}

func filled(a Addr, n uintptr) bool {
	for i, v := range Bytes(a, n) {
		if v != byte(i*7+1) {
			return false
		}
	}
	return true
}

// dirty makes the next blocks of a size hold garbage: all that the page has free, and their like.
func dirty(t *Thread, size uintptr) {
	all := t.mallocN(1, size)
	for pageOfBlock(all[0]).free != 0 {
		all = append(all, t.Malloc(size))
	}
	for _, a := range all {
		b := Bytes(a, t.UsableSize(a))
		for i := range b {
			b[i] = 0xee
		}
	}
	t.freeAll(all...)
}

// A block stays when the new size fits and is at least half of it; size 0 moves always.
func TestReallocInPlace(t *testing.T) {
	for _, c := range []struct {
		old, size uintptr
		stays     bool
	}{
		{100, 112, true}, {100, 100, true}, {100, 56, true}, {100, 55, false}, {100, 113, false},
		{100, 0, false}, {0, 8, true}, {0, 4, true}, {0, 3, false}, {0, 9, false}, {8, 3, false},
		{16 << 20, 8 << 20, true}, {16 << 20, 8<<20 - 1, false}, {20_000_000, 20_971_520, true},
		{20_000_000, 20_971_521, false},
	} {
		t.Run(fmt.Sprintf("%d to %d", c.old, c.size), func(t *testing.T) {
			p := simulated(t)
			m := p.Main()
			a := m.Malloc(c.old)
			n := min(m.UsableSize(a), 4096)
			fill(a, n)
			b := m.Default().Realloc(a, c.size)
			require.Equal(t, c.stays, a == b)
			require.True(t, filled(b, min(n, c.size)))
			requireInvariants(t, p, []*Thread{m}, held{b: m.UsableSize(b)})
		})
	}
}

func TestReallocOfNull(t *testing.T) {
	p := simulated(t)
	h := p.Main().Default()
	for name, a := range map[string]Addr{
		"realloc": h.Realloc(0, 100), "reallocn": h.Reallocn(0, 10, 10), "reallocf": h.Reallocf(0, 100),
		"rezalloc": h.Rezalloc(0, 100), "recalloc": h.Recalloc(0, 10, 10),
		"realloc_aligned":  h.ReallocAligned(0, 100, 64),
		"rezalloc_aligned": h.RezallocAligned(0, 100, 64),
		"recalloc_aligned": h.RecallocAligned(0, 10, 10, 64),
	} {
		require.GreaterOrEqual(t, p.Main().UsableSize(a), uintptr(100), name)
	}
	require.NotZero(t, h.Realloc(0, 0), "a block of no bytes is a block")
}

// The zeroing ones clear from the last word of the old block on: all that is new reads zero.
func TestRezalloc(t *testing.T) {
	for name, realloc := range map[string]func(h Heap, a Addr, n uintptr) Addr{
		"rezalloc":         Heap.Rezalloc,
		"recalloc":         func(h Heap, a Addr, n uintptr) Addr { return h.Recalloc(a, n/10, 10) },
		"rezalloc_aligned": func(h Heap, a Addr, n uintptr) Addr { return h.RezallocAligned(a, n, 32) },
		"recalloc_aligned": func(h Heap, a Addr, n uintptr) Addr { return h.RecallocAligned(a, n/10, 10, 32) },
	} {
		t.Run(name, func(t *testing.T) {
			m := simulated(t).Main()
			dirty(m, 1000)
			dirty(m, 1000+31)
			a := m.Default().Zalloc(100)
			fill(a, 112)
			b := realloc(m.Default(), a, 1000)
			require.NotEqual(t, a, b)
			require.True(t, filled(b, 112), "the old block, to its last byte")
			require.Equal(t, make([]byte, 1000-112), Bytes(b+112, 1000-112), "and zeroes")
		})
	}
}

func TestRezallocOfSmallBlocks(t *testing.T) {
	m := simulated(t).Main()
	dirty(m, 100)
	a := m.Malloc(1)
	fill(a, 8)
	b := m.Default().Rezalloc(a, 100)
	require.True(t, filled(b, 8))
	require.Equal(t, make([]byte, 92), Bytes(b+8, 92))
	dirty(m, 100)
	c := m.Default().Rezalloc(0, 100)
	require.Equal(t, make([]byte, 100), Bytes(c, 100), "of null: all of it")
}

// Overflow of count times size and refused memory: null, and the block is untouched, but for reallocf.
func TestReallocFailure(t *testing.T) {
	const half = 1 << 32
	p := simulated(t)
	m := p.Main()
	h := m.Default()
	a := m.Malloc(100)
	fill(a, 112)
	require.Zero(t, h.Reallocn(a, half, half))
	require.Zero(t, h.Recalloc(a, half, half))
	require.Zero(t, h.RecallocAligned(a, half, half, 32))
	require.Zero(t, h.Realloc(a, ptrdiffMax+1))
	require.Zero(t, h.Rezalloc(a, 60<<30))
	require.Zero(t, h.ReallocAligned(a, ptrdiffMax+1, 32))
	require.True(t, filled(a, 112))
	requireInvariants(t, p, []*Thread{m}, held{a: 112})
	require.Zero(t, h.Reallocf(a, ptrdiffMax+1))
	requireInvariants(t, p, []*Thread{m}, held{})
	require.NotZero(t, h.Reallocf(0, 10))
}

// The bytes of a block at an odd address are not copied, as in the reference.
func TestReallocOfAnOddAddress(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	dirty(m, 1000)
	a := m.alignedAt(m.heap, 100, 64, 1, false)
	require.EqualValues(t, 63, a%64)
	fill(a, 50)
	b := m.Default().Realloc(a, 1000)
	require.NotZero(t, b)
	require.False(t, filled(b, 50))
	requireInvariants(t, p, []*Thread{m}, held{b: 1024})

	dirty(m, 2000)
	a = m.alignedAt(m.heap, 100, 64, 1, false)
	old := m.UsableSize(a)
	fill(a, old)
	c := m.Default().Rezalloc(a, 2000)
	require.Equal(t, make([]byte, 2008-old), Bytes(c+Addr(old)-8, 2008-old), "from the last word on")
}

func TestExpand(t *testing.T) {
	m := simulated(t).Main()
	a := m.Malloc(100)
	require.Equal(t, a, m.Expand(a, 0))
	require.Equal(t, a, m.Expand(a, 112))
	require.Zero(t, m.Expand(a, 113))
	require.Zero(t, m.Expand(0, 1))
}

// A block stays at its place when it is aligned already, fits, and half of it is used.
func TestReallocAlignedInPlace(t *testing.T) {
	for _, c := range []struct {
		size  uintptr
		stays bool
	}{{1, false}, {127, false}, {128, true}, {200, true}, {256, true}, {257, false}} {
		t.Run(fmt.Sprint(c.size), func(t *testing.T) {
			m := simulated(t).Main()
			a := m.Default().MallocAligned(256-63, 64)
			require.EqualValues(t, 256, m.UsableSize(a))
			fill(a, 256)
			b := m.Default().ReallocAligned(a, c.size, 64)
			require.Equal(t, c.stays, a == b)
			require.Zero(t, b%64)
			require.True(t, filled(b, min(c.size, 256)))
		})
	}
}

// With realloc-offset a block that is not aligned stays so: what it is past a multiple is kept.
func TestReallocOffset(t *testing.T) {
	for _, c := range []struct {
		name  string
		fixed Quirk
		mod   Addr // of the new address
		event Quirk
	}{{"with realloc-offset", 0, 16, ReallocOffset}, {"fixed", ReallocOffset, 0, 0}} {
		t.Run(c.name, func(t *testing.T) {
			p := simulatedAs(t, without(c.fixed))
			m := p.Main()
			var a Addr
			for a = m.Malloc(48); a%64 != 48; a = m.Malloc(48) {
			}
			fill(a, 48)
			b := m.Default().ReallocAligned(a, 1000, 64)
			require.Equal(t, c.mod, b%64, "the old one was 48 past")
			require.True(t, filled(b, 48))
			require.Equal(t, c.event, m.TakeEvents().Quirks)
			requireInvariants(t, p, []*Thread{m}, nil)
		})
	}
}

// A very large alignment cannot be had with an offset: with realloc-offset it is null for a block that
// is not aligned.
func TestReallocOffsetOfLargeAlignment(t *testing.T) {
	for fixed, want := range map[Quirk]bool{0: false, ReallocOffset: true} {
		m := simulatedAs(t, without(fixed)).Main()
		a := m.Malloc(48)
		b := m.Default().ReallocAligned(a, 48, 64<<20)
		require.Equal(t, want, b != 0)
		require.Equal(t, !want, m.TakeEvents().Quirks&ReallocOffset != 0)
	}
}

// With realloc-align alignments that are no power of two are not refused.
func TestReallocAlign(t *testing.T) {
	for _, c := range []struct {
		name        string
		size, align uintptr
		stays, null bool
	}{
		{"alignment 0", 100, 0, true, false}, {"alignment 3, moved", 1000, 3, false, false},
		{"alignment 7 of a fitting block", 112, 7, true, false},
		{"alignment 12, in place by luck of the address", 100, 12, true, false},
		{"alignment 24, too small", 40, 24, false, true},
		{"alignment 12, too large", 113, 12, false, true},
		{"alignment 11, not by this address", 100, 11, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := simulated(t)
			m := p.Main()
			a := m.Malloc(100)
			require.Zero(t, uintptr(a-p.bias)%3, "2 TiB + 64K + 384 is a multiple of 12")
			b := m.Default().ReallocAligned(a, c.size, c.align)
			require.Equal(t, c.null, b == 0)
			require.Equal(t, c.stays, b == a)
			require.Equal(t, !c.null, m.TakeEvents().Quirks == ReallocAlign)

			fixed := simulatedAs(t, without(ReallocAlign)).Main()
			a = fixed.Malloc(100)
			require.Zero(t, fixed.Default().ReallocAligned(a, c.size, c.align))
			require.Zero(t, fixed.TakeEvents().Quirks)
		})
	}
}
