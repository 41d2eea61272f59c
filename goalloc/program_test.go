// Random programs, with every invariant checked after every operation. See doc.go for an overview.

package goalloc

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// player runs random operations in several threads of a process, one at a time, and keeps account of
// what the program holds and what it wrote there.
type player struct {
	p       *Process
	rng     *rand.Rand
	threads []*Thread
	heaps   [][]Heap // by thread, without the backing heaps
	blocks  []block
	held    held
	faulty  bool // null results are expected
	// weights of the operations and of the classes of sizes are drawn per program: some occur not at
	// all, some much.
	weights, classes []int
}

// block is a block of the program, stamped with its id at both ends.
type block struct {
	at     Addr
	usable uintptr
	id     uint64
}

func newPlayer(p *Process, seed uint64, threads int) *player {
	g := &player{
		p: p, rng: rand.New(rand.NewPCG(seed, 1)), threads: []*Thread{p.Main()},
		heaps: make([][]Heap, threads), held: held{},
	}
	for len(g.threads) < threads {
		g.threads = append(g.threads, p.NewThread())
	}
	for _, op := range operations {
		g.weights = append(g.weights, op.weight*[]int{0, 1, 1, 2, 4}[g.rng.IntN(5)])
	}
	for _, class := range sizeClasses {
		g.classes = append(g.classes, class.weight*[]int{0, 1, 1, 4}[g.rng.IntN(4)])
	}
	g.weights[0], g.classes[0] = max(g.weights[0], 200), max(g.classes[0], 1)
	return g
}

// draw gives an index by weight.
func (g *player) draw(weights []int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	n := g.rng.IntN(sum)
	for i, w := range weights {
		if n -= w; n < 0 {
			return i
		}
	}
	panic("unreachable: n is below the sum")
}

// stampBytes of each end of a block carry its stamp.
const stampBytes = 64

func (b *block) ends() [2][]byte {
	n := min(b.usable, stampBytes)
	return [2][]byte{Bytes(b.at, n), Bytes(b.at+Addr(b.usable-n), n)}
}

func (b *block) stamp() {
	for _, end := range b.ends() {
		for i := range end {
			end[i] = byte(b.id)
		}
	}
}

// intact tells whether the stamp is still there.
func (b *block) intact() bool {
	for _, end := range b.ends() {
		for _, v := range end {
			if v != byte(b.id) {
				return false
			}
		}
	}
	return true
}

// keep takes a new block into account.
func (g *player) keep(t *testing.T, th *Thread, at Addr, size uintptr) {
	if at == 0 {
		require.True(t, g.faulty, "out of memory")
		return
	}
	b := block{at, th.UsableSize(at), g.rng.Uint64()}
	require.GreaterOrEqual(t, b.usable, size)
	require.NotContains(t, g.held, at)
	b.stamp()
	g.held[at] = b.usable
	g.blocks = append(g.blocks, b)
}

// drop takes a block out of account; it must carry its stamp still.
func (g *player) drop(t *testing.T, i int) (b block) {
	b = g.blocks[i]
	require.True(t, b.intact(), "block %#x of %d bytes was overwritten", b.at, b.usable)
	last := len(g.blocks) - 1
	g.blocks[i] = g.blocks[last]
	g.blocks = g.blocks[:last]
	delete(g.held, b.at)
	return b
}

// sizeClasses are kinds of sizes, most of them near edges.
var sizeClasses = []struct {
	weight int
	size   func(r *rand.Rand) uintptr
}{
	{25, func(r *rand.Rand) uintptr { return uintptr(r.IntN(smallMax + 1)) }},
	{35, func(r *rand.Rand) uintptr {
		return near(r, binSize([]uintptr{1, 4, 9, 24, 25, 40, 41, 48, 52}[r.IntN(9)]))
	}},
	{15, func(r *rand.Rand) uintptr { return uintptr(r.IntN(128 << 10)) }},
	{20, func(r *rand.Rand) uintptr {
		return near(r, []uintptr{128 << 10, 512 << 10, 1 << 20, 4 << 20, 8 << 20, 16 << 20}[r.IntN(6)])
	}},
	{2, func(r *rand.Rand) uintptr { return 17<<20 + uintptr(r.IntN(4<<20)) }},
}

func near(r *rand.Rand, n uintptr) uintptr { return n + uintptr(r.IntN(3)) - 1 }

func (g *player) size() uintptr { return sizeClasses[g.draw(g.classes)].size(g.rng) }

// touched is size for operations that write to all of a block: large ones are rare, since they cost
// more than the rest of the program.
func (g *player) touched() uintptr {
	n := g.size()
	if n > 1<<20 && g.rng.IntN(10) > 0 {
		n >>= 6
	}
	return n
}

func (g *player) align() uintptr {
	if g.rng.IntN(40) == 0 {
		return 32 << 20 << g.rng.IntN(3)
	}
	return 1 << g.rng.IntN(22)
}

// heap draws one of the thread's heaps, mostly the default one.
func (g *player) heap(i int) Heap {
	if own := g.heaps[i]; len(own) > 0 && g.rng.IntN(2) == 0 {
		return own[g.rng.IntN(len(own))]
	}
	return g.threads[i].Default()
}
