// Tests of the huge policies. See doc.go for an overview.

package goalloc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever frees an abandoned huge block gives its memory back at once; an owned one waits for its owner.
func TestHugeBlockOfAnother(t *testing.T) {
	for _, c := range []struct {
		profile *Profile
		freed   bool
	}{{Profile20(), false}, {Profile20Abandon(), true}} {
		p := simulatedAs(t, c.profile)
		other := p.NewThread()
		b := p.Main().Malloc(20 << 20)
		s := segmentOf(b)
		require.Equal(t, c.freed, s.threadID.AtRest() == 0, c.profile.Name)
		require.Equal(t, c.freed, s.pageOf(b).heap.AtRest() == 0, c.profile.Name)
		other.Free(b)
		require.Equal(t, !c.freed, p.Committed(b, 8), c.profile.Name)
		require.Equal(t, c.freed, other.heap != p.emptyHeap, "the one who frees it needs a heap: %s", c.profile.Name)
	}
}

// Its own thread frees an abandoned huge block in the same way, aligned ones too.
func TestHugeBlockOfOneself(t *testing.T) {
	p := simulatedAs(t, Profile20Abandon())
	m := p.Main()
	for _, b := range []Addr{m.Malloc(20 << 20), m.mallocAligned(m.heap, 100, 64<<20)} {
		m.Free(b)
		require.False(t, p.Committed(b, 8))
	}
	require.Zero(t, m.segments)
}

// With the quirk a heap does not know its huge blocks, and destroyed it leaves them; without, it owns them.
func TestHugeUnowned(t *testing.T) {
	for _, fixed := range []bool{false, true} {
		p := simulatedAs(t, Profile20Abandon())
		if fixed {
			p.Without(HugeUnowned)
		}
		h, ok := p.Main().NewHeap()
		require.True(t, ok)
		b := h.Malloc(20 << 20)
		require.Equal(t, fixed, h.Contains(b))
		require.Equal(t, fixed, h.CheckOwned(b))
		require.Equal(t, !fixed, p.Main().TakeEvents().Quirks == HugeUnowned)
		h.Destroy()
		require.Equal(t, !fixed, p.Committed(b, 8))
		require.Equal(t, !fixed, p.Main().TakeEvents().Quirks == HugeUnowned)
	}
}

// A thread that ends with a heap of its own is revived where frees are counted.
func TestEndRevives(t *testing.T) {
	for _, profile := range []*Profile{Profile20(), Profile20Stats()} {
		p := simulatedAs(t, profile)
		thread := p.NewThread()
		_, ok := thread.NewHeap()
		require.True(t, ok)
		thread.Done()
		require.Equal(t, profile.countsAll, thread.heap != p.emptyHeap, profile.Name)
		require.NotZero(t, thread.Malloc(100))
	}
}

func TestProfileByName(t *testing.T) {
	for _, profile := range profiles {
		want := profile()
		got, err := ProfileByName(want.Name)
		require.NoError(t, err)
		require.Equal(t, want.Name, got.Name)
	}
	_, err := ProfileByName("2.1")
	require.ErrorContains(t, err, `unknown profile "2.1": expected one of [2.0 2.0-abandon`)
}
