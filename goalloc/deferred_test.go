// Tests of the callback for deferred frees. See doc.go for an overview.

package goalloc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// deferredCall is what a callback was told.
type deferredCall struct {
	t         *Thread
	force     bool
	heartbeat uint64
}

// listen registers a callback that notes its calls and then does f.
func listen(p *Process, f func(t *Thread)) *[]deferredCall {
	calls := new([]deferredCall)
	p.RegisterDeferredFree(func(t *Thread, force bool, heartbeat uint64) {
		*calls = append(*calls, deferredCall{t, force, heartbeat})
		if f != nil {
			f(t)
		}
	})
	return calls
}

// Each generic allocation and each collect calls, with the force of the collect; what is done from a free list does
// not, and nothing does when the callback is taken back.
func TestDeferredFreeIsCalled(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	m.Malloc(48)
	calls := listen(p, nil)
	m.Malloc(48)
	require.Empty(t, *calls)
	m.Malloc(5000)
	m.Collect(false)
	m.Collect(true)
	require.Equal(t, []deferredCall{{m, false, 2}, {m, false, 3}, {m, true, 4}}, *calls)
	th := p.NewThread()
	th.Collect(true)
	require.Len(t, *calls, 3, "a thread that has no heap yet has nothing to collect")
	th.Malloc(1)
	th.Done()
	require.Equal(t, []deferredCall{{th, false, 1}, {th, true, 2}}, (*calls)[3:])
	p.RegisterDeferredFree(nil)
	m.Collect(true)
	require.Len(t, *calls, 5)
}

// The callback may allocate. The heartbeat goes on, and there is no call inside the call.
func TestDeferredFreeMayAllocate(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	calls := listen(p, func(t *Thread) { t.Free(t.Malloc(2000)) })
	m.Malloc(5000)
	m.Malloc(5000)
	require.Equal(t, []deferredCall{{m, false, 1}, {m, false, 3}}, *calls)
}

// What the callback frees can serve the allocation that called it.
func TestDeferredFreeMakesRoom(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	a := m.Malloc(1040)
	for range 64<<10/1280 - 1 {
		m.Malloc(1040)
	}
	listen(p, func(t *Thread) {
		t.Free(a)
		a = 0
	})
	was := a
	require.Equal(t, was, m.Malloc(1040))
	require.NoError(t, p.Reset())
	m.Malloc(1040)
	require.Zero(t, a, "a reset takes the callback back")
}
