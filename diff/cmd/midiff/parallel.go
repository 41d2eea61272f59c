package main

import (
	"os"

	"midiff/diff"
	"midiff/diff/prog"
	"midiff/diff/reduce"
)

// Modes of run, shrink and serve.
const (
	modeLockstep = "lockstep"
	modeParallel = "parallel"
	modeUsage    = "how threads run: lockstep, interleaved as written, or parallel, at once"
)

// unknownMode tells what is wrong with a -mode flag, "" if nothing is.
func unknownMode(mode string) string {
	if mode == modeLockstep || mode == modeParallel {
		return ""
	}
	return "unknown mode \"" + mode + "\": expected lockstep or parallel"
}

// modeProblem tells what of run's flags does not go together, "" if all do.
func modeProblem(mode string, times int, verbose bool) string {
	switch {
	case unknownMode(mode) != "":
		return unknownMode(mode)
	case times < 1:
		return "-times must be at least 1"
	case mode == modeLockstep && times > 1:
		return "-times is for -mode parallel: in lockstep every run is the same"
	case mode == modeParallel && verbose:
		return "-v is for -mode lockstep: where blocks lie depends on who comes first"
	}
	return ""
}

// runAllAtOnce runs files in parallel mode.
func runAllAtOnce(files []string, programs []*prog.Program, without string, times int, asJSON bool) int {
	x, err := diff.NewParallel(list(without)...)
	if err != nil {
		return fail(err)
	}
	r := &runner{json: asJSON, out: os.Stdout}
	code := exitAgree
	for i, p := range programs {
		code = max(code, r.runAtOnce(x, files[i], p, times))
	}
	return code
}

// newChecker makes what runs the programs of a child of shrink.
func newChecker(mode, without string) (c reduce.Checker, end func(), err error) {
	if mode == modeParallel {
		x, err := diff.NewParallel(list(without)...)
		return x, func() {}, err
	}
	s, err := newSession("", without)
	if err != nil {
		return nil, nil, err
	}
	return s, func() { s.Close() }, nil
}

// runAtOnce runs a file in parallel mode so many times, until a run fails.
func (r *runner) runAtOnce(x *diff.Parallel, name string, p *prog.Program, times int) int {
	var v diff.Verdict
	ran := 0
	for ran = 0; ran < times && v.Class == diff.Agree; ran++ {
		v = x.Check(p)
	}
	switch {
	case r.json:
		r.printJSON(name, &v)
	default:
		if err := x.WriteReport(r.out, name, ran, &v); err != nil {
			return fail(err)
		}
	}
	if v.Class == diff.Unknown {
		return exitRig
	}
	return v.ExitCode()
}
