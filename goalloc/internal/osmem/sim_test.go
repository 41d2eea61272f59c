// The simulated memory: placement, states, and the way back. See osmem.go for the states.

package osmem

import (
	"testing"

	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func newSim(t testing.TB) *Sim {
	s, err := NewSim()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

const (
	kib = 1 << 10
	mib = 1 << 20
	gib = 1 << 30
)

// A request in a sequence, and where it is placed, in bytes from the base.
type request struct {
	hinted bool
	size   uintptr
	want   uintptr
}

func TestPlacement(t *testing.T) {
	for name, requests := range map[string][]request{
		"hinted: multiples of 32M": {
			{true, 32 * mib, 0}, {true, 4 * kib, 32 * mib}, {true, 32*mib + 4*kib, 64 * mib},
			{true, 32 * mib, 128 * mib},
		},
		"large and not hinted: on a page, but not on 64K": {
			{false, mib, 4 * kib}, {false, mib, mib + 4*kib}, {false, 3 * mib, 2*mib + 4*kib},
		},
		"a multiple of 64K is passed over": {
			{false, mib + 60*kib, 4 * kib}, {false, mib, mib + 68*kib},
		},
		"small and not hinted: an area of their own": {
			{false, 8 * kib, 60 * gib}, {false, mib - 4*kib, 60*gib + 8*kib},
			{false, 4 * kib, 60*gib + mib + 4*kib}, {true, 4 * kib, 0},
		},
		"mixed": {
			{true, 32 * mib, 0}, {false, mib, 32*mib + 4*kib}, {true, 32 * mib, 64 * mib},
			{false, 4 * kib, 60 * gib}, {false, 2 * mib, 96*mib + 4*kib},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSim(t)
			for i, r := range requests {
				a, errno := s.Map(r.hinted, r.size, true)
				require.Zero(t, errno)
				require.Equal(t, r.want, uintptr(a-s.Base()), "request %d", i)
			}
		})
	}
}

func TestEndsOfTheAreas(t *testing.T) {
	for name, requests := range map[string][]struct {
		request
		errno Errno
	}{
		"hinted, to the last byte": {
			{request{true, 60 * gib, 0}, 0}, {request{true, 4 * kib, 0}, unix.ENOMEM},
		},
		"hinted, one page too many": {{request{true, 60*gib + 4*kib, 0}, unix.ENOMEM}},
		"not hinted": {
			{request{false, 60*gib - 4*kib, 4 * kib}, 0}, {request{false, mib, 0}, unix.ENOMEM},
		},
		"not hinted, too large": {{request{false, 60 * gib, 0}, unix.ENOMEM}},
		"after a refusal there is room for less": {
			{request{true, 60*gib - 32*mib, 0}, 0}, {request{true, 64 * mib, 0}, unix.ENOMEM},
			{request{true, 32 * mib, 60*gib - 32*mib}, 0},
		},
		"absurd": {
			{request{false, ^uintptr(0) - 4*kib + 1, 0}, unix.ENOMEM},
			{request{true, 1 << 63, 0}, unix.ENOMEM},
		},
		"the small area is not touched by a full main area": {
			{request{true, 60 * gib, 0}, 0}, {request{false, 4 * kib, 60 * gib}, 0},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSim(t)
			for i, r := range requests {
				a, errno := s.Map(r.hinted, r.size, false)
				require.Equal(t, r.errno, errno, "request %d", i)
				if errno == 0 {
					require.Equal(t, r.want, uintptr(a-s.Base()), "request %d", i)
				} else {
					require.Zero(t, a)
				}
			}
		})
	}
}

func TestEndOfTheSmallArea(t *testing.T) {
	s := newSim(t)
	for range 4 * gib / (mib - 4*kib) {
		_, errno := s.Map(false, mib-4*kib, true)
		require.Zero(t, errno)
	}
	_, errno := s.Map(false, mib-4*kib, true)
	require.Equal(t, unix.ENOMEM, errno)
	_, errno = s.Map(false, mib, true)
	require.Zero(t, errno, "the main area has room")
}

func TestStates(t *testing.T) {
	s := newSim(t)
	a, _ := s.Map(true, mib, false)
	committed := func(from, to uintptr) {
		t.Helper()
		for at := uintptr(0); at < mib; at += PageSize {
			want := at >= from && at < to
			require.Equal(t, want, s.Committed(a+raw.Addr(at), PageSize), "%#x", at)
		}
	}
	committed(0, 0)
	require.Zero(t, s.Protect(a+4*kib, 600*kib, true))
	committed(4*kib, 604*kib)
	require.Zero(t, s.Decommit(a+4*kib, 4*kib))
	committed(8*kib, 604*kib)
	require.Zero(t, s.Reset(a+8*kib, 4*kib, true))
	committed(8*kib, 604*kib) // a lazy reset leaves the state
	require.Zero(t, s.Reset(a+8*kib, 4*kib, false))
	committed(12*kib, 604*kib) // an eager one is a decommit
	require.Zero(t, s.Protect(a+600*kib, 4*kib, false))
	committed(12*kib, 600*kib)
	require.Zero(t, s.Unmap(a, 512*kib))
	committed(512*kib, 600*kib)

	require.True(t, s.Committed(a+520*kib+1, 100), "a part of a page")
	require.True(t, s.Committed(a, 0), "nothing")
	require.False(t, s.Committed(a+596*kib, 8*kib), "half of it")
	require.False(t, s.Committed(s.Base()-1, 2))
	require.False(t, s.Committed(s.Base()+SimSize-1, 2))
	require.False(t, s.Committed(0, 1))
}

// Memory is readable and writable, and keeps its contents through a decommit, unlike in Linux.
func TestMemoryIsThere(t *testing.T) {
	s := newSim(t)
	a, _ := s.Map(true, 32*mib, true)
	b, _ := s.Map(false, 4*kib, true)
	for _, at := range []raw.Addr{a, a + 32*mib - 8, b, b + 4*kib - 8} {
		require.Zero(t, raw.Load(at))
		raw.Store(at, at)
	}
	require.Zero(t, s.Decommit(a, 32*mib))
	require.Equal(t, a, raw.Load(a))
}

func TestPristine(t *testing.T) {
	s := newSim(t)
	run := func() (hash uint64, places []raw.Addr) {
		for _, r := range []request{{true, 64 * mib, 0}, {false, 2 * mib, 0}, {false, 8 * kib, 0}} {
			a, errno := s.Map(r.hinted, r.size, true)
			require.Zero(t, errno)
			places = append(places, a)
		}
		s.Tick(5)
		require.EqualValues(t, 1005, s.Now())
		s.Unmap(places[0], 64*mib)
		return s.CallHash(), places
	}
	hash, places := run()
	s.SetFaults([]Fault{{Kind: FaultMap, N: 5, Errno: unix.ENOMEM}})
	for range 3 {
		require.NoError(t, s.Pristine())
		require.Zero(t, s.CallCount())
		require.Empty(t, s.Calls())
		require.EqualValues(t, hashStart, s.CallHash())
		require.EqualValues(t, 1000, s.Clock())
		for _, a := range places {
			require.False(t, s.Committed(a, PageSize))
		}
		h, p := run()
		require.Equal(t, hash, h)
		require.Equal(t, places, p)
	}
}

// Up to 512M the contents of a run stay where they are, except where the allocator says that it needs
// zeros; beyond, the memory is given back.
func TestContentsAfterPristine(t *testing.T) {
	s := newSim(t)
	a, _ := s.Map(true, gib, true)
	raw.Store(a, 1)
	raw.Store(a+128, 2)
	raw.Store(a+residentMax-8, 3)
	raw.Store(a+residentMax, 4)
	raw.Store(a+gib-8, 5)
	require.NoError(t, s.Pristine())
	b, _ := s.Map(true, gib, true)
	require.Equal(t, a, b)
	s.NeedZero(b, 64)
	require.Equal(t, []raw.Addr{0, 2, 3, 0, 0}, []raw.Addr{raw.Load(a), raw.Load(a + 128),
		raw.Load(a + residentMax - 8), raw.Load(a + residentMax), raw.Load(a + gib - 8)})
}

// What many runs have touched is given back now and then, wherever the last of them was; the runs in
// between keep it.
func TestResidentMemoryIsGivenBack(t *testing.T) {
	s := newSim(t)
	a, _ := s.Map(true, gib, true)
	b, _ := s.Map(false, 8*kib, true)
	raw.Store(a+128*mib, 1)
	raw.Store(b, 2)
	words := func() []raw.Addr { return []raw.Addr{raw.Load(a + 128*mib), raw.Load(b)} }
	for range residentRuns - 1 {
		require.NoError(t, s.Pristine())
	}
	require.Equal(t, []raw.Addr{1, 2}, words())
	require.NoError(t, s.Pristine())
	require.Equal(t, []raw.Addr{0, 0}, words())
}

func TestMetaIsOutside(t *testing.T) {
	s := newSim(t)
	a, err := s.Meta(100)
	require.NoError(t, err)
	require.False(t, a >= s.Base() && a < s.Base()+SimSize)
	require.Zero(t, s.CallCount())
	raw.Store(a+96, 1)
}

// Fixed addresses, one after the other; a closed one is free again.
func TestBases(t *testing.T) {
	a := newSim(t)
	b, err := NewSim()
	require.NoError(t, err)
	require.NotEqual(t, a.Base(), b.Base())
	require.Zero(t, a.Base()%(4<<40))
	base := b.Base()
	require.NoError(t, b.Close())
	c := newSim(t)
	require.Equal(t, base, c.Base())
}

func TestMapped(t *testing.T) {
	s := newSim(t)
	require.Empty(t, s.Mapped())
	a, _ := s.Map(true, 64*mib, false)
	s.Map(false, 8*kib, true)
	s.Unmap(a+4*kib, 4*kib)
	require.Equal(t, []Range{{0, 4 * kib}, {8 * kib, 64*mib - 8*kib}, {mainEnd, 8 * kib}}, s.Mapped())
}

func TestZeroedMemoryReadsZeroInEveryRun(t *testing.T) {
	s := newSim(t)
	s.Zeroed()
	for range 2 {
		for _, size := range []uintptr{PageSize, SegmentAlign} {
			a, e := s.Map(size >= SegmentAlign, size, true)
			require.Zero(t, e)
			require.Zero(t, raw.Load(a))
			raw.Store(a, 1)
		}
		require.NoError(t, s.Pristine())
	}
}
