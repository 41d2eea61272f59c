package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"midiff/diff"
	"midiff/diff/journal"
	"midiff/diff/prog"
)

// atOnce is a program that failed, or ended its process, with its threads at once.
type atOnce struct {
	folder  string // of the failures
	by      string // the command that ran it
	number  uint64
	p       *prog.Program
	v       *diff.Verdict
	title   string // "" for what it comes to when it is run again
	said    string // the report about the run
	without []string
}

// ratePatience is for how long a failure is tried again, mostTries how often.
const (
	ratePatience = 10 * time.Second
	mostTries    = 50
	mostHits     = 10
)

// keep measures how often the program fails, tries it in lockstep, and makes its folder.
func (a *atOnce) keep() error {
	rate, err := a.rate()
	if err != nil {
		return err
	}
	store := &diff.Store{Folder: a.folder, Shown: a.folder, Origin: diff.Origin{By: a.by, Number: a.number}}
	folder, err := diff.SaveParallel(store, &diff.ParallelFailure{Title: a.title, Program: a.p, Verdict: a.v,
		Report: a.said, Rate: *rate, Without: a.without})
	if err != nil {
		return fmt.Errorf("cannot save the failing program: %w", err)
	}
	fmt.Fprintf(os.Stderr, "midiff: %s fails in parallel: %s\n", folder, a.title)
	printReport(folder)
	return nil
}

// rate runs the program again and again, in processes of their own, since a run may end its process, and once in
// lockstep.
func (a *atOnce) rate() (*diff.Rate, error) {
	file, err := os.CreateTemp("", "midiff-*"+filepath.Ext(diff.ProgramFile))
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(a.p.Text())
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	r := &diff.Rate{}
	for begun := time.Now(); time.Since(begun) < ratePatience && r.Runs < mostTries && r.Hits < mostHits; r.Runs++ {
		failed, as, err := a.run(modeParallel, file.Name())
		if err != nil {
			return nil, err
		}
		if failed {
			r.Hits++
			a.title = cmp.Or(a.title, as)
		}
	}
	_, r.Lockstep, err = a.run(modeLockstep, file.Name())
	return r, err
}

// runPatience is how long a run may take; the watch of parallel runs is faster.
const runPatience = time.Minute

// run runs the program in a process of its own and tells whether it failed, and as what.
func (a *atOnce) run(mode, file string) (failed bool, as string, err error) {
	self, err := os.Executable()
	if err != nil {
		return false, "", err
	}
	cmd := childCommand(self, "run", "-json", "-mode", mode, "-without", strings.Join(a.without, ","), file)
	cmd.Env = append(cmd.Env, innerVar+"=")
	timer := time.AfterFunc(runPatience, func() {
		if cmd.Process != nil {
			_ = cmd.Process.Kill()
		}
	})
	defer timer.Stop()
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return false, "", err
	}
	v, died := verdictOf(out), cmd.ProcessState.String()
	if v == nil {
		return true, died, nil
	}
	return v.Class != diff.Agree.String(), strings.TrimSpace(v.Class + " " + v.Outcome), nil
}

// keepLeft looks after the programs that parallel runs were at when their processes ended. died says how one did
// that is known to have ended by itself: its program is kept. Of the others, those are that had been found to fail
// or do so again. It gives how many were kept.
func keepLeft(folder, died string) (kept int, err error) {
	err = journal.Left(filepath.Join(folder, diff.ParallelJournals), func(e *journal.Entry) error {
		p, err := prog.Parse("journal", e.Program)
		if err != nil {
			return err
		}
		without, _ := diff.KindWithout(e.Kind)
		a := &atOnce{folder: folder, by: "scenarios", number: e.Number, p: p, without: without, title: e.Note}
		how := cmp.Or(died, "killed, or ended")
		a.said = fmt.Sprintf("midiff: the process ended (%s) while it ran this program, number %d\n", how, e.Number)
		a.v = &diff.Verdict{Class: diff.Unknown, Reason: strings.TrimSpace(a.said)}
		if a.title = cmp.Or(a.title, died); a.title == "" {
			again, err := a.rate()
			if err != nil || again.Hits == 0 {
				return err
			}
		}
		kept++
		return a.keep()
	})
	return kept, err
}

// verdictOf reads what run printed for a machine, nil if it did not come to that.
func verdictOf(out []byte) *diff.VerdictJSON {
	v := new(diff.VerdictJSON)
	if json.Unmarshal(out, v) != nil {
		return nil
	}
	return v
}
