package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"midiff/diff"
	"midiff/diff/prog"
	"midiff/diff/reduce"
	"midiff/diff/soak"
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

// runAllAtOnce runs files in parallel mode, each in a process of its own.
func runAllAtOnce(files []string, programs []*prog.Program, ref, without string, times int, asJSON bool) int {
	if isInner() {
		return runAtOnce(files[0], programs[0], ref, without, times, asJSON)
	}
	a, err := newAtOnce("run", ref)
	if err != nil {
		return fail(err)
	}
	code := exitAgree
	for _, file := range files {
		args := []string{"run", "-mode", modeParallel, "-times", strconv.Itoa(times), "-without", without, "-ref", ref,
			"-json=" + strconv.FormatBool(asJSON), file}
		one, ended, err := a.run(args...)
		if err == nil && ended != nil {
			err = a.died(file, ended, asJSON)
		}
		if err != nil {
			return fail(err)
		}
		code = max(code, one)
	}
	return code
}

// died says that a process ended while it ran a file: the verdict about that.
func (a *atOnce) died(file string, ended *soak.Ended, asJSON bool) error {
	title := string(reduce.Died(ended.Said, ended.How, ""))
	if asJSON {
		v := &diff.VerdictJSON{File: file, Class: diff.Diverge.String(), Outcome: title,
			Reason: "the process ended while it ran the program"}
		if err := json.NewEncoder(os.Stdout).Encode(v); err != nil {
			return err
		}
	} else {
		fmt.Printf("midiff: %s: %s: the process that ran it ended: %s\n", file, diff.Crash, title)
	}
	if !a.keeps || diff.InFailureFolder(file) {
		return nil
	}
	folder, err := soak.KeepEnded(a.config, ended)
	if err == nil && folder != "" {
		tell("kept in " + folder)
	}
	return err
}

// newChecker makes what runs the programs of a child of shrink.
func newChecker(mode, ref, without string) (c reduce.Checker, end func(), err error) {
	if mode == modeParallel {
		x, err := diff.OpenParallel(ref, list(without)...)
		if err == nil {
			x.Patience = servePatience
		}
		return x, func() {}, err
	}
	s, err := newSession(ref, without)
	if err != nil {
		return nil, nil, err
	}
	return s, func() { s.Close() }, nil
}

// servePatience is how long a candidate may stand still in parallel: it is run again and again.
const servePatience = 3 * time.Second

// runAtOnce runs a file in parallel mode so many times, until a run fails.
func runAtOnce(name string, p *prog.Program, ref, without string, times int, asJSON bool) int {
	x, err := diff.OpenParallel(ref, list(without)...)
	if err != nil {
		return failRef(ref, err)
	}
	k, err := newParallelKeeper(x, "run")
	if err != nil {
		return fail(err)
	}
	defer k.Close()
	k.Keeps = k.Keeps && !diff.InFailureFolder(name)
	var v diff.Verdict
	var failed *diff.Failure
	ran := 0
	for ran = 0; ran < times && v.Class == diff.Agree; ran++ {
		if v, failed, err = k.Check(p, 0, ran+1); err != nil {
			return fail(err)
		}
	}
	r := &runner{json: asJSON, out: os.Stdout}
	if asJSON {
		r.printJSON(name, &v)
	} else if err := x.WriteReport(r.out, name, ran, &v); err != nil {
		return fail(err)
	}
	if failed != nil {
		tell("kept in " + failed.Folder)
	}
	if v.Class == diff.Unknown {
		return exitRig
	}
	return v.ExitCode()
}

// newParallelKeeper makes what runs programs in a process of a command's that has a journal.
func newParallelKeeper(x *diff.Parallel, by string) (*diff.ParallelKeeper, error) {
	j, err := openInner()
	if err != nil {
		return nil, err
	}
	return &diff.ParallelKeeper{Parallel: x, Journal: j, Keeps: j != nil,
		Store: diff.Store{Folder: failures, Shown: failures, Origin: diff.Origin{By: by}}}, nil
}
