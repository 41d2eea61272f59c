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

// How often a program is run before and after.
const (
	runsBefore = 10
	runsAfter  = 3
)

// How often a program is run whose runs differ.
const (
	measured  = 400  // at most, to find its rate
	hitsMost  = 8    // failures after which the rate is known well enough
	missAfter = 0.02 // the chance that a candidate that fails as often as the program is taken for one that does not
	triesMost = 1500 // runs of a candidate at most
)

// ErrAgrees is the error of a reduction of a program that does not fail.
var ErrAgrees = errors.New("nothing to reduce: the program does not fail")

// Config says how to reduce.
type Config struct {
	// Command gives the process to run programs in: one that calls Serve.
	Command func() *exec.Cmd
	// Patience is how long one run may take before it counts as hung.
	Patience time.Duration
	// Flaky says that runs of a program need not come to the same, as those of threads that run at once. Its
	// rate is measured first, and each candidate run as often as that asks for.
	Flaky bool
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
	Hits, Runs int
	// Tries is how often each candidate was run, at most.
	Tries int
	// Confirmed is how often of Again runs the result failed in the same way, in new processes.
	Confirmed, Again int
	Stats            shrink.Stats
	Elapsed          time.Duration
}

// Flaky tells that the program did not fail in the same way every time, and so was not reduced unless
// Config.Flaky said so.
func (r *Result) Flaky() bool { return r.Hits < r.Runs }

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
	r := &Result{Program: p, Runs: runsBefore, Tries: 1, Again: runsAfter}
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
	w := &worker{command: c.Command, patience: c.Patience}
	defer w.kill()
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
	if c.Flaky {
		r.Again = min(3*r.Tries, triesMost)
	}
	for range r.Again {
		if o, err := w.run(ctx, r.Program.Text()); err == nil && o == r.Outcome {
			r.Confirmed++
		}
		if !c.Flaky {
			w.kill()
		}
	}
	w.kill()
}

// alone runs a program in a process of its own.
func alone(ctx context.Context, c *Config, text string) (Outcome, error) {
	w := &worker{command: c.Command, patience: c.Patience}
	defer w.kill()
	return w.run(ctx, text)
}

// rate runs the program until it has failed often enough. The outcome is the one that came most often.
func (r *Result) rate(ctx context.Context, c *Config, text string) error {
	w := &worker{command: c.Command, patience: c.Patience}
	defer w.kill()
	count := map[Outcome]int{}
	for r.Runs = 0; r.Runs < measured && count[r.Outcome] < hitsMost; r.Runs++ {
		o, err := w.run(ctx, text)
		if err != nil {
			return err
		}
		if count[o]++; o.Failed() && (r.Outcome == "" || count[o] > count[r.Outcome]) {
			r.Outcome = o
		}
	}
	if r.Hits = count[r.Outcome]; r.Outcome == "" {
		return fmt.Errorf("%w (%d runs: %v)", ErrAgrees, r.Runs, count)
	}
	return nil
}

// reliability runs the program several times, each in a process of its own. The outcome is the one that
// came most often.
func (r *Result) reliability(ctx context.Context, c *Config, text string) error {
	count := map[Outcome]int{}
	for range r.Runs {
		o, err := alone(ctx, c, text)
		if err != nil {
			return err
		}
		count[o]++
		if o.Failed() && (r.Outcome == "" || count[o] > count[r.Outcome]) {
			r.Outcome = o
		}
	}
	if r.Outcome == "" {
		return fmt.Errorf("%w (%d runs: %v)", ErrAgrees, r.Runs, count)
	}
	r.Hits = count[r.Outcome]
	return nil
}
