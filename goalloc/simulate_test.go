// The controls of a simulated process. See doc.go for an overview.

package goalloc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStepsInTheTrace(t *testing.T) {
	p := simulated(t)
	p.SetStep(7)
	p.Main().Malloc(48)
	p.SetStep(9)
	p.Main().Malloc(17 << 20)
	require.Equal(t, []uint32{7, 9}, []uint32{p.Calls()[0].Step, p.Calls()[1].Step})
	require.Equal(t, 2, p.OSCalls())
}

func TestFaultKinds(t *testing.T) {
	for kind, warns := range map[string]bool{"mmap": true, "munmap": true, "mprotect": true,
		"madvise": true, "brk": false} {
		p := simulated(t)
		require.NoError(t, p.SetOption("decommit_delay", 0))
		require.NoError(t, p.SetOption("eager_commit", 0))
		p.SetFaults([]Fault{{Kind: kind, N: 1, Errno: enomem}})
		m := p.Main()
		a, b := m.Malloc(1<<20), m.Malloc(1<<20)
		m.freeAll(a, b)
		m.Collect(true)
		require.Equal(t, warns, m.TakeEvents().Warnings > 0, kind)
	}
}

func TestClock(t *testing.T) {
	p := simulated(t)
	require.EqualValues(t, 1000, p.Main().now())
	p.Tick(25)
	require.EqualValues(t, 1025, p.Main().now())
	require.NoError(t, p.Reset())
	require.EqualValues(t, 1000, p.Main().now())
}

func TestCommittedOutside(t *testing.T) {
	p := simulated(t)
	require.False(t, p.Committed(0, 4096))
	require.False(t, p.Committed(p.Base()-4096, 8192))
	require.False(t, p.Committed(p.Base()+64<<30, 4096))
	a := p.Main().Malloc(48)
	require.True(t, p.Committed(a, 48))
	require.True(t, p.Committed(a, 0))
}
