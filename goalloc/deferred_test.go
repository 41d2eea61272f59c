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

// A callback that allocates while its thread ends starts the thread anew, with a record that calls it once more; the
// one that ends goes on with its own. Fixed, it has the heap that the thread had.
func TestDeferredFreeMayAllocateAtTheEnd(t *testing.T) {
	for _, fixed := range []bool{false, true} {
		p := simulated(t)
		if fixed {
			p.Without(CallbackRestarts)
		}
		th := p.NewThread()
		mine, others := th.Malloc(5000), p.Main().Malloc(5000)
		backing, inside := th.Backing(), false
		calls := listen(p, func(t *Thread) {
			if inside {
				return
			}
			inside = true
			t.Free(t.Malloc(2000))
			t.Free(mine) // of the record that ends, which has the page
			t.Free(backing.Malloc(3000))
			t.Free(others)
			inside = false
		})
		th.Done()
		quirks := th.TakeEvents().Quirks
		if fixed {
			require.Equal(t, []deferredCall{{th, true, 2}}, *calls)
			require.Zero(t, quirks&CallbackRestarts)
			require.Nil(t, th.backing, "the thread has ended")
			require.EqualValues(t, 1, p.threadCount.AtRest())
			continue
		}
		require.Equal(t, []deferredCall{{th, true, 2}, {th, false, 1}}, *calls)
		require.NotZero(t, quirks&CallbackRestarts)
		require.NotEqual(t, backing, th.Backing(), "the thread has started anew")
		require.EqualValues(t, 1, th.segments)
		require.Empty(t, p.Check([]*Thread{p.Main(), th}, nil))
		p.RegisterDeferredFree(nil)
		th.Close()
		p.Main().Collect(true)
		require.Empty(t, p.Check([]*Thread{p.Main()}, nil))
	}
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
