// Tests of padded builds. See doc.go for an overview.

package goalloc

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"midiff/goalloc/internal/raw"
)

func padded(t *testing.T) *Thread { return simulatedAs(t, Profile20Padded()).Main() }

// The usable size is what was asked for, at every size at which the block, the table or the page changes.
func TestPaddedSizeIsExact(t *testing.T) {
	m := padded(t)
	for _, size := range []uintptr{1, 7, 8, 9, 16, 120, 121, 1015, 1016, 1017, 1024, 1025, 16376, 16377,
		131064, 131065, 131072, 131073, 16 << 20, 20 << 20} {
		a := m.Malloc(size)
		require.Equal(t, size, m.UsableSize(a))
		require.Zero(t, m.Expand(a, size))
		m.Free(a)
	}
	require.EqualValues(t, 8, m.UsableSize(m.Malloc(0)))
	require.Zero(t, m.TakeEvents().Errors)
}

// What is written behind a block is found when it is freed: in the first 16 bytes behind it, and in the
// padding. Other bytes nobody looks at.
func TestPaddedOverflow(t *testing.T) {
	for _, c := range []struct {
		name       string
		size, at   uintptr
		other, bad bool
	}{
		{"inside", 100, 99, false, false}, {"first behind", 100, 100, false, true},
		{"canary", 100, 104, false, true}, {"distance", 100, 110, false, true},
		{"last looked at", 1300, 1315, false, true}, {"not looked at", 1300, 1316, false, false},
		{"another thread", 100, 100, true, true},
		{"only padding of huge", 20 << 20, 20 << 20, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := padded(t)
			a, from := m.Malloc(c.size), m
			if c.other {
				from = m.proc.NewThread()
			}
			raw.Bytes(a+Addr(c.at), 1)[0] ^= 0x55
			from.Free(a)
			e := from.TakeEvents()
			require.Equal(t, c.bad, e.Errors > 0)
			if c.bad {
				require.EqualValues(t, unix.EFAULT, e.Errno)
			}
		})
	}
}

// A block with less room than a link gets some when another thread frees it, so that the link does not look
// like an overflow to the owner.
func TestPaddedSmallBlocksOfOthers(t *testing.T) {
	m := padded(t)
	other := m.proc.NewThread()
	var held []Addr
	for range 5000 {
		held = append(held, m.Malloc(3))
	}
	for _, a := range held {
		other.Free(a)
	}
	m.Collect(true)
	require.Equal(t, Events{}, m.TakeEvents())
	require.Equal(t, Events{}, other.TakeEvents())
}

// Fresh and freed memory can be told by their patterns; cleared memory reads zero.
func TestPaddedPatterns(t *testing.T) {
	m := padded(t)
	a, b := m.Malloc(100), m.Default().Zalloc(100)
	require.Equal(t, []byte{fillFresh, fillSlack}, raw.Bytes(a+99, 2))
	require.Equal(t, []byte{0, fillSlack}, raw.Bytes(b+99, 2))
	m.Free(a)
	require.Equal(t, []byte{fillFreed, fillFreed}, raw.Bytes(a+99, 2))
	m.Free(a)
	require.EqualValues(t, unix.EAGAIN, m.TakeEvents().Errno)
}

// Misuse has a message in padded builds only.
func TestPaddedMisuse(t *testing.T) {
	calls := map[string]func(h Heap) Addr{
		"alignment":      func(h Heap) Addr { return h.MallocAligned(100, 24) },
		"aligned size":   func(h Heap) Addr { return h.MallocAligned(ptrdiffMax+1, 64) },
		"beyond, offset": func(h Heap) Addr { return h.MallocAlignedAt(100, 64<<20, 8) },
		"count":          func(h Heap) Addr { return h.Calloc(1<<32, 1<<32) },
	}
	for name, call := range calls {
		for _, profile := range []*Profile{Profile20(), Profile20Padded()} {
			m := simulatedAs(t, profile).Main()
			require.Zero(t, call(m.Default()), name)
			want := Events{}
			if profile.padding != 0 {
				want = Events{Errors: 1, Errno: uint16(unix.EOVERFLOW)}
			}
			require.Equal(t, want, m.TakeEvents(), "%s %s", profile.Name, name)
		}
	}
}

// A padded process works in real memory.
func TestPaddedForReal(t *testing.T) {
	p, err := New(Config{Profile: Profile20Padded()})
	require.NoError(t, err)
	m := p.Main()
	var held []Addr
	for i := range 2000 {
		a := m.Malloc(8 + uintptr(i*17%5000))
		raw.Store(a, Addr(i))
		held = append(held, a)
	}
	for i, a := range held {
		require.EqualValues(t, i, raw.Load(a))
		m.Free(a)
	}
	require.Zero(t, m.TakeEvents().Errors)
	require.NoError(t, p.Close())
}
