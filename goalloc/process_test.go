// Processes: how they start, and how they become new again. See doc.go for an overview.

//go:build !explore

package goalloc

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// After a Reset a process is as it was, whatever was done with it: the same program gives the same
// addresses, OS calls and messages.
func TestResetReturnsToTheStart(t *testing.T) {
	p := simulated(t)
	pristine := p.Fingerprint()
	type trace struct {
		hash   uint64
		calls  int
		blocks []block
	}
	run := func(seed uint64) trace {
		g := newPlayer(p, seed, 1+int(seed%4))
		g.faulty = true
		rng := rand.New(rand.NewPCG(seed, 3))
		p.SetFaults([]Fault{{Kind: "mmap", N: 1 + rng.Uint64N(20), Errno: enomem},
			{Kind: "madvise", N: 1 + rng.Uint64N(20), Errno: enomem}})
		require.NoError(t, p.SetOption("decommit_delay", int64(seed%2*25)))
		for range 250 {
			g.step(t)
		}
		require.NotEqual(t, pristine, p.Fingerprint())
		return trace{p.OSHash(), p.OSCalls(), g.blocks}
	}
	var first []trace
	for seed := range uint64(8) {
		first = append(first, run(seed))
		require.NoError(t, p.Reset())
		require.Equal(t, pristine, p.Fingerprint(), "after seed %d", seed)
		require.Zero(t, p.OSCalls())
	}
	for _, seed := range []uint64{5, 2, 7, 0} {
		require.Equal(t, first[seed], run(seed), "seed %d after others", seed)
		require.NoError(t, p.Reset())
	}
}

// Every part of the state is in the fingerprint.
func TestFingerprintNoticesChanges(t *testing.T) {
	p := simulated(t)
	pristine := p.Fingerprint()
	require.Equal(t, pristine, p.Fingerprint())
	for name, change := range map[string]func(){
		"an option":           func() { require.NoError(t, p.SetOption("page_reset", 1)) },
		"a quirk":             func() { p.Without(NaturalAlign) },
		"the clock":           func() { p.Tick(1) },
		"a thread":            func() { p.NewThread() },
		"an allocation":       func() { p.Main().Malloc(1) },
		"a failed allocation": func() { p.Main().Malloc(ptrdiffMax + 1) },
		"a heap":              func() { p.Main().NewHeap() },
		"a cached segment":    func() { p.Main().Free(p.Main().Malloc(16 << 20)) },
		"an abandoned one":    func() { th := p.NewThread(); th.Malloc(1); th.Close() },
		"a cache slot":        func() { cacheOf(p).slots[77].commit = fullMask; bitmap(cacheOf(p).inUse[:]).claim(77) },
		"the main heap":       func() { p.mainHeap.retiredMax++ },
	} {
		change()
		require.NotEqual(t, pristine, p.Fingerprint(), name)
		require.NoError(t, p.Reset())
		require.Equal(t, pristine, p.Fingerprint(), name)
	}
}

func TestProcessesDoNotShareAnything(t *testing.T) {
	p, q := simulated(t), simulated(t)
	require.NotEqual(t, p.Base(), q.Base())
	before := q.Fingerprint()
	a := p.Main().Malloc(48)
	require.Equal(t, before, q.Fingerprint())
	b := q.Main().Malloc(48)
	require.Equal(t, a-p.Base(), b-q.Base(), "and run alike")
	require.Equal(t, p.OSHash(), q.OSHash())
}

// There are 16 address spaces, less those that something else sits on (a race build's shadow memory).
func TestAddressSpacesRunOut(t *testing.T) {
	var all []*Process
	bases := map[Addr]bool{}
	for range 16 {
		p, err := New(Config{Simulate: true})
		if err != nil {
			require.ErrorContains(t, err, "64 GiB")
			break
		}
		bases[p.Base()] = true
		all = append(all, p)
	}
	require.Greater(t, len(all), 4)
	require.Len(t, bases, len(all))
	_, err := New(Config{Simulate: true})
	require.Error(t, err)
	for _, p := range all {
		require.NoError(t, p.Close())
	}
	p, err := New(Config{Simulate: true})
	require.NoError(t, err)
	require.True(t, bases[p.Base()], "a closed one is free again")
	require.NoError(t, p.Close())
}

func TestRealProcessHasNoControls(t *testing.T) {
	p, err := New(Config{})
	require.NoError(t, err)
	require.ErrorContains(t, p.Reset(), "make a new one")
	require.PanicsWithValue(t, "goalloc: the process is not simulated: set Config.Simulate",
		func() { p.Base() })
	require.NotPanics(t, func() { p.Fingerprint() })
	require.NoError(t, p.Close())
}

// The profile is copied: changing it later changes nothing.
func TestProfileIsCopied(t *testing.T) {
	prof := Profile20()
	p := simulatedAs(t, prof)
	prof.Quirks, prof.Options[optEagerCommit] = 0, 0
	require.Equal(t, quirks20, p.quirks)
	require.NoError(t, p.Reset())
	require.Equal(t, quirks20, p.quirks)
	require.True(t, p.enabled(optEagerCommit))
}
