// goalloc against the C library and against another allocator in Go. See doc.go for an overview.

package bench

import (
	"fmt"

	"midiff/cref"
	"midiff/goalloc"

	"modernc.org/memory"
)

// pairGoal is how much slower than C in a C loop goalloc may be.
const pairGoal = 1.5

// mixedSizes are what a program of small objects asks for.
var mixedSizes = []uint64{16, 24, 32, 48, 64, 80, 96, 128, 160, 200, 256, 320, 512, 700, 1000, 1500,
	2048, 3000, 4096, 8192}

func pairs(r *cref.Ref) ([]Row, error) {
	p, err := goalloc.New(goalloc.Config{Simulate: true})
	if err != nil {
		return nil, err
	}
	defer p.Close()
	// The ring has its own: its live blocks would keep the pages of the pairs.
	other, err := goalloc.New(goalloc.Config{Simulate: true})
	if err != nil {
		return nil, err
	}
	defer other.Close()
	if err := r.Begin(&cref.Setup{Threads: 1}); err != nil {
		return nil, err
	}
	defer r.Reset()
	var rows []Row
	for _, set := range []struct {
		name  string
		sizes []uint64
	}{{"64 bytes", []uint64{64}}, {"20 sizes, 16 B to 8 KiB", mixedSizes}} {
		ns := inTurns(goPairs(p.Main(), set.sizes), func(n int) { r.BenchPairs(n, set.sizes) },
			cgoPairs(r, set.sizes), otherPairs(set.sizes), goRing(other.Main(), set.sizes), otherRing(set.sizes))
		rows = append(rows, Row{
			What:     "goalloc malloc+free, " + set.name,
			Measured: fmt.Sprintf("%.1f ns", ns[0]),
			Than:     fmt.Sprintf("C in a C loop: %.1f ns", ns[1]),
			Ratio:    ns[0] / ns[1],
			Goal:     fmt.Sprintf("<= %.1f", pairGoal), Met: ns[0] <= pairGoal*ns[1],
			Detail: []string{"a profile: go test ./goalloc -run '^$' -bench Pair -cpuprofile cpu.out " +
				"&& go tool pprof -top cpu.out"},
		}, Row{
			Than:  fmt.Sprintf("C by a cgo call each: %.1f ns", ns[2]),
			Ratio: ns[0] / ns[2],
		}, Row{
			Than:  fmt.Sprintf("modernc.org/memory: %.1f ns", ns[3]),
			Ratio: ns[0] / ns[3],
		}, Row{
			What:     fmt.Sprintf("the same, freed %d blocks later", ringBlocks),
			Measured: fmt.Sprintf("%.1f ns", ns[4]),
			Than:     fmt.Sprintf("modernc.org/memory: %.1f ns", ns[5]),
			Ratio:    ns[4] / ns[5],
		})
	}
	return rows, nil
}

func goPairs(t *goalloc.Thread, sizes []uint64) work {
	return func(n int) {
		for i, k := 0, 0; i < n; i++ {
			t.Free(t.Malloc(uintptr(sizes[k])))
			if k++; k == len(sizes) {
				k = 0
			}
		}
	}
}

// ringBlocks is how many blocks a ring holds.
const ringBlocks = 1000

// goRing frees each block when ringBlocks more have been made.
func goRing(t *goalloc.Thread, sizes []uint64) work {
	var ring [ringBlocks]goalloc.Addr
	return func(n int) {
		for i, k, at := 0, 0, 0; i < n; i++ {
			t.Free(ring[at])
			ring[at] = t.Malloc(uintptr(sizes[k]))
			k, at = (k+1)%len(sizes), (at+1)%ringBlocks
		}
	}
}

// otherPairs and otherRing are the same for modernc.org/memory, which is for one thread at a time and asks
// Linux for its memory.
func otherPairs(sizes []uint64) work {
	var a memory.Allocator
	return func(n int) {
		for i, k := 0, 0; i < n; i++ {
			a.UintptrFree(otherMalloc(&a, sizes[k]))
			if k++; k == len(sizes) {
				k = 0
			}
		}
	}
}

func otherRing(sizes []uint64) work {
	var a memory.Allocator
	var ring [ringBlocks]uintptr
	return func(n int) {
		for i, k, at := 0, 0, 0; i < n; i++ {
			a.UintptrFree(ring[at])
			ring[at] = otherMalloc(&a, sizes[k])
			k, at = (k+1)%len(sizes), (at+1)%ringBlocks
		}
	}
}

func otherMalloc(a *memory.Allocator, size uint64) uintptr {
	p, err := a.UintptrMalloc(int(size))
	if err != nil {
		panic(err)
	}
	return p
}

func cgoPairs(r *cref.Ref, sizes []uint64) work {
	return func(n int) {
		for i, k := 0, 0; i < n; i++ {
			r.BenchFree(r.BenchMalloc(sizes[k]))
			if k++; k == len(sizes) {
				k = 0
			}
		}
	}
}
