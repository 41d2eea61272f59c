// The operations of random programs. See doc.go for an overview.

package goalloc

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// step runs one operation and says which.
func (g *player) step(t *testing.T) string {
	i := g.rng.IntN(len(g.threads))
	op := operations[g.draw(g.weights)]
	for len(g.blocks) > 150 {
		g.free(t, g.rng.IntN(len(g.threads)))
	}
	return fmt.Sprintf("t%d %s(%s)", i, op.name, op.run(g, t, i))
}

// operations with their weights; the first one occurs in every program.
var operations = []struct {
	weight int
	name   string
	run    func(g *player, t *testing.T, i int) string
}{
	{300, "malloc", (*player).malloc},
	{420, "free", (*player).free},
	{80, "zalloc", (*player).zalloc},
	{60, "bulk", (*player).bulk},
	{40, "malloc_aligned", (*player).mallocAligned},
	{55, "realloc", (*player).realloc},
	{25, "rezalloc_aligned", (*player).rezallocAligned},
	{8, "clock", (*player).tick},
	{5, "collect", (*player).collect},
	{8, "heap_new", (*player).heapNew},
	{4, "heap_set_default", (*player).heapSetDefault},
	{4, "heap_delete", (*player).heapDelete},
	{3, "heap_destroy", (*player).heapDestroy},
	{8, "exit", (*player).exit},
	{5, "thread_done", (*player).done},
}

func (g *player) malloc(t *testing.T, i int) string {
	size, h := g.size(), g.heap(i)
	g.keep(t, g.threads[i], h.Malloc(size), size)
	return fmt.Sprint(size)
}

var zeroes [4096]byte

func (g *player) zalloc(t *testing.T, i int) string {
	size := g.touched()
	a := g.heap(i).Zalloc(size)
	if a != 0 {
		n := min(size, uintptr(len(zeroes)))
		for _, at := range []Addr{a, a + Addr(size-n)} {
			require.True(t, bytes.Equal(Bytes(at, n), zeroes[:n]), "zalloc(%d) is not zero", size)
		}
	}
	g.keep(t, g.threads[i], a, size)
	return fmt.Sprint(size)
}

// bulk fills pages.
func (g *player) bulk(t *testing.T, i int) string {
	size := binSize(8+uintptr(g.rng.IntN(40))) - uintptr(g.rng.IntN(2))
	n := 1 + g.rng.IntN(12)
	h := g.heap(i)
	for range n {
		g.keep(t, g.threads[i], h.Malloc(size), size)
		h = g.threads[i].Default() // the first call may have initialised the thread
	}
	return fmt.Sprintf("%d, %d", n, size)
}

func (g *player) mallocAligned(t *testing.T, i int) string {
	size, align := g.size(), g.align()
	a := g.heap(i).MallocAligned(size, align)
	if g.p.quirks&NaturalAlign == 0 {
		require.Zero(t, uintptr(a)%align, "malloc_aligned(%d, %d)", size, align)
	}
	g.keep(t, g.threads[i], a, size)
	return fmt.Sprintf("%d, %d", size, align)
}

func (g *player) free(t *testing.T, i int) string {
	if len(g.blocks) == 0 {
		g.threads[i].Free(0)
		return "null"
	}
	b := g.drop(t, g.rng.IntN(len(g.blocks)))
	g.threads[i].Free(b.at)
	return fmt.Sprintf("%#x", b.at)
}

func (g *player) realloc(t *testing.T, i int) string {
	th, size := g.threads[i], g.touched()
	if len(g.blocks) == 0 {
		g.keep(t, th, g.heap(i).Realloc(0, size), size)
		return "null"
	}
	b := g.drop(t, g.rng.IntN(len(g.blocks)))
	if g.rng.IntN(2) == 0 {
		size = b.usable + uintptr(g.rng.IntN(64))
	}
	a := g.heap(i).Realloc(b.at, size)
	if a == 0 {
		g.keep(t, th, b.at, 0) // untouched
		return "refused"
	}
	for _, v := range Bytes(a, min(size, b.usable, stampBytes)) {
		if v != byte(b.id) && uintptr(b.at)%wordSize == 0 { // an odd address's contents are not copied
			require.FailNow(t, "realloc lost the contents")
		}
	}
	g.keep(t, th, a, size)
	return fmt.Sprintf("%#x, %d", b.at, size)
}

func (g *player) rezallocAligned(t *testing.T, i int) string {
	th, size, align := g.threads[i], g.touched(), uintptr(1)<<g.rng.IntN(17)
	b := block{}
	if len(g.blocks) > 0 {
		b = g.drop(t, g.rng.IntN(len(g.blocks)))
	}
	a := g.heap(i).RezallocAligned(b.at, size, align)
	if a == 0 {
		require.True(t, g.faulty)
		if b.at != 0 {
			g.keep(t, th, b.at, 0)
		}
		return "refused"
	}
	if g.p.quirks&ReallocOffset == 0 {
		require.Zero(t, uintptr(a)%align)
	}
	if n := min(size-min(size, b.usable), uintptr(len(zeroes))); a != b.at && b.usable%wordSize == 0 {
		require.True(t, bytes.Equal(Bytes(a+Addr(size-n), n), zeroes[:n]), "the end is not zero")
	}
	g.keep(t, th, a, size)
	return fmt.Sprintf("%#x, %d, %d", b.at, size, align)
}

func (g *player) tick(*testing.T, int) string {
	ms := []int64{1, 5, 30, 600}[g.rng.IntN(4)]
	g.p.Tick(ms)
	return fmt.Sprint(ms)
}

func (g *player) collect(_ *testing.T, i int) string {
	force := g.rng.IntN(2) == 0
	if i > 0 && force && g.rng.IntN(4) > 0 {
		force = false // it looks at 16384 segments if there is an abandoned one
	}
	g.heap(i).Collect(force)
	return fmt.Sprint(force)
}

func (g *player) heapNew(t *testing.T, i int) string {
	h, ok := g.threads[i].NewHeap()
	if !ok {
		require.True(t, g.faulty)
		return "refused"
	}
	g.heaps[i] = append(g.heaps[i], h)
	g.held[h.Addr()] = g.threads[i].UsableSize(h.Addr())
	return fmt.Sprintf("%#x", h.Addr())
}

// takeHeap draws one of the thread's own heaps and forgets it.
func (g *player) takeHeap(i int) (h Heap, ok bool) {
	own := g.heaps[i]
	if len(own) == 0 {
		return h, false
	}
	k := g.rng.IntN(len(own))
	h = own[k]
	g.heaps[i] = append(own[:k], own[k+1:]...)
	delete(g.held, h.Addr())
	return h, true
}

func (g *player) heapSetDefault(_ *testing.T, i int) string {
	h := g.threads[i].Backing()
	if own := g.heaps[i]; len(own) > 0 {
		h = own[g.rng.IntN(len(own))]
	}
	if h.IsZero() {
		return "refused"
	}
	g.threads[i].SetDefault(h)
	return fmt.Sprintf("%#x", h.Addr())
}

func (g *player) heapDelete(_ *testing.T, i int) string {
	h, ok := g.takeHeap(i)
	if !ok {
		return ""
	}
	h.Delete()
	return fmt.Sprintf("%#x", h.Addr())
}

func (g *player) heapDestroy(t *testing.T, i int) string {
	h, ok := g.takeHeap(i)
	if !ok {
		return ""
	}
	for k := len(g.blocks) - 1; k >= 0; k-- {
		if h.Contains(g.blocks[k].at) {
			g.drop(t, k)
		}
	}
	h.Destroy()
	return fmt.Sprintf("%#x", h.Addr())
}

// forgetHeaps is for a thread that ends: its heaps are deleted with it.
func (g *player) forgetHeaps(i int) {
	for _, h := range g.heaps[i] {
		delete(g.held, h.Addr())
	}
	g.heaps[i] = nil
}

func (g *player) exit(_ *testing.T, i int) string {
	g.threads[i].Close()
	g.forgetHeaps(i)
	if i > 0 {
		g.threads[i] = g.p.NewThread()
	}
	return ""
}

func (g *player) done(_ *testing.T, i int) string {
	g.threads[i].Done()
	g.forgetHeaps(i)
	return ""
}

// finish frees everything from random threads.
func (g *player) finish(t *testing.T) {
	for len(g.blocks) > 0 {
		g.free(t, g.rng.IntN(len(g.threads)))
	}
}
