package goalloc

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// What a thread leaves can be visited, by tag, and is there afterwards; without the option it cannot.
func TestVisitAbandoned(t *testing.T) {
	p := simulatedAs(t, Profile23())
	m, th := p.Main(), p.NewThread()
	found := func(tag int) (blocks []Addr, all bool) {
		all = m.VisitAbandoned(0, tag, true, func(_ *Area, b Addr, _ uintptr) bool {
			if b != 0 {
				blocks = append(blocks, b)
			}
			return true
		})
		return blocks, all
	}
	_, all := found(-1)
	require.False(t, all)
	require.EqualValues(t, unix.EFAULT, m.TakeEvents().Errno)

	require.NoError(t, p.SetOption("visit_abandoned", 1))
	tagged, ok := th.NewTaggedHeap(7, true, NoArena)
	require.True(t, ok)
	plain, special := th.Malloc(40), tagged.Malloc(40)
	th.Close()
	for range 2 {
		blocks, all := found(7)
		require.True(t, all)
		require.Equal(t, []Addr{special}, blocks)
		blocks, _ = found(-1)
		require.Contains(t, blocks, plain)
		require.Contains(t, blocks, special)
	}
	require.False(t, m.VisitAbandoned(0, -1, false, func(*Area, Addr, uintptr) bool { return false }), "stopped")
	requireInvariants(t, p, []*Thread{m}, nil)
}
