// The roads to a smaller program. See doc.go for an overview.

package reduce

import (
	"context"
	"slices"

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
	for i, road := range roads {
		if task.Passes = road; i == 0 {
			task.Passes = append([]pass{{Name: "end", Run: r.uptoEnd}, {Name: "kin", Run: kinOnly}}, road...)
		}
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

// uptoEnd drops what comes after the operation in which the process ended.
func (r *Result) uptoEnd(c *cursor) {
	if r.endsAt >= 0 && r.endsAt+1 < len(c.Best().Ops) {
		without(c, func(op int) bool { return op > r.endsAt })
	}
	r.endsAt = -1 // of what is left now it says nothing
}

// kinOnly keeps of all operations only those on the handles of the last one, and on the handles of these. Programs
// end with the operation that fails, and most failures need no more: then this takes almost all away at once.
func kinOnly(c *cursor) {
	p := c.Best().Renamed()
	wanted := make([]bool, len(p.Vars))
	keep := make([]bool, len(p.Ops))
	for i := len(p.Ops) - 1; i >= 0; i-- {
		o := &p.Ops[i]
		handles := [...]prog.Handle{o.Dst, o.Src, o.Heap}
		keep[i] = i == len(p.Ops)-1 || slices.ContainsFunc(handles[:], func(h prog.Handle) bool { return h.IsVar() && wanted[h] })
		for _, h := range handles {
			if keep[i] && h.IsVar() {
				wanted[h] = true
			}
		}
	}
	c.Try(p.Without(func(op int) bool { return !keep[op] }))
}
