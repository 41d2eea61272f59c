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

// A process does the same wherever its memory pretends to lie, if that is the same place modulo the alignments
// asked for, and something else if it is not.
func TestPretend(t *testing.T) {
	const base, asan = 2 << 40, 0x11ff00000000
	type outcome struct {
		stay   []bool // what stays in place by luck of its address
		region bool
		state  uint64
	}
	run := func(pretend Addr, align uintptr) (o outcome) {
		p, err := New(Config{Simulate: true, Pretend: pretend})
		require.NoError(t, err)
		defer func() { require.NoError(t, p.Close()) }()
		m := p.Main()
		for range 40 {
			a := m.Malloc(100)
			o.region = m.IsInHeapRegion(a)
			o.stay = append(o.stay, m.Default().ReallocAligned(a, 100, align) == a)
		}
		o.state = p.StateHash([]*Thread{m})
		return o
	}
	for _, align := range []uintptr{3, 5, 7, 9, 12, 24, 35} {
		require.Equal(t, run(0, align), run(base, align), align)
		require.Equal(t, run(base, align), run(asan, align), align)
	}
	require.NotEqual(t, run(base, 11).stay, run(asan, 11).stay, "the place is no matter: this test says nothing")
}
