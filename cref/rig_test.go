// Helpers of the tests: steps by name, and random programs. See doc.go for an overview.

package cref

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func opened(t testing.TB) *Ref {
	t.Helper()
	r, err := Open()
	require.NoError(t, err)
	return r
}

// step makes an operation of the main thread. IDs are given by run.
func step(name string, dst, src uint32, numbers ...uint64) Op {
	code, ok := Code(name)
	if !ok {
		panic("no operation " + name)
	}
	var n [3]uint64
	copy(n[:], numbers)
	return Op{Code: code, Dst: dst, Src: src, Heap: NoSlot, A: n[0], B: n[1], C: n[2]}
}

func gives(dst uint32, name string, n ...uint64) Op { return step(name, dst, NoSlot, n...) }
func takes(name string, src uint32, n ...uint64) Op { return step(name, NoSlot, src, n...) }
func plain(name string, n ...uint64) Op             { return step(name, NoSlot, NoSlot, n...) }

func (o Op) by(thread uint8) Op { o.Thread = thread; return o }
func (o Op) of(heap uint32) Op  { o.Heap = heap; return o }
func (o Op) on(heap uint32) Op  { o.Heap, o.Heaped = heap, 1; return o }

// run makes the steps of a fresh run and leaves the state as it is then.
func run(t testing.TB, s Setup, ops ...Op) []Result {
	t.Helper()
	r := opened(t)
	if s.Threads == 0 {
		s.Threads = 4
	}
	if s.Blocks == 0 {
		s.Blocks, s.Heaps = 64, 8
	}
	require.NoError(t, r.Begin(&s))
	for i := range ops {
		ops[i].ID = uint32(i + 1)
	}
	out := make([]Result, len(ops))
	r.Run(ops, out)
	return out
}

// dice makes random programs in which every handle is live when it is used.
type dice struct {
	*rand.Rand
	threads int
	max     uint64 // largest size
	rare    bool   // exits, heaps, collects, large alignments
	aligns  int    // how many powers of two are alignments
	live    []bool
	heaps   []int // owner of each heap slot, or -1
}

func newDice(seed uint64, max uint64, rare bool) *dice {
	d := &dice{Rand: rand.New(rand.NewPCG(seed, 1)), threads: 4, max: max, rare: rare,
		aligns: 17}
	d.live, d.heaps = make([]bool, 200), []int{-1, -1, -1, -1}
	return d
}

func (d *dice) setup() Setup {
	return Setup{Threads: d.threads, Blocks: len(d.live), Heaps: len(d.heaps)}
}

// size is spread over the powers of two.
func (d *dice) size() uint64 {
	bits := 1
	for d.max>>bits != 0 {
		bits++
	}
	return d.Uint64N(1 << d.IntN(bits))
}

// alignment is a power of two, beyond the size of a segment once in a while.
func (d *dice) alignment() uint64 {
	if d.rare && d.IntN(40) == 0 {
		return 64 << 20
	}
	return 1 << d.IntN(d.aligns)
}

func (d *dice) program(n int) []Op {
	ops := make([]Op, n)
	for i := range ops {
		ops[i] = d.next()
		ops[i].ID = uint32(i + 1)
	}
	ops[n-1].Flags = Sweep
	return ops
}

func (d *dice) next() Op {
	thread := d.IntN(d.threads)
	if d.rare && d.IntN(8) == 0 {
		return d.seldom(thread).by(uint8(thread))
	}
	slot := uint32(d.IntN(len(d.live)))
	if d.live[slot] && d.IntN(4) != 0 {
		d.live[slot] = false
		return takes("free", slot).by(uint8(thread))
	}
	return d.block(slot, thread).by(uint8(thread))
}

func (d *dice) block(slot uint32, thread int) Op {
	names := []string{"malloc", "zalloc", "malloc_aligned", "zalloc_aligned", "mallocn"}
	src := NoSlot
	if d.live[slot] {
		src = slot
		names = []string{"realloc", "rezalloc", "realloc_aligned", "reallocf", "rezalloc_aligned"}
	}
	d.live[slot] = true
	name := names[d.IntN(len(names))]
	o := step(name, slot, src, d.size(), d.alignment())
	if name == "mallocn" {
		o.B = 1
	}
	if h := uint32(d.IntN(len(d.heaps))); d.rare && d.heaps[h] == thread {
		return o.on(h)
	} else if d.rare && d.IntN(10) == 0 {
		return o.on(BackingSlot)
	}
	return o
}

func (d *dice) seldom(thread int) Op {
	h := d.IntN(len(d.heaps))
	mine := d.heaps[h] == thread
	switch k := d.IntN(16); {
	case k == 0:
		d.dropHeaps(thread)
		return plain("exit")
	case k == 1:
		d.dropHeaps(thread)
		return plain("thread_done")
	case k < 4:
		return plain("clock", d.Uint64N(100))
	case k == 4:
		return plain("collect", d.Uint64N(2))
	case k < 10 && d.heaps[h] < 0:
		d.heaps[h] = thread
		return gives(uint32(h), "heap_new")
	case k < 8 && mine:
		d.heaps[h] = -1
		return plain([]string{"heap_delete", "heap_destroy"}[k%2]).of(uint32(h))
	case k < 10 && mine:
		return plain("heap_set_default").of(uint32(h))
	case k == 10:
		return plain("heap_collect", d.Uint64N(2)).of(BackingSlot)
	}
	return plain("good_size", d.size())
}

func (d *dice) dropHeaps(thread int) {
	for h := range d.heaps {
		if d.heaps[h] == thread {
			d.heaps[h] = -1
		}
	}
}
