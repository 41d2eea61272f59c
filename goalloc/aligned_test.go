// Aligned allocation. See doc.go for an overview.

package goalloc

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every legal alignment is honoured, for the whole family, once natural-align is fixed.
func TestAlignment(t *testing.T) {
	p := simulatedAs(t, without(NaturalAlign))
	m := p.Main()
	h := m.Default()
	for align := uintptr(1); align <= 16<<20; align *= 2 {
		for _, size := range []uintptr{0, 1, 8, 64, 100, 128, 256, 1000, 1024, 1025, 5000, 100 << 10} {
			for name, a := range map[string]Addr{
				"malloc_aligned": h.MallocAligned(size, align),
				"zalloc_aligned": h.ZallocAligned(size, align),
				"calloc_aligned": h.CallocAligned(1, size, align),
			} {
				require.NotZero(t, a)
				require.Zero(t, uintptr(a)%align, "%s(%d, %d)", name, size, align)
				require.GreaterOrEqual(t, m.UsableSize(a), size)
				defer m.Free(a)
			}
			if align > 1<<20 {
				break
			}
		}
	}
	requireInvariants(t, p, []*Thread{m}, nil)
}

func TestIllegalAlignments(t *testing.T) {
	p := simulated(t)
	h := p.Main().Default()
	for _, align := range []uintptr{3, 5, 6, 12, 48, 1<<20 + 1, sizeMax} {
		require.Zero(t, h.MallocAligned(100, align))
		require.Zero(t, h.ZallocAligned(100, align))
		require.Zero(t, h.CallocAligned(10, 10, align))
	}
	require.Zero(t, h.ZallocAligned(64, 0))
	require.Zero(t, h.MallocAligned(65, 0))
	require.Zero(t, h.MallocAligned(ptrdiffMax+1, 16))
	require.Zero(t, h.CallocAligned(1<<32, 1<<32, 16))
	require.Zero(t, p.Main().alignedAt(p.mainHeap, 100, 64<<20, 8, false), "a large one with an offset")
	require.Zero(t, p.OSCalls(), "nothing was tried")
	require.Equal(t, Events{}, p.Main().TakeEvents(), "and nothing said")
}

// With natural-align power-of-two sizes up to 1K are taken to be aligned, which they are to 128 only.
func TestNaturalAlign(t *testing.T) {
	for _, c := range []struct{ size, align, mod uintptr }{
		{256, 256, 128}, {512, 256, 128}, {1024, 256, 128}, {512, 512, 384}, {1024, 512, 384},
		{1024, 1024, 384},
	} {
		t.Run(fmt.Sprintf("%d at %d", c.size, c.align), func(t *testing.T) {
			m := simulated(t).Main()
			a := m.Default().MallocAligned(c.size, c.align)
			require.Equal(t, c.mod, uintptr(a)%c.align)
			require.Equal(t, NaturalAlign, m.TakeEvents().Quirks)
			require.Zero(t, uintptr(m.Default().ZallocAligned(c.size, c.align))%c.align,
				"zalloc_aligned is right")

			fixed := simulatedAs(t, without(NaturalAlign)).Main()
			require.Zero(t, uintptr(fixed.Default().MallocAligned(c.size, c.align))%c.align)
			require.Zero(t, fixed.TakeEvents().Quirks)
		})
	}
}

// A block that happens to be aligned is not worth a note.
func TestNaturalAlignByLuck(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	for range 8 {
		a := m.Default().MallocAligned(128, 128)
		require.Zero(t, a%128)
	}
	require.Zero(t, m.TakeEvents().Quirks)
}

func TestZeroAlign(t *testing.T) {
	for _, c := range []struct {
		size uintptr
		null bool
	}{{0, false}, {1, false}, {64, false}, {1024, false}, {65, true}, {2048, true}} {
		t.Run(fmt.Sprint(c.size), func(t *testing.T) {
			m := simulated(t).Main()
			require.Equal(t, c.null, m.Default().MallocAligned(c.size, 0) == 0)
			require.Equal(t, !c.null, m.TakeEvents().Quirks == ZeroAlign)
			m = simulatedAs(t, without(ZeroAlign)).Main()
			require.Zero(t, m.Default().MallocAligned(c.size, 0))
			require.Zero(t, m.TakeEvents().Quirks)
		})
	}
}

// The first free block is taken when it is aligned by luck; else more is allocated, and the page
// flagged when the address is inside the block.
func TestAlignedStory(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	h := m.Default()
	s.say("208 bytes at 16: no page yet, so 223 bytes, of class 224")
	a := h.MallocAligned(208, 16)
	s.show()
	s.say("again: the class of 208 is 224, its page's first free block is aligned, and is taken")
	require.Equal(t, a+224, h.MallocAligned(208, 16))
	s.show()
	s.say("at 128: that page's next block is not aligned; 335 bytes, of class 384, which is")
	require.Zero(t, h.MallocAligned(208, 128)%128)
	s.show()
	s.say("100 bytes at 256, twice: the first starts a block of 384, the second is inside of one")
	h.MallocAligned(100, 256)
	b := h.MallocAligned(100, 256)
	require.EqualValues(t, 128, (b-2*sliceSize-s.p.Base()-384)%384)
	require.EqualValues(t, 384-128, m.UsableSize(b))
	s.show()
	s.say("48 at 16 is naturally aligned: a plain allocation")
	h.ZallocAligned(48, 16)
	s.show()
	s.end()
}

func TestAlignedWithOffset(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	for _, align := range []uintptr{8, 16, 64, 256, 4096, 1 << 20} {
		for _, offset := range []uintptr{0, 1, 7, 8, 24, 63, align - 1, align, 5000} {
			a := m.alignedAt(m.heap, 100, align, offset, true)
			require.Zero(t, (uintptr(a)+offset)%align, "align %d, offset %d", align, offset)
			require.Equal(t, make([]byte, 100), Bytes(a, 100))
			fill(a, m.UsableSize(a))
			requireInvariants(t, p, []*Thread{m}, nil)
			m.Free(a)
		}
	}
}

// Over-aligned and cleared: only from the address on, the rest may not be committed.
func TestLargeAlignedZalloc(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	a := m.Default().MallocAligned(3000, 32<<20)
	fill(a, m.UsableSize(a))
	m.Free(a)
	require.NoError(t, p.Reset())
	b := m.Default().ZallocAligned(3000, 32<<20)
	require.Equal(t, a, b, "the same place, with what was left there")
	require.Equal(t, make([]byte, 65536), Bytes(b, 65536))
}

// The byte at the offset is aligned, for every offset; the block can be measured, resized and freed.
func TestAlignedAt(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	for _, align := range []uintptr{1, 2, 8, 16, 64, 4096, 1 << 20} {
		for _, offset := range []uintptr{0, 1, 7, 8, 24, align - 1, align + 1, 100000, ^uintptr(0)} {
			a := m.Default().MallocAlignedAt(100, align, offset)
			require.Zero(t, (uintptr(a)+offset)%align)
			require.GreaterOrEqual(t, m.UsableSize(a), uintptr(100))
			fill(a, 100)
			a = m.Default().ReallocAlignedAt(a, 1000, max(align, 16), offset)
			require.Zero(t, (uintptr(a)+offset)%max(align, 16))
			require.True(t, filled(a, 100))
			m.Free(a)
			requireInvariants(t, p, []*Thread{m}, nil)
			require.Zero(t, m.TakeEvents().Quirks)
		}
	}
}

// A segment of its own has no room for an offset.
func TestAlignedAtLarge(t *testing.T) {
	h := simulated(t).Main().Default()
	require.NotZero(t, h.MallocAlignedAt(100, alignMax, 8))
	require.NotZero(t, h.MallocAlignedAt(100, 2*alignMax, 0))
	require.Zero(t, h.MallocAlignedAt(100, 2*alignMax, 8))
	require.Zero(t, h.CallocAlignedAt(1<<33, 1<<33, 64, 8))
	require.Zero(t, h.RecallocAlignedAt(0, 1<<33, 1<<33, 64, 8))
}

// Realloc keeps what lies at an odd address only without realloc-unaligned, and up to 8 the offset
// counts only without realloc-align.
func TestReallocOfUnaligned(t *testing.T) {
	for _, fixed := range []bool{false, true} {
		none := Quirk(0)
		if fixed {
			none = ReallocUnaligned | ReallocAlign
		}
		m := simulatedAs(t, without(none)).Main()
		h := m.Default()
		a := h.MallocAlignedAt(100, 64, 7)
		fill(a, 100)
		a = h.Realloc(a, 1000)
		require.Equal(t, fixed, filled(a, 100))
		require.Equal(t, !fixed, m.TakeEvents().Quirks == ReallocUnaligned)
		b := h.ReallocAlignedAt(a, 5000, 8, 3)
		require.Equal(t, fixed, (b+3)%8 == 0)
		require.Equal(t, !fixed, m.TakeEvents().Quirks == ReallocAlign)
	}
}
