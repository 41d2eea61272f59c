package sim

import (
	"fmt"
	"testing"
)

// BenchmarkGrowth is how the cost of an execution grows with threads and operations: each thread adds to a word of
// its own and loads a shared one in turn.
func BenchmarkGrowth(b *testing.B) {
	for _, threads := range []int{1, 3, 7} {
		for _, ops := range []int{4, 16, 64, 256} {
			b.Run(fmt.Sprintf("threads=%d/operations=%d", threads, ops), func(b *testing.B) {
				s := New()
				defer s.Close()
				body := func(s *Sim) {
					for t := 1; t <= threads; t++ {
						s.Spawn(0, func() { adds(s, t, ops) })
					}
					for t := 1; t <= threads; t++ {
						s.Join(0, t)
					}
				}
				for b.Loop() {
					if s.Execute(Plan{}, body).Failure != nil {
						b.Fatal("failed")
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*threads*ops), "ns/operation")
			})
		}
	}
}

func adds(s *Sim, t, ops int) {
	for i := range ops {
		if i%2 == 0 {
			s.Add(uintptr(t)*8, 1, AcqRel, 1)
		} else {
			s.Load(0x100, 2, Acquire)
		}
	}
}
