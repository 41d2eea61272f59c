// Tests of hardened builds. See doc.go for an overview.

package goalloc

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"midiff/goalloc/internal/raw"
)

// Links come back as they were, null and the address that stands for it included.
func TestLinkKeys(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		k := linkKeys{r.Uint64(), r.Uint64()}
		null, a := Addr(r.Uint64()), Addr(r.Uint64())
		require.Equal(t, a, k.decode(null, k.encode(null, a)))
		require.Zero(t, k.decode(null, k.encode(null, 0)))
		require.Zero(t, k.decode(null, k.encode(null, null)))
	}
}

// What stands in a free block is no address of another.
func TestLinksAreEncoded(t *testing.T) {
	for _, c := range []struct {
		profile *Profile
		encoded bool
	}{{Profile20(), false}, {Profile20Secure(), true}} {
		m := simulatedAs(t, c.profile).Main()
		pg := segmentOf(m.Malloc(64)).pageOf(m.Malloc(64))
		next := m.next(pg, pg.free)
		require.True(t, m.inSamePage(pg.free, next))
		require.Equal(t, c.encoded, raw.Load(pg.free) != next, c.profile.Name)
	}
}

// A block that is freed twice is reported and left alone, and so is a list that leads out of its page.
func TestHardenedErrors(t *testing.T) {
	m := simulatedAs(t, Profile20Secure()).Main()
	a, b := m.Malloc(64), m.Malloc(64)
	m.Free(a)
	require.Zero(t, m.TakeEvents().Errors)
	m.Free(a)
	e := m.TakeEvents()
	require.EqualValues(t, 1, e.Errors)
	require.EqualValues(t, unix.EAGAIN, e.Errno)

	pg := segmentOf(b).pageOf(b)
	raw.Store(pg.free, 0x1234567)
	require.NotZero(t, m.Malloc(64))
	require.EqualValues(t, unix.EFAULT, m.TakeEvents().Errno)
}

// The last OS page of a segment's header and of the segment cannot be touched while it is in use.
func TestGuardPages(t *testing.T) {
	p := simulatedAs(t, Profile20Secure())
	m := p.Main()
	for _, size := range []uintptr{100, 20 << 20} {
		a := m.Malloc(size)
		header, end := segmentOf(a).guards()
		require.False(t, p.Committed(header, osPageSize))
		require.False(t, p.Committed(end, osPageSize))
		require.True(t, p.Committed(header-1, 1))
		require.True(t, p.Committed(a, m.UsableSize(a)))
	}
}

// Blocks come in another order than their addresses, the same in every run of a seed.
func TestShuffled(t *testing.T) {
	p := simulatedAs(t, Profile20Secure())
	order := func() (all []Addr) {
		for range 40 {
			all = append(all, p.Main().Malloc(64))
		}
		return all
	}
	first := order()
	require.NoError(t, p.Reset())
	require.Equal(t, first, order())
	rising := 0
	for i := range first[1:] {
		if first[i] < first[i+1] {
			rising++
		}
	}
	require.Less(t, rising, 30)
	require.Greater(t, rising, 9)
}

// Without room for more mappings, what cannot be protected is warned of twice.
func TestProtectHint(t *testing.T) {
	for _, c := range []struct {
		profile  *Profile
		warnings uint8
	}{{Profile20(), 1}, {Profile20Secure(), 2}} {
		m := simulatedAs(t, c.profile).Main()
		m.warnProtect(unix.ENOMEM)
		require.Equal(t, c.warnings, m.TakeEvents().Warnings)
	}
}

// A hardened process works in real memory, where guard pages and what was given back are out of reach.
func TestHardenedForReal(t *testing.T) {
	p, err := New(Config{Profile: Profile20Secure()})
	require.NoError(t, err)
	m := p.Main()
	var held []Addr
	for i := range 2000 {
		a := m.Malloc(uintptr(i * 17 % 5000))
		raw.Store(a, Addr(i))
		held = append(held, a)
	}
	for i, a := range held {
		require.EqualValues(t, i, raw.Load(a))
		m.Free(a)
	}
	require.Zero(t, m.TakeEvents().Errors)
}

// As in the reference, committing memory near the guard page at the end of a segment opens it: the range is
// rounded up to 1 MiB.
func TestGuardPageIsLost(t *testing.T) {
	p := simulatedAs(t, Profile20Secure())
	require.NoError(t, p.SetOption("decommit_delay", 0))
	m := p.Main()
	m.Malloc(15 << 20)
	m.Malloc(15 << 20)
	a := m.Malloc(1400 << 10)
	_, end := segmentOf(a).guards()
	m.Free(a)
	require.False(t, p.Committed(end, osPageSize))
	require.Equal(t, a, m.Malloc(1400<<10))
	require.True(t, p.Committed(end, osPageSize))
}

// What an arena gets back with a guard page that could not be opened is not handed out again, but with the quirk.
func TestGuardPageIsKept(t *testing.T) {
	for _, c := range []struct {
		quirks Quirk
		again  bool
	}{{GuardKept, true}, {0, false}} {
		prof := Profile20Secure()
		prof.Quirks = c.quirks
		p := simulatedAs(t, prof)
		m := p.Main()
		id, ok := m.ManageOSMemory(p.Take(256<<20, true), 256<<20, true, false, true, true)
		require.True(t, ok)
		h, ok := m.NewHeapInArena(id)
		require.True(t, ok)
		a := h.Malloc(33 << 20)
		p.SetFaults([]Fault{{Kind: "mprotect", N: 1, Sticky: true, Errno: unix.ENOMEM}})
		m.Free(a)
		p.SetFaults(nil)
		b := h.Malloc(100 << 20)
		require.NotZero(t, b)
		require.Equal(t, c.again, a == b)
		require.Equal(t, c.again, !p.Committed(b, 100<<20))
		require.Empty(t, p.Check([]*Thread{m}, nil))
	}
}
