// What a run, a reset and a crossing cost. See doc.go for an overview.

package cref

import (
	"fmt"
	"testing"
	"time"
)

// mix is a program of n steps of one thread, sizes up to max.
func mix(n int, max uint64) (Setup, []Op) {
	d := newDice(1, max, false)
	d.threads, d.aligns = 1, 7
	return d.setup(), d.program(n)
}

func BenchmarkRun(b *testing.B) {
	for _, n := range []int{50, 2000} {
		for _, max := range []uint64{16 << 10, 256} {
			b.Run(fmt.Sprintf("steps=%d/max=%d", n, max), func(b *testing.B) {
				r := opened(b)
				s, ops := mix(n, max)
				out := make([]Result, n)
				for b.Loop() {
					if err := r.Begin(&s); err != nil {
						b.Fatal(err)
					}
					r.Run(ops, out)
					r.Reset()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/step")
			})
		}
	}
}

// The time of one reset is measured by hand: stopping the benchmark's timer costs more than a
// reset.
func BenchmarkReset(b *testing.B) {
	for _, n := range []int{1, 50, 2000} {
		b.Run(fmt.Sprintf("after=%d", n), func(b *testing.B) {
			r := opened(b)
			s, ops := mix(n, 16<<10)
			out := make([]Result, n)
			var spent time.Duration
			for b.Loop() {
				if err := r.Begin(&s); err != nil {
					b.Fatal(err)
				}
				r.Run(ops, out)
				start := time.Now()
				r.Reset()
				spent += time.Since(start)
			}
			b.ReportMetric(float64(spent.Nanoseconds())/float64(b.N), "ns/reset")
		})
	}
}

func BenchmarkCrossing(b *testing.B) {
	r := opened(b)
	b.Run("empty", func(b *testing.B) {
		for b.Loop() {
			r.BenchEmpty()
		}
	})
	b.Run("malloc and free", func(b *testing.B) {
		for b.Loop() {
			r.BenchFree(r.BenchMalloc(64))
		}
	})
	b.Run("pairs in one crossing", func(b *testing.B) {
		r.BenchPairs(b.N, []uint64{64})
	})
	r.Reset()
}

func BenchmarkFingerprint(b *testing.B) {
	r := opened(b)
	for b.Loop() {
		r.Fingerprint()
	}
}
