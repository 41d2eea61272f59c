package goalloc

import (
	"testing"

	"midiff/goalloc/internal/osmem"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// kindsFrom are the kinds of the calls from number n on.
func kindsFrom(p *Process, n int) (kinds []osmem.CallKind) {
	for _, c := range p.Calls()[n:] {
		kinds = append(kinds, c.Kind)
	}
	return kinds
}

func TestSeedOfANewThread(t *testing.T) {
	p := simulated(t)
	p.NewThread().Init()
	require.Equal(t, []osmem.CallKind{osmem.CallMap, osmem.CallRandom}, kindsFrom(p, 0))
	require.EqualValues(t, seedBytes, p.Calls()[1].Size)
}

func TestSeedWithoutRandomBytes(t *testing.T) {
	p := simulated(t)
	p.SetFaults([]Fault{{Kind: "getrandom", N: 1, Errno: unix.EAGAIN}})
	th := p.NewThread()
	b, weak := th.seed()
	require.True(t, weak)
	require.NotZero(t, b)
	require.EqualValues(t, 1, th.TakeEvents().Warnings)
	require.Equal(t, []osmem.CallKind{osmem.CallRandom, osmem.CallClock}, kindsFrom(p, 0))
	_, weak = th.seed()
	require.False(t, weak, "asked again")
	require.Equal(t, []osmem.CallKind{osmem.CallRandom}, kindsFrom(p, 2))
}

// A system without the call is not asked again.
func TestSeedOnAnOldSystem(t *testing.T) {
	p := simulated(t)
	p.SetFaults([]Fault{{Kind: "getrandom", N: 1, Errno: unix.ENOSYS}})
	th := p.NewThread()
	before := p.Fingerprint()
	for range 2 {
		_, weak := th.seed()
		require.True(t, weak)
	}
	require.Equal(t, []osmem.CallKind{osmem.CallRandom, osmem.CallOpen, osmem.CallClock,
		osmem.CallOpen, osmem.CallClock}, kindsFrom(p, 0))
	require.NotEqual(t, before, p.Fingerprint())
	require.NoError(t, p.Reset())
	p.NewThread().seed()
	require.Equal(t, []osmem.CallKind{osmem.CallRandom}, kindsFrom(p, 0))
}
