// The roads to a smaller program. See doc.go for an overview.

package reduce

import (
	"context"

	"midiff/diff/prog"
	"midiff/diff/shrink"
)

// freeToTouch is how much memory a candidate may touch, in bytes, though the program touches less: a
// smaller number is not always a smaller request, as where a product no longer overflows.
const freeToTouch = 256 << 20

// enough is a number of operations that is small enough to go no other road.
const enough = 5

// cut goes the roads from start, and keeps the smallest program that one ends at.
func (r *Result) cut(ctx context.Context, c *Config,
	run func(context.Context, string) (Outcome, error), start *prog.Program,
) error {
	touches := max(start.Touches(), freeToTouch)
	var done shrink.Stats // on the roads before
	task := &shrink.Task[*prog.Program]{
		Less: less,
		Key:  (*prog.Program).Text,
		Test: func(ctx context.Context, p *prog.Program) (bool, error) {
			if p.Touches() > touches {
				return false, nil
			}
			o, err := run(ctx, p.Text())
			return o == r.Outcome, err
		},
		MaxTests: c.MaxTests,
	}
	r.Program = start
	if c.Progress != nil {
		task.Progress = func(s shrink.Stats, best *prog.Program) {
			if less(r.Program, best) {
				best = r.Program
			}
			c.Progress(done.Plus(s), best)
		}
	}
	for _, task.Passes = range roads {
		best, stats, err := shrink.Run(ctx, task, start)
		done = done.Plus(stats)
		if best = best.Renamed(); less(best, r.Program) {
			r.Program = best
		}
		r.Stats = done
		if err != nil || stats.Stopped || len(r.Program.Ops) <= enough {
			return err
		}
		if c.MaxTests > 0 {
			task.MaxTests = c.MaxTests - done.Tested
		}
	}
	return nil
}
