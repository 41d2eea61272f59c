// The allocation functions: what they give, and when nothing. See doc.go for an overview.

package goalloc

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestTotal(t *testing.T) {
	m := simulated(t).Main()
	for _, c := range []struct {
		count, size, n uintptr
		ok             bool
	}{
		{0, 0, 0, true}, {0, sizeMax, 0, true}, {sizeMax, 0, 0, true}, {3, 5, 15, true},
		{1, sizeMax, sizeMax, true}, {sizeMax, 1, sizeMax, true}, {2, ptrdiffMax, sizeMax - 1, true},
		{2, ptrdiffMax + 1, 0, false}, {1 << 32, 1 << 32, 0, false}, {sizeMax, sizeMax, 1, false},
	} {
		n, ok := m.total(c.count, c.size)
		require.Equal(t, c.ok, ok, "%d times %d", c.count, c.size)
		if ok {
			require.Equal(t, c.n, n, "%d times %d", c.count, c.size)
		}
	}
}

// allocations are all functions that make a block of size bytes, by name.
func allocations(h Heap) map[string]func(size uintptr) Addr {
	return map[string]func(size uintptr) Addr{
		"malloc":  h.Malloc,
		"zalloc":  h.Zalloc,
		"calloc":  func(n uintptr) Addr { return h.Calloc(n, 1) },
		"mallocn": func(n uintptr) Addr { return h.Mallocn(1, n) },
	}
}

func TestBlocksOfAllSizes(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	sizes := []uintptr{0, 1, 7, 8, 9, 1023, 1024, 1025, 16 << 10, 128<<10 + 1, 1 << 20, 17 << 20}
	blocks := held{}
	for _, size := range sizes {
		for name, allocate := range allocations(m.Default()) {
			a := allocate(size)
			require.NotZero(t, a, "%s(%d)", name, size)
			require.GreaterOrEqual(t, m.UsableSize(a), size, "%s(%d)", name, size)
			require.Zero(t, a%16*Addr(min(size/16, 1)), "%s(%d): 16 bytes or more are 16-aligned", name, size)
			blocks[a] = m.UsableSize(a)
			requireInvariants(t, p, []*Thread{m}, blocks)
		}
	}
	require.NotZero(t, m.Default().MallocSmall(1024))
	require.NotZero(t, m.Default().ZallocSmall(0))
}

func TestTooLarge(t *testing.T) {
	p := simulated(t)
	for name, allocate := range allocations(p.Main().Default()) {
		for _, size := range []uintptr{ptrdiffMax + 1, sizeMax - 8, sizeMax} {
			require.Zero(t, allocate(size), "%s(%#x)", name, size)
		}
	}
	h := p.Main().Default()
	p.Main().TakeEvents()
	require.Zero(t, h.Calloc(1<<32, 1<<32))
	require.Zero(t, h.Mallocn(1<<32, 1<<32))
	require.Equal(t, Events{}, p.Main().TakeEvents(), "an overflow is silent")
	require.Zero(t, h.Malloc(ptrdiffMax), "legal, but more than there is")
	require.EqualValues(t, unix.ENOMEM, p.Main().TakeEvents().Errno)
	requireInvariants(t, p, []*Thread{p.Main()}, held{})
}

// Zeroed blocks are zero to the end of their usable size, on fresh and on used memory.
func TestZeroedBlocks(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	for _, size := range []uintptr{1, 8, 100, 1024, 1025, 5000, 100 << 10, 200 << 10, 2 << 20, 17 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			for name, zalloc := range map[string]func() Addr{
				"zalloc":  func() Addr { return m.Default().Zalloc(size) },
				"calloc":  func() Addr { return m.Default().Calloc(size, 1) },
				"aligned": func() Addr { return m.Default().ZallocAligned(size, 16) },
			} {
				dirty(m, size)
				a := zalloc()
				for i, v := range Bytes(a, m.UsableSize(a)) {
					if v != 0 {
						require.Failf(t, name, "byte %d is %#x", i, v)
					}
				}
			}
		})
	}
	dirty(m, 100)
	a := m.Default().ZallocSmall(100)
	require.Equal(t, make([]byte, 112), Bytes(a, 112))
}

// The fast paths do not allocate Go memory.
func TestNoGoAllocations(t *testing.T) {
	p := simulated(t)
	m, other := p.Main(), p.NewThread()
	h, _ := m.NewHeap()
	for name, f := range map[string]func(){
		"malloc and free":      func() { m.Free(m.Malloc(64)) },
		"generic":              func() { m.Free(m.Malloc(5000)) },
		"large":                func() { m.Free(m.Malloc(1 << 20)) },
		"zalloc":               func() { m.Free(m.Default().Zalloc(64)) },
		"aligned":              func() { m.Free(m.Default().MallocAligned(100, 256)) },
		"heap":                 func() { m.Free(h.Malloc(64)) },
		"remote free":          func() { other.Free(m.Malloc(64)) },
		"realloc":              func() { m.Free(m.Default().Realloc(m.Malloc(64), 300)) },
		"huge":                 func() { m.Free(m.Malloc(17 << 20)) },
		"collect":              func() { m.Collect(false) },
		"heap_new and destroy": func() { g, _ := m.NewHeap(); g.Malloc(48); g.Destroy() },
		"reset":                func() { require.NoError(t, p.Reset()) },
	} {
		require.Zero(t, testing.AllocsPerRun(50, f), name)
	}
}
