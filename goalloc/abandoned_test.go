// The two stacks of abandoned segments. See doc.go for an overview.

package goalloc

import (
	"sync"
	"testing"

	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
)

// fakeSegments are segment headers that only the stacks look at, at multiples of a segment's size.
func fakeSegments(t *testing.T, p *Process, n int) (all []*segment) {
	for range n {
		a, errno := p.os.Map(true, segmentSize, true)
		require.Zero(t, errno)
		all = append(all, segmentAt(a))
	}
	return all
}

// popped gives the indexes of all segments in the order in which they are popped.
func popped(store *abandonedStacks, all []*segment) (order []int) {
	for s := store.pop(nil); s != nil; s = store.pop(nil) {
		for i := range all {
			if all[i] == s {
				order = append(order, i)
			}
		}
	}
	return order
}

func TestStackOrder(t *testing.T) {
	p := simulated(t)
	all := fakeSegments(t, p, 6)
	for name, c := range map[string]struct {
		push, visited []int
		revisit       bool
		order         []int
	}{
		"empty":                              {nil, nil, false, nil},
		"last in, first out":                 {[]int{0, 1, 2}, nil, false, []int{2, 1, 0}},
		"visited ones follow when it is dry": {[]int{0, 1}, []int{2, 3}, false, []int{1, 0, 3, 2}},
		"only visited ones":                  {nil, []int{0, 1, 2}, false, []int{2, 1, 0}},
		"revisited ones come first":          {[]int{0, 1}, []int{2, 3}, true, []int{3, 2, 1, 0}},
		"revisited, alone":                   {nil, []int{2, 3}, true, []int{3, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			var store abandonedStacks
			for _, i := range c.push {
				store.push(all[i])
			}
			for _, i := range c.visited {
				store.pushVisited(all[i])
			}
			require.EqualValues(t, len(c.push), store.count.LoadSC(look))
			require.EqualValues(t, len(c.visited), store.visitedCount.LoadSC(look))
			if c.revisit {
				require.True(t, store.revisit())
				require.False(t, store.revisit())
				require.EqualValues(t, len(c.push)+len(c.visited), store.count.LoadSC(look))
			}
			require.Equal(t, c.order, popped(&store, all))
			require.Zero(t, store.count.LoadSC(look))
			require.Zero(t, store.visitedCount.LoadSC(look))
		})
	}
}

// The counter beside the top grows with every change, so that the same top twice is not taken for no
// change.
func TestTag(t *testing.T) {
	p := simulated(t)
	s := fakeSegments(t, p, 1)[0]
	var store abandonedStacks
	for i := uint64(1); i < 10; i += 2 {
		store.push(s)
		require.Equal(t, i, store.abandoned.LoadSC(look)&tagMask)
		require.Equal(t, raw.Of(s), untagged(store.abandoned.LoadSC(look)))
		require.Equal(t, raw.Of(s), raw.Of(store.pop(nil)))
		require.Equal(t, i+1, store.abandoned.LoadSC(look))
	}
	require.Equal(t, uint64(raw.Of(s)), tagged(raw.Of(s), tagMask), "the counter wraps")
}

// Threads pop and push at once: no segment is lost or in two hands.
func TestStacksUnderContention(t *testing.T) {
	p := simulated(t)
	const workers, rounds = 4, 3000
	all := fakeSegments(t, p, 6)
	var store abandonedStacks
	for _, s := range all {
		s.used = 0
		store.push(s)
	}
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := range rounds {
				s := store.pop(nil)
				if s == nil {
					continue
				}
				s.used++ // not atomic: whoever popped it owns it
				if (i+w)%3 == 0 {
					store.pushVisited(s)
				} else {
					store.push(s)
				}
				if i%100 == 0 {
					store.revisit()
				}
			}
		})
	}
	wait.Wait()
	store.awaitReaders()
	seen := map[int]bool{}
	for _, i := range popped(&store, all) {
		require.False(t, seen[i], "segment %d is there twice", i)
		seen[i] = true
	}
	require.Len(t, seen, len(all))
	require.Zero(t, store.count.LoadSC(look))
	require.Zero(t, store.visitedCount.LoadSC(look))
}
