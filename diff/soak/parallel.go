// Programs that fail with their threads at once: what is done about one that is kept. See doc.go for an overview.

package soak

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"midiff/diff"
	"midiff/diff/prog"
	"midiff/diff/reduce"
)

// How long the rate of a failure is measured, and how long a process may be silent in a run in parallel: it has a
// patience of its own, which is shorter.
const (
	rateFor          = 10 * time.Second
	parallelPatience = 20 * time.Second
)

// atOnce measures how often a program fails in parallel, and makes it smaller: in lockstep, if the program as it
// is written fails there in the same way, which is quicker and every time the same; else in parallel, each
// candidate as often as the rate asks for, and what comes of that is tried in lockstep again.
func (x *reduction) atOnce(ctx context.Context, as reduce.Outcome) (*Reduced, error) {
	x.say("measuring how often it fails")
	j, err := x.inParallel(ctx, as)
	if err != nil {
		return nil, err
	}
	return j, diff.WriteFile(filepath.Join(x.folder, diff.CommandsFile), x.commands(j))
}

func (x *reduction) inParallel(ctx context.Context, as reduce.Outcome) (*Reduced, error) {
	c := x.c.reduce(parallel, x.without)
	c.Outcome = as
	rate, err := reduce.Rate(ctx, *c, x.p)
	if err != nil && !errors.Is(err, reduce.ErrAgrees) {
		return nil, err
	}
	written, _, alone := reduce.Alone(ctx, x.c.reduce(lockstep, x.without), x.p.Text())
	if alone != nil {
		return nil, alone
	}
	j := x.reduced(rate)
	j.Lockstep, j.Mode, j.Flaky = string(written), parallel, err != nil
	x.say("fails in %d of %d runs; in lockstep: %s", rate.Hits, rate.Runs, written)
	if err != nil {
		return j, nil
	}
	if written.Way() == rate.Outcome {
		if lowered, err := x.lower(ctx, j, rate, x.p); lowered || err != nil {
			return j, err
		}
	}
	r, err := x.run(ctx, parallel, rate.Outcome, x.p)
	if errors.Is(err, reduce.ErrAgrees) { // as seldom as that
		return j, nil
	}
	if err != nil {
		return nil, err
	}
	small := x.reduced(r)
	small.Lockstep, small.Mode, small.Tries = j.Lockstep, j.Mode, r.Tries
	if err := x.small(r, fmt.Sprintf("# fails in parallel, in %d of %d runs: %s", r.Confirmed, r.Again, r.Outcome)); err != nil {
		return nil, err
	}
	written, _, err = reduce.Alone(ctx, x.c.reduce(lockstep, x.without), r.Program.Text())
	if err != nil || written.Way() != r.Outcome {
		return small, err
	}
	_, err = x.lower(ctx, small, r, r.Program)
	return small, err
}

// lower reduces in lockstep a program that fails there as it does in parallel. False if it did once only.
func (x *reduction) lower(ctx context.Context, j *Reduced, rate *reduce.Result, p *prog.Program) (bool, error) {
	x.say("it fails in lockstep in the same way")
	r, err := x.run(ctx, lockstep, rate.Outcome, p)
	if errors.Is(err, reduce.ErrAgrees) || err == nil && r.Flaky() {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	j.After, j.Confirmed, j.Stopped = len(r.Program.Ops), r.Confirmed, r.Stats.Stopped
	j.Candidates += r.Stats.Tested
	j.Seconds += r.Elapsed.Seconds()
	j.Mode, j.Lockstep = lockstep, string(r.Outcome)
	return true, x.small(r, fmt.Sprintf("# fails, in parallel and in lockstep: %s", r.Outcome))
}

// commands gives the commands of the folder, with what is known now.
func (x *reduction) commands(j *Reduced) string {
	shown := filepath.Join(x.c.Shown, filepath.Base(x.folder))
	file := filepath.Join(shown, diff.ProgramFile)
	text := diff.ParallelCommandLines(file, x.c.Ref, x.without, diff.TimesToSee(j.Hits, j.Runs))
	small := filepath.Join(shown, diff.SmallFile)
	text += fmt.Sprintf("\nfailed in %d of %d runs in parallel: %s\n", j.Hits, j.Runs, j.Outcome)
	switch {
	case j.Flaky:
		return text + "not reduced: it did not fail again\n"
	case j.Mode == lockstep:
		return text + fmt.Sprintf("it fails in lockstep in the same way: %s has %d operations of %d\n%s", diff.SmallFile,
			j.After, j.Before, diff.CommandLines(small, x.without))
	case j.Lockstep == string(reduce.Agreed):
		text += "in lockstep it does not fail\n"
	default:
		text += fmt.Sprintf("in lockstep it comes to something else, which is another failure or hides this one: %s\n",
			j.Lockstep)
	}
	if j.Tries == 0 {
		return text + "not reduced: it did not fail again\n"
	}
	return text + fmt.Sprintf("reduced in parallel, each candidate in up to %d runs: %s has %d operations of %d\n%s", j.Tries,
		diff.SmallFile, j.After, j.Before, diff.ParallelCommandLines(small, x.c.Ref, x.without, diff.TimesToSee(j.Hits, j.Runs)))
}
