// Commitment and its delayed end. See doc.go for an overview.

package goalloc

import (
	"testing"

	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
)

// Committing rounds outward to 1M, decommitting inward to 64K; the header is left out unless it is
// meant.
func TestCommitRange(t *testing.T) {
	const kib, mib = 1 << 10, 1 << 20
	p := simulated(t)
	m := p.Main()
	s := segmentOf(m.Malloc(48))
	for _, c := range []struct {
		name         string
		from, size   uintptr
		conservative bool
		lo, hi       uintptr
	}{
		{"commit: outward", mib + 4*kib, 8 * kib, false, mib, 2 * mib},
		{"commit: across a megabyte", 2*mib - 64*kib, 128 * kib, false, mib, 3 * mib},
		{"commit: not the header", 64 * kib, 64 * kib, false, 64 * kib, mib},
		{"commit: the header itself", 0, 64 * kib, false, 0, mib},
		{"commit: up to the end", 32*mib - 64*kib, 64 * kib, false, 31 * mib, 32 * mib},
		{"commit: all", 64 * kib, 32*mib - 64*kib, false, 64 * kib, 32 * mib},
		{"decommit: exact", 128 * kib, 64 * kib, true, 128 * kib, 192 * kib},
		{"decommit: inward", 64*kib + 1, 128 * kib, true, 128 * kib, 192 * kib},
		{"decommit: less than a part", 64*kib + 1, 64 * kib, true, 0, 0},
		{"nothing", mib, 0, false, 0, 0},
		{"more than a segment", mib, 32*mib + 1, false, 0, 0},
		{"past the end", 32 * mib, 64 * kib, false, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			start, full, mask := m.commitRange(s, raw.Of(s)+Addr(c.from), c.size, c.conservative)
			require.Equal(t, c.hi-c.lo, full)
			if full > 0 {
				require.Equal(t, raw.Of(s)+Addr(c.lo), start)
			}
			require.Equal(t, rangeMask(c.lo/commitSize, full/commitSize), mask)
		})
	}
	huge := segmentOf(m.Malloc(20 << 20))
	_, full, _ := m.commitRange(huge, raw.Of(huge)+mib, mib, false)
	require.Zero(t, full, "a huge segment's mask is not used")
}

// The delay starts with the first free, grows by one with each further free, and what is due goes
// with the next page of the segment.
func TestDelayedDecommit(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	b := m.mallocN(6, 1<<20)
	s.shh()
	s.say("now 1000: the first free sets the expiry, to 25 ms from now")
	m.Free(b[0])
	s.show()
	s.say("a second one, 5 ms later, moves it by one")
	s.p.Tick(5)
	m.Free(b[2])
	s.show()
	s.say("1025: not due yet at the next page of the segment")
	s.p.Tick(20)
	m.Malloc(4 << 20)
	s.system()
	s.show()
	s.say("1026: due; each run is one call")
	s.p.Tick(1)
	m.Malloc(4 << 20)
	s.system()
	s.show()
	s.say("a page in a part that is gone commits it again, to whole megabytes")
	m.Malloc(1 << 20)
	s.system()
	s.show()
	s.end()
}

// A free that comes when the expiry has passed either waits a little or gives back all at once.
func TestDelayedDecommitOfALateFree(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	b := m.mallocN(6, 1<<20)
	s.shh()
	m.Free(b[0])
	s.say("expires at 1025; a free at 1025 sets the expiry to one later")
	s.p.Tick(25)
	m.Free(b[2])
	s.system()
	s.show()
	s.say("a free at 1027 is one later than that: everything goes")
	s.p.Tick(2)
	m.Free(b[4])
	s.system()
	s.show()
	s.end()
}

// Using a part of what waits restarts the delay for the rest.
func TestReuseRestartsTheDelay(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	b := m.mallocN(6, 1<<20)
	s.shh()
	m.freeAll(b[0], b[2])
	s.say("expires at 1026; at 1010 one of the spans is used again")
	s.p.Tick(10)
	s.show()
	m.Malloc(1 << 20)
	s.system()
	s.show()
	s.end()
}

func TestDecommitWithoutDelay(t *testing.T) {
	s := tell(t, 0)
	require.NoError(t, s.p.SetOption("decommit_delay", 0))
	m := s.p.Main()
	b := m.mallocN(2, 1<<20)
	s.shh()
	s.say("with decommit_delay 0 a free gives the memory back at once")
	m.Free(b[0])
	s.system()
	s.show()
	s.end()
}

func TestNoDecommit(t *testing.T) {
	s := tell(t, 1)
	require.NoError(t, s.p.SetOption("allow_decommit", 0))
	m, other := s.threads[0], s.threads[1]
	b := m.mallocN(2, 1<<20)
	huge := m.Malloc(20 << 20)
	s.shh()
	s.say("with allow_decommit 0 nothing is given back")
	m.Free(b[0])
	other.Free(huge)
	s.p.Tick(1000)
	m.Collect(false)
	m.Free(b[1])
	s.system()
	s.show()
	s.end()
}

// A refused commit leaves everything as it was: the span goes back, the allocation fails.
func TestRefusedCommit(t *testing.T) {
	s := tell(t, 1)
	other := s.threads[1]
	other.Malloc(48)
	s.shh()
	s.p.SetFaults([]Fault{{Kind: "mprotect", N: 3, Sticky: true, Errno: enomem},
		{Kind: "mmap", N: 3, Sticky: true, Errno: enomem}})
	s.say("a second megabyte is refused, and a second segment as well: twice, with a collect between")
	require.Zero(t, other.Malloc(1<<20))
	require.EqualValues(t, enomem, other.TakeEvents().Errno)
	s.system()
	s.show()
	s.say("what is committed can still be used")
	require.NotZero(t, other.Malloc(64))
	s.show()
	s.end()
}

func TestRefusedDecommitIsAWarning(t *testing.T) {
	p := simulated(t)
	require.NoError(t, p.SetOption("decommit_delay", 0))
	m := p.Main()
	b := m.mallocN(2, 1<<20)
	p.SetFaults([]Fault{{Kind: "madvise", N: 1, Errno: enomem}})
	m.Free(b[0])
	require.Equal(t, Events{Warnings: 1}, m.TakeEvents())
	require.True(t, p.Committed(b[0], 1<<20), "a call that fails has no effect")
	one := rangeMask(1, 16)
	require.False(t, segmentOf(b[1]).commitMask.hasAny(&one), "but counts as given back")
	requireInvariants(t, p, []*Thread{m}, held{b[1]: 1 << 20})
	require.Equal(t, b[0], m.Malloc(1<<20))
	requireInvariants(t, p, []*Thread{m}, held{b[0]: 1 << 20, b[1]: 1 << 20})
}
