// Threads that run at once. See doc.go for an overview.

package bench

import (
	"fmt"
	"slices"

	"midiff/corpus"
	"midiff/diff"
	"midiff/diff/prog"
)

// threadRuns is how often a program is run; the median counts.
const threadRuns = 7

// tellRounds is how long the stories are.
const tellRounds = 80

// atWork are scenarios whose first thread has next to nothing to do, so that there are as many threads as workers.
var atWork = []string{"churn", "cycles", "heap-delete", "heap-destroy"}

// threads compares the throughput of goalloc and C in scenarios with one and two worker threads. Nothing is
// stamped or checked in these runs; what they wait for each other is part of the time, on both sides.
func threads(names []string, rounds int) (rows []Row, err error) {
	x, err := diff.NewParallel()
	if err != nil {
		return nil, err
	}
	x.Bare = true
	for _, name := range names {
		s, err := corpus.ScenarioByName(name)
		if err != nil {
			return nil, err
		}
		for workers := 1; workers <= 2; workers++ {
			text, err := s.Text(corpus.Params{Rounds: rounds, Threads: 1 + workers, Seed: 1})
			if err != nil {
				return nil, err
			}
			p, err := prog.Parse(name, text)
			if err != nil {
				return nil, err
			}
			row, err := throughput(x, p)
			if err != nil {
				return nil, fmt.Errorf("scenario %s: %w", name, err)
			}
			row.What = fmt.Sprintf("scenario %s, %d at once", name, workers)
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// throughput runs a program on both sides in turn.
func throughput(x *diff.Parallel, p *prog.Program) (Row, error) {
	var c, g []float64 // million operations per second
	for range threadRuns {
		if v := x.Check(p); v.Class != diff.Agree {
			return Row{}, fmt.Errorf("%v %s %+v", v.Class, v.Reason, v.Div)
		}
		last := x.Last()
		c = append(c, float64(last.C.Reached.Operations)/last.C.Took.Seconds()/1e6)
		g = append(g, float64(last.Go.Reached.Operations)/last.Go.Took.Seconds()/1e6)
	}
	slices.Sort(c)
	slices.Sort(g)
	mc, mg := c[threadRuns/2], g[threadRuns/2]
	return Row{Measured: fmt.Sprintf("goalloc %.2f million operations/s", mg), Than: fmt.Sprintf("C %.2f", mc),
		Ratio: mg / mc}, nil
}
