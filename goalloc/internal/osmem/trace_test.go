// The trace of calls and the calls that fail. See osmem.go for the states.

package osmem

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// The sequence that the golden hash belongs to. The C shim of this project must give the same hash for
// the same calls: the addresses are from the base, so its own base does not matter.
func goldenCalls(t *testing.T, s *Sim) {
	s.SetFaults([]Fault{
		{Kind: FaultMap, N: 4, Errno: unix.ENOMEM},
		{Kind: FaultProtect, N: 2, Sticky: true, Errno: unix.EACCES},
		{Kind: FaultAdvise, N: 3, Errno: unix.EINVAL},
	})
	seg, errno := s.Map(true, 32*mib, false) // 1: reserved
	require.Zero(t, errno)
	big, errno := s.Map(false, 2*mib, true) // 2: misaligned
	require.Zero(t, errno)
	small, errno := s.Map(false, 8*kib, true) // 3: small area
	require.Zero(t, errno)
	_, errno = s.Map(true, 32*mib, true) // 4: refused
	require.Equal(t, unix.ENOMEM, errno)
	require.Zero(t, s.Protect(seg, 64*kib, true))
	require.Equal(t, unix.EACCES, s.Protect(seg+64*kib, 64*kib, true))
	require.Equal(t, unix.EACCES, s.Protect(seg, 64*kib, false)) // sticky
	require.Zero(t, s.Decommit(big, mib))
	require.Zero(t, s.Reset(big+mib, 64*kib, true))
	require.Equal(t, unix.EINVAL, s.Reset(big+mib, 64*kib, true))
	require.Zero(t, s.Reset(big+mib, 64*kib, false))
	require.Zero(t, s.Unmap(small, 8*kib))
	require.Zero(t, s.Unmap(seg, 32*mib))
}

const goldenHash = 0xa445f8c67be1bb83

func TestGoldenTrace(t *testing.T) {
	s := newSim(t)
	require.EqualValues(t, 0x6d69646966663130, s.CallHash(), "before the first call")
	goldenCalls(t, s)
	for _, c := range s.Calls() {
		t.Logf("%-8v arg %d errno %2d at %#x size %#x", c.Kind, c.Arg, c.Errno, c.Addr, c.Size)
	}
	require.Equal(t, uint64(goldenHash), s.CallHash())
}

func TestTraceEvents(t *testing.T) {
	s := newSim(t)
	s.SetStep(3)
	goldenCalls(t, s)
	want := []Call{
		{CallMap, 0, 4 | 2, 3, 0, 32 * mib},
		{CallMap, 0, 4 | 1, 3, 32*mib + 4*kib, 2 * mib},
		{CallMap, 0, 4 | 1, 3, 60 * gib, 8 * kib},
		{CallMap, 12, 4 | 2 | 1, 3, 0, 32 * mib},
		{CallProtect, 0, 1, 3, 0, 64 * kib},
		{CallProtect, 13, 1, 3, 64 * kib, 64 * kib},
		{CallProtect, 13, 0, 3, 0, 64 * kib},
		{CallDecommit, 0, 0, 3, 32*mib + 4*kib, mib},
		{CallReset, 0, 0, 3, 33*mib + 4*kib, 64 * kib},
		{CallReset, 22, 0, 3, 33*mib + 4*kib, 64 * kib},
		{CallDecommit, 0, 0, 3, 33*mib + 4*kib, 64 * kib},
		{CallUnmap, 0, 0, 3, 60 * gib, 8 * kib},
		{CallUnmap, 0, 0, 3, 0, 32 * mib},
	}
	require.Equal(t, want, s.Calls())
	require.Equal(t, len(want), s.CallCount())
}

// The hash by the definition, word for word.
func TestHashDefinition(t *testing.T) {
	s := newSim(t)
	goldenCalls(t, s)
	h := uint64(0x6d69646966663130)
	for _, c := range s.Calls() {
		what := uint64(c.Kind) | uint64(c.Errno)<<8 | uint64(c.Arg)<<16
		for _, w := range []uint64{what, c.Addr, c.Size} {
			h = (h ^ w) * 0x9E3779B97F4A7C15
			h ^= h >> 29
		}
	}
	require.Equal(t, h, s.CallHash())
}

// The step is no part of the hash, and everything else is.
func TestHashCoversTheCall(t *testing.T) {
	hashes := map[uint64]string{}
	s := newSim(t)
	refuse := func(e Errno) { s.SetFaults([]Fault{{FaultMap, 1, false, e}}) }
	for name, f := range map[string]func(){
		"nothing":   func() {},
		"map":       func() { s.Map(true, mib, true) },
		"reserve":   func() { s.Map(true, mib, false) },
		"no hint":   func() { s.Map(false, mib, true) },
		"other":     func() { s.Map(true, 2*mib, true) },
		"ENOMEM":    func() { refuse(unix.ENOMEM); s.Map(true, mib, true) },
		"EAGAIN":    func() { refuse(unix.EAGAIN); s.Map(true, mib, true) },
		"protect":   func() { s.Protect(s.Base(), mib, true) },
		"unprotect": func() { s.Protect(s.Base(), mib, false) },
		"elsewhere": func() { s.Protect(s.Base()+mib, mib, true) },
		"decommit":  func() { s.Decommit(s.Base(), mib) },
		"reset":     func() { s.Reset(s.Base(), mib, true) },
		"enlarge":   func() { s.Enlarge(s.Base(), mib) },
		"unmap":     func() { s.Unmap(s.Base(), mib) },
		"random":    func() { s.Random(make([]byte, 32)) },
		"fewer":     func() { s.Random(make([]byte, 16)) },
		"clock":     func() { s.Now() },
		"later":     func() { s.Tick(1); s.Now() },
		"file":      func() { s.RandomFile(nil) },
	} {
		require.NoError(t, s.Pristine())
		f()
		require.Empty(t, hashes[s.CallHash()], name)
		hashes[s.CallHash()] = name
	}
	require.NoError(t, s.Pristine())
	s.SetStep(8)
	s.Map(true, mib, true)
	require.Equal(t, "map", hashes[s.CallHash()])
}

func TestTraceKeepsTheFirstCalls(t *testing.T) {
	s := newSim(t)
	for i := range callsKept + 10 {
		s.SetStep(uint32(i))
		s.Unmap(s.Base(), 0)
	}
	require.Len(t, s.Calls(), callsKept)
	require.EqualValues(t, callsKept-1, s.Calls()[callsKept-1].Step)
	require.Equal(t, callsKept+10, s.CallCount())
}

func TestFaults(t *testing.T) {
	type call func(s *Sim) Errno
	calls := map[FaultKind]call{
		FaultMap:     func(s *Sim) Errno { _, e := s.Map(true, mib, true); return e },
		FaultUnmap:   func(s *Sim) Errno { return s.Unmap(s.Base(), mib) },
		FaultProtect: func(s *Sim) Errno { return s.Protect(s.Base(), mib, false) },
		FaultAdvise:  func(s *Sim) Errno { return s.Decommit(s.Base(), mib) },
	}
	for kind, do := range calls {
		for _, c := range []struct {
			n      uint64
			sticky bool
			fails  []bool
		}{
			{1, false, []bool{true, false, false}}, {2, false, []bool{false, true, false}},
			{1, true, []bool{true, true, true}}, {2, true, []bool{false, true, true}},
			{0, false, []bool{false, false, false}}, {9, true, []bool{false, false, false}},
		} {
			t.Run(fmt.Sprint(kind, c.n, c.sticky), func(t *testing.T) {
				s := newSim(t)
				s.SetFaults([]Fault{{kind, c.n, c.sticky, unix.EAGAIN}})
				for other, f := range calls { // the counts are by kind
					if other != kind {
						require.Zero(t, f(s))
					}
				}
				for i, fails := range c.fails {
					require.Equal(t, fails, do(s) == unix.EAGAIN, "call %d", i+1)
				}
			})
		}
	}
}

// A call that fails changes nothing: neither states nor places.
func TestFailedCallsHaveNoEffect(t *testing.T) {
	s := newSim(t)
	a, _ := s.Map(true, mib, true)
	s.SetFaults([]Fault{{FaultMap, 2, false, unix.ENOMEM}, {FaultUnmap, 1, false, unix.EINVAL},
		{FaultProtect, 1, false, unix.ENOMEM}, {FaultAdvise, 1, true, unix.EAGAIN}})
	_, errno := s.Map(true, mib, true)
	require.Equal(t, unix.ENOMEM, errno)
	require.Equal(t, unix.EINVAL, s.Unmap(a, mib))
	require.Equal(t, unix.ENOMEM, s.Protect(a, mib, false))
	require.Equal(t, unix.EAGAIN, s.Decommit(a, mib))
	require.Equal(t, unix.EAGAIN, s.Reset(a, mib, false))
	require.Equal(t, unix.EAGAIN, s.Reset(a, mib, true))
	require.True(t, s.Committed(a, mib))
	b, _ := s.Map(true, mib, true)
	require.Equal(t, a+SegmentAlign, b)
}

// Faults can name several calls of a kind; the first that fits decides.
func TestSeveralFaults(t *testing.T) {
	s := newSim(t)
	s.SetFaults([]Fault{{FaultUnmap, 1, false, unix.EINVAL}, {FaultUnmap, 1, true, unix.ENOMEM},
		{FaultUnmap, 3, false, unix.EAGAIN}})
	require.Equal(t, []Errno{unix.EINVAL, unix.ENOMEM, unix.ENOMEM}, []Errno{
		s.Unmap(s.Base(), 0), s.Unmap(s.Base(), 0), s.Unmap(s.Base(), 0)})
}

func TestCallKindNames(t *testing.T) {
	require.Equal(t, "map unmap protect decommit reset random clock open",
		fmt.Sprint(CallMap, " ", CallUnmap, " ", CallProtect, " ", CallDecommit, " ", CallReset, " ",
			CallRandom, " ", CallClock, " ", CallOpen))
}
