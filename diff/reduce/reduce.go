// A reduction from start to end. See doc.go for an overview.

package reduce

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os/exec"
	"time"

	"midiff/diff/prog"
	"midiff/diff/shrink"
)

// How often a program is run before and after, and before if it does not always fail.
const (
	runsBefore = 10
	runsFlaky  = 30
	runsAfter  = 3
)

// How often a program is run whose runs differ.
const (
	measured  = 400  // at most, to find its rate
	hitsMost  = 8    // failures after which the rate is known well enough
	missAfter = 0.02 // the chance that a candidate that fails as often as the program is taken for one that does not
	triesMost = 1500 // runs of a candidate at most
)

// Of a program that hangs, most runs are given up after a part of the patience, but not before the least:
// the first and the last one show that it hangs in truth. Once it is known how much processor time a run used before
// it hung, some times that is enough: no single operation of a smaller program takes longer than all of them did.
const (
	hurriedPart  = 8
	hurriedLeast = 100 * time.Millisecond
	quickTimes   = 4
	quickLeast   = 20 * time.Millisecond
)

// ErrAgrees is the error of a reduction of a program that does not fail.
var ErrAgrees = errors.New("nothing to reduce: the program does not fail")

// Config says how to reduce.
type Config struct {
	// Command gives the process to run programs in: one that calls Serve. Its environment has the name of
	// the journal to keep the place of the run in (JournalVar).
	Command func() *exec.Cmd
	// Patience is how long a run may go without progress before it counts as hung: in processor time, or
	// asleep (package stall).
	Patience time.Duration
	// Outcome is how the program is to fail; "" for the way in which it does most often.
	Outcome Outcome
	// Flaky says that runs of a program need not come to the same, as those of threads that run at once. Its
	// rate is measured first, and each candidate run as often as that asks for.
	Flaky bool
	// Measure bounds how long the rate is measured; 0 for no bound but that of the runs.
	Measure time.Duration
	// MaxTests bounds the candidates that are run; 0 for no bound.
	MaxTests int
	// Progress is told after every candidate; nil for nobody.
	Progress func(s shrink.Stats, best *prog.Program)
}

// Result is what a reduction came to.
type Result struct {
	Program *prog.Program // the smallest found; the one given if it is flaky
	Outcome Outcome       // how it fails
	// Hits of Runs is how often the program failed in this way before anything was cut: its reliability.
	// Unsteady of the hits did not repeat themselves in the same process.
	Hits, Runs, Unsteady int
	// Tries is how often each candidate was run, at most.
	Tries int
	// Confirmed is how often of Again runs the result failed in the same way, in new processes.
	Confirmed, Again int
	Stats            shrink.Stats
	Elapsed          time.Duration

	before time.Duration // processor time of runs before they hung, 0 if it is not known
	endsAt int           // the operation in which the process of a run ended, -1 if it did not
}

// Flaky tells that the program did not fail in the same way every time, and so was not reduced unless
// Config.Flaky said so.
func (r *Result) Flaky() bool { return r.Hits < r.Runs || r.Unsteady > 0 }

// wants tells whether an outcome may be the one to reduce to.
func (c *Config) wants(o Outcome) bool {
	return c.Outcome == "" && o.Failed() || o == c.Outcome.Way()
}

// hurried is the patience while nothing rests on a single run.
func (c *Config) hurried() time.Duration {
	return min(c.Patience, max(c.Patience/hurriedPart, hurriedLeast))
}

// quick is the patience for programs that are smaller than one that hung, after a run that used so much processor time.
func (c *Config) quick(before time.Duration) time.Duration {
	return min(c.hurried(), max(quickLeast, quickTimes*before))
}

// tries is how often a program with this rate has to be run, so that a failure is not missed.
func (r *Result) tries() int {
	rate := float64(r.Hits) / float64(r.Runs)
	if rate >= 1 {
		return 1
	}
	return min(int(math.Ceil(math.Log(missAfter)/math.Log(1-rate))), triesMost)
}

// Run reduces a program that fails. A program that does not fail, and a process that cannot be
// started, are errors. When ctx ends, the best so far is the result.
func Run(ctx context.Context, c Config, p *prog.Program) (*Result, error) {
	begun := time.Now()
	r := &Result{Program: p, Tries: 1, Again: runsAfter, endsAt: -1}
	defer func() { r.Elapsed = time.Since(begun) }()
	start := p.Renamed()
	if c.Flaky {
		if err := r.rate(ctx, &c, start.Text()); err != nil {
			return r, err
		}
		r.Tries = r.tries()
	} else if err := r.reliability(ctx, &c, start.Text()); err != nil || r.Flaky() {
		return r, err
	}
	w := &worker{command: c.Command, patience: c.hurried()}
	defer w.close()
	if r.Outcome.hung() && r.before > 0 {
		w.patience, w.asleep, w.quick = c.quick(r.before), c.hurried(), c.quick
	}
	if err := r.cut(ctx, &c, r.repeated(w), start); err != nil {
		return r, err
	}
	r.confirm(context.WithoutCancel(ctx), &c) // not cut short: it says what the result is worth
	return r, nil
}

// repeated gives a run of a candidate: as often as it takes to see the failure, or Tries times.
func (r *Result) repeated(w *worker) func(ctx context.Context, text string) (Outcome, error) {
	return func(ctx context.Context, text string) (o Outcome, err error) {
		for left := r.Tries; left > 0; { // a child that ends is started again
			var n int
			n, o, err = w.runUntil(ctx, text, left, r.Outcome)
			if err != nil || o == r.Outcome || o == "invalid" {
				break
			}
			left -= n
		}
		return o, err
	}
}

// confirm runs the result again, in new processes; one is enough for runs that differ anyway.
func (r *Result) confirm(ctx context.Context, c *Config) {
	w := &worker{command: c.Command, patience: c.Patience}
	defer w.close()
	if c.Flaky {
		r.Again = min(3*r.Tries, triesMost)
	}
	for i := range r.Again {
		if w.patience = c.Patience; r.Outcome.hung() && i < r.Again-1 {
			w.patience = c.hurried()
		}
		if o, err := w.run(ctx, r.Program.Text()); err == nil && o == r.Outcome {
			r.Confirmed++
		}
		if !c.Flaky {
			w.kill()
		}
	}
}

// Alone runs a program in a process of its own, and gives what that said on standard error.
func Alone(ctx context.Context, c *Config, text string) (o Outcome, said string, err error) {
	w := &worker{command: c.Command, patience: c.Patience}
	defer w.close()
	o, err = w.run(ctx, text)
	return o, w.said.String(), err
}

// Rate finds out how often a program fails whose runs differ, and in which way. Nothing is cut.
func Rate(ctx context.Context, c Config, p *prog.Program) (*Result, error) {
	begun := time.Now()
	r := &Result{Program: p}
	defer func() { r.Elapsed = time.Since(begun) }()
	return r, r.rate(ctx, &c, p.Text())
}

// rate runs the program until it has failed often enough. The outcome is the one that is asked for, unless it
// comes much less often than another: then the one that came most often.
func (r *Result) rate(ctx context.Context, c *Config, text string) error {
	w := &worker{command: c.Command, patience: c.Patience}
	defer w.close()
	count, most, begun := map[Outcome]int{}, Outcome(""), time.Now()
	over := func() bool {
		return r.Runs >= measured || count[most] >= hitsMost ||
			c.Measure > 0 && r.Runs > 0 && time.Since(begun) > c.Measure
	}
	for !over() {
		o, err := w.run(ctx, text)
		if err != nil {
			return err
		}
		r.Runs++
		if count[o]++; o.Failed() && (o.isNew() || c.Outcome == "") && (most == "" || count[o] > count[most]) {
			most = o
		}
	}
	if most == "" {
		return fmt.Errorf("%w (%d runs: %v)", ErrAgrees, r.Runs, count)
	}
	r.Outcome = most
	if rareness*count[c.Outcome] >= count[most] {
		r.Outcome = c.Outcome
	}
	r.Hits = count[r.Outcome]
	return nil
}

// rareness is how many times as often as the outcome asked for another has to come, to be taken for it.
const rareness = 3

// alone runs the program in a process of its own, and takes in where it ended.
func (r *Result) alone(ctx context.Context, c *Config, text string) (Outcome, error) {
	w := &worker{command: c.Command, patience: c.Patience}
	defer w.close()
	o, err := w.run(ctx, text)
	if o.hung() {
		r.before = max(r.before, w.before)
	}
	if r.endsAt = -1; o.died() {
		r.endsAt = w.op
	}
	return o, err
}

// reliability runs the program several times, each in a process of its own. The outcome is the one that
// came most often, new ones before known findings.
func (r *Result) reliability(ctx context.Context, c *Config, text string) error {
	count, unsteady := map[Outcome]int{}, map[Outcome]int{}
	patient := *c
	for r.Runs = 0; r.Runs < runsBefore || r.Runs < runsFlaky && r.Outcome != "" && r.Flaky(); {
		o, err := r.alone(ctx, &patient, text)
		if err != nil {
			return err
		}
		if r.Runs++; patient.Patience == c.Patience {
			patient.Patience = c.hurried()
		}
		if o != o.Way() {
			unsteady[o.Way()]++
		}
		o = o.Way()
		count[o]++
		if c.wants(o) && (r.Outcome == "" || o.isNew() && !r.Outcome.isNew() ||
			o.isNew() == r.Outcome.isNew() && count[o] > count[r.Outcome]) {
			r.Outcome = o
		}
		r.Hits, r.Unsteady = count[r.Outcome], unsteady[r.Outcome]
	}
	if r.Outcome == "" {
		return fmt.Errorf("%w (%d runs: %v)", ErrAgrees, r.Runs, count)
	}
	return nil
}
