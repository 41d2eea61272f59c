// A reduction from start to end. See doc.go for an overview.

package reduce

import (
	"context"
	"errors"
	"fmt"
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

// ErrAgrees is the error of a reduction of a program that does not fail.
var ErrAgrees = errors.New("nothing to reduce: the program does not fail")

// Config says how to reduce.
type Config struct {
	// Command gives the process to run programs in: one that calls Serve.
	Command func() *exec.Cmd
	// Patience is how long one run may take before it counts as hung.
	Patience time.Duration
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
	// Confirmed is how often of 3 the result failed in the same way in a new process.
	Confirmed int
	Stats     shrink.Stats
	Elapsed   time.Duration
}

// Flaky tells that the program did not fail in the same way every time, and so was not reduced.
func (r *Result) Flaky() bool { return r.Hits < r.Runs }

// Run reduces a program that fails. A program that does not fail, and a process that cannot be
// started, are errors. When ctx ends, the best so far is the result.
func Run(ctx context.Context, c Config, p *prog.Program) (*Result, error) {
	begun := time.Now()
	r := &Result{Program: p, Runs: runsBefore}
	defer func() { r.Elapsed = time.Since(begun) }()
	start := p.Renamed()
	if err := r.reliability(ctx, &c, start.Text()); err != nil || r.Flaky() {
		return r, err
	}
	w := &worker{command: c.Command, patience: c.Patience}
	defer w.kill()
	if err := r.cut(ctx, &c, w.run, start); err != nil {
		return r, err
	}
	for range runsAfter { // not cut short: the result is kept in any case, and this says what it is worth
		if o, err := alone(context.WithoutCancel(ctx), &c, r.Program.Text()); err == nil && o == r.Outcome {
			r.Confirmed++
		}
	}
	return r, nil
}

// alone runs a program in a process of its own.
func alone(ctx context.Context, c *Config, text string) (Outcome, error) {
	w := &worker{command: c.Command, patience: c.Patience}
	defer w.kill()
	return w.run(ctx, text)
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
