// The rig: lockstep operations and resets. See doc.go for an overview.

package bench

import (
	"fmt"

	"midiff/diff"
	"midiff/diff/prog"
)

const (
	lockstepOps  = 2000
	lockstepGoal = 2.5e6 // operations per second and core
	resetGoal    = 5000  // ns per side
	sampleCount  = 64    // programs that take turns
)

// rig is both sides with an engine, and programs to run.
type rig struct {
	c, g   diff.Subject
	engine *diff.Engine
	codes  []*prog.Code
	steps  int // of all codes
}

func newRig(c, g diff.Subject, cfg prog.GenConfig) *rig {
	r := &rig{c: c, g: g, engine: diff.NewEngine(c, g, nil)}
	for seed := uint64(1); len(r.codes) < sampleCount; seed++ {
		code := prog.Generate(seed, cfg).Lower()
		if v := r.engine.Run(code); v.Class != diff.Agree {
			continue // the benchmark is not where findings are looked for
		}
		r.codes = append(r.codes, code)
		r.steps += len(code.Steps)
	}
	return r
}

// perStep turns work counted in programs into nanoseconds per operation.
func (r *rig) perStep(nsPerProgram float64) float64 {
	return nsPerProgram * float64(len(r.codes)) / float64(r.steps)
}

// both runs programs through the engine.
func (r *rig) both(n int) {
	for i := 0; i < n; i++ {
		r.engine.Run(r.codes[i%len(r.codes)])
	}
}

// alone runs programs on one side, with the reset or without anything else.
func (r *rig) alone(s diff.Subject) work {
	out := make([]diff.Result, 128)
	return func(n int) {
		for i := 0; i < n; i++ {
			runOn(s, r.codes[i%len(r.codes)], out)
			s.Reset()
		}
	}
}

// runOn runs a program on one side; out is room for the results of a batch.
func runOn(s diff.Subject, code *prog.Code, out []diff.Result) {
	if err := s.Begin(code); err != nil {
		panic(err)
	}
	for at := 0; at < len(code.Steps); at += len(out) {
		steps := code.Steps[at:min(at+len(out), len(code.Steps))]
		s.Run(steps, out[:len(steps)])
	}
}

// detail says what the time of a program goes into.
func (r *rig) detail(ns []float64) []string {
	line := func(what string, v float64) string {
		return fmt.Sprintf("%-34s %7.0f ns per operation, %3.0f%%", what, r.perStep(v), 100*v/ns[0])
	}
	return []string{
		line("C side with stamps and reset", ns[1]),
		line("Go side with stamps and reset", ns[2]),
		line("comparing, contract, overlap", ns[0]-ns[1]-ns[2]),
	}
}

func lockstep(c, g diff.Subject) []Row {
	var rows []Row
	for _, maxSize := range []uint64{1 << 10, 16 << 10} {
		r := newRig(c, g, prog.GenConfig{Ops: lockstepOps, Threads: 1, MaxSize: maxSize, MaxBulk: 1})
		ns := inTurns(r.both, r.alone(c), r.alone(g))
		rate := 1e9 / r.perStep(ns[0])
		rows = append(rows, Row{
			What:     fmt.Sprintf("lockstep, %d operations, sizes to %d KiB", lockstepOps, maxSize>>10),
			Measured: fmt.Sprintf("%.2f million op/s", rate/1e6),
			Than:     fmt.Sprintf("C side alone: %.2f", 1e3/r.perStep(ns[1])),
			Ratio:    ns[1] / ns[0],
			Goal:     fmt.Sprintf(">= %.1f million op/s", lockstepGoal/1e6), Met: rate >= lockstepGoal,
			Detail: r.detail(ns),
		})
	}
	return rows
}

// resets gives the cost of a reset per side. Each side clears a segment's header, 41 KB, when a run
// makes the segment, which is part of the run.
func resets(c, g diff.Subject) []Row {
	r := newRig(c, g, prog.GenConfig{Ops: 50, Threads: 1, MaxSize: 16 << 10, MaxBulk: 1})
	var rows []Row
	for _, side := range []struct {
		name string
		s    diff.Subject
	}{{"C", c}, {"Go", g}} {
		ns := r.resetCost(side.s)
		rows = append(rows, Row{
			What:     "reset after 50 operations, " + side.name + " side",
			Measured: fmt.Sprintf("%.1f us", ns/1e3),
			Goal:     fmt.Sprintf("<= %d us", resetGoal/1000), Met: ns <= resetGoal,
		})
	}
	return rows
}
