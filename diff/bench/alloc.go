// goalloc against the C library. See doc.go for an overview.

package bench

import (
	"fmt"

	"midiff/cref"
	"midiff/goalloc"
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
			cgoPairs(r, set.sizes))
		rows = append(rows, Row{
			What:     "goalloc malloc+free, " + set.name,
			Measured: fmt.Sprintf("%.1f ns", ns[0]),
			Than:     fmt.Sprintf("C in a C loop: %.1f ns", ns[1]),
			Ratio:    ns[0] / ns[1],
			Goal:     fmt.Sprintf("<= %.1f", pairGoal), Met: ns[0] <= pairGoal*ns[1],
			Detail: []string{"a profile: go test ./goalloc -run '^$' -bench Pair -cpuprofile cpu.out " +
				"&& go tool pprof -top cpu.out"},
		}, Row{
			What:     "",
			Measured: "",
			Than:     fmt.Sprintf("C by a cgo call each: %.1f ns", ns[2]),
			Ratio:    ns[0] / ns[2],
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
