// Threads that run at once and free each other's blocks. See doc.go for an overview.

package goalloc

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// crowd is some threads, each with a letter box for blocks that it shall free.
type crowd struct {
	p     *Process
	boxes []chan block
}

// worker is one of them. Its Thread is replaced when it ends.
type worker struct {
	*crowd
	number int
	th     *Thread
	heaps  []Heap
	rng    *rand.Rand
}

// size is mostly small; a huge block now and then.
func (w *worker) size() uintptr {
	switch n := w.rng.IntN(1000); {
	case n < 2:
		return 17 << 20
	case n < 25:
		return uintptr(w.rng.IntN(8 << 20))
	case n < 60:
		return uintptr(w.rng.IntN(300 << 10))
	}
	return uintptr(w.rng.IntN(3000))
}

// housekeeping is what a thread does beside allocating.
func (w *worker) housekeeping() {
	switch n := w.rng.IntN(400); {
	case n < 2:
		w.th.Collect(n == 0)
	case n < 5:
		h, _ := w.th.NewHeap()
		w.heaps = append(w.heaps, h)
	case n < 7 && len(w.heaps) > 0:
		last := len(w.heaps) - 1
		w.heaps[last].Delete()
		w.heaps = w.heaps[:last]
	case n == 8:
		w.th.Close()
		w.heaps = nil
		if w.number > 0 {
			w.th = w.p.NewThread()
		}
	}
}

// empty frees what is in the letter box; false when a block was overwritten.
func (w *worker) empty(most int) bool {
	for range most {
		select {
		case b := <-w.boxes[w.number]:
			if !b.intact() {
				return false
			}
			w.th.Free(b.at)
		default:
			return true
		}
	}
	return true
}

// run allocates and sends; it gives back what went wrong.
func (w *worker) run(rounds int) string {
	for range rounds {
		w.housekeeping()
		if !w.empty(w.rng.IntN(4)) {
			return "a block was overwritten"
		}
		h := w.th.Default()
		if len(w.heaps) > 0 && w.rng.IntN(2) == 0 {
			h = w.heaps[w.rng.IntN(len(w.heaps))]
		}
		b := block{at: h.Malloc(w.size()), id: w.rng.Uint64()}
		if b.at == 0 {
			return "out of memory"
		}
		b.usable = w.th.UsableSize(b.at)
		b.stamp()
		select {
		case w.boxes[w.rng.IntN(len(w.boxes))] <- b:
		default:
			w.th.Free(b.at)
		}
	}
	w.th.Close()
	return ""
}

func TestThreadsAtOnce(t *testing.T) {
	for _, simulate := range []bool{false, true} {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("simulated %v, seed %d", simulate, seed), func(t *testing.T) {
				p, err := New(Config{Simulate: simulate})
				require.NoError(t, err)
				defer func() { require.NoError(t, p.Close()) }()
				c := &crowd{p: p}
				for range 4 {
					c.boxes = append(c.boxes, make(chan block, 64))
				}
				wrong := make([]string, len(c.boxes))
				var wait sync.WaitGroup
				for i := range c.boxes {
					w := &worker{crowd: c, number: i, th: p.Main(), rng: rand.New(rand.NewPCG(seed, uint64(i)))}
					if i > 0 {
						w.th = p.NewThread()
					}
					wait.Go(func() { wrong[i] = w.run(4000) })
				}
				wait.Wait()
				require.Equal(t, make([]string, len(c.boxes)), wrong)
				c.settle(t)
			})
		}
	}
}

// settle has the main thread free all that is left, and checks that nothing stays.
func (c *crowd) settle(t *testing.T) {
	m := c.p.Main()
	for i := range c.boxes {
		w := &worker{crowd: c, number: i, th: m}
		require.True(t, w.empty(len(c.boxes[i])), "a block was overwritten")
	}
	c.check(t)
	m.Collect(true)
	c.check(t)
	require.Empty(t, take(c.p, []*Thread{m}).segments(), "all is given back")
	require.Empty(t, filledSlots(cacheOf(c.p)))
}

// check is requireInvariants, but for the split of the count of abandoned segments: the reference
// takes the visited ones and their count in two steps, so only the sum is exact.
func (c *crowd) check(t *testing.T) {
	for _, problem := range checkInvariants(c.p, []*Thread{c.p.Main()}, held{}) {
		require.True(t, strings.HasPrefix(problem, "[A2]"), problem)
	}
	n := take(c.p, []*Thread{c.p.Main()})
	store := c.p.abandoned.(*abandonedStacks)
	require.EqualValues(t, len(n.abandoned)+len(n.visited),
		store.count.LoadSC(look)+store.visitedCount.LoadSC(look))
}
