package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"midiff/diff"
	"midiff/diff/journal"
	"midiff/diff/prog"
	"midiff/diff/reduce"
	"midiff/diff/shrink"
)

type shrinkFlags struct {
	out, without string
	mode, ref    string
	asJSON       bool
	patience     time.Duration
}

func runShrink(c *command, args []string) int {
	var f shrinkFlags
	fs := flag.NewFlagSet("shrink", flag.ContinueOnError)
	fs.StringVar(&f.out, "o", "", "the file for the smaller program")
	fs.StringVar(&f.without, "without", "", "quirks to switch off in goalloc, with commas between")
	fs.StringVar(&f.mode, "mode", modeLockstep, modeUsage)
	fs.StringVar(&f.ref, "ref", "", refUsage)
	fs.DurationVar(&f.patience, "patience", 2*time.Second, "how long a program may go without progress, in processor time or asleep; then it hangs. In parallel mode, ten times that")
	fs.BoolVar(&f.asJSON, "json", false, "print the figures for a machine")
	files, err := c.parse(fs, args)
	if err != nil {
		return exitInput
	}
	if err := unknownQuirk(f.without); err != nil {
		fmt.Fprintln(os.Stderr, "midiff:", err)
		return exitInput
	}
	if problem := refProblem(f.ref); problem != "" {
		fmt.Fprintln(os.Stderr, "midiff:", problem)
		return exitInput
	}
	if problem := unknownMode(f.mode); problem != "" {
		fmt.Fprintln(os.Stderr, "midiff:", problem)
		return exitInput
	}
	if f.patience < leastPatience {
		fmt.Fprintf(os.Stderr, "midiff: -patience %v: expected %v or more\n", f.patience, leastPatience)
		return exitInput
	}
	if len(files) != 1 || f.out == "" {
		fmt.Fprintln(os.Stderr, "midiff: shrink takes one file and the name of another: shrink FILE -o OUT")
		return exitInput
	}
	p, err := readProgram(files[0])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitInput
	}
	return f.shrink(files[0], p)
}

// shrink reduces a program in child processes. Ctrl-C ends it with the best so far.
func (f *shrinkFlags) shrink(file string, p *prog.Program) int {
	self, err := os.Executable()
	if err != nil {
		return fail(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if f.mode == modeParallel { // nothing says how far threads are that run at once
		f.patience *= 10
	}
	progress, end := f.progress(len(p.Ops))
	r, err := reduce.Run(ctx, reduce.Config{
		Patience: f.patience, Progress: progress, Flaky: f.mode == modeParallel,
		Command: func() *exec.Cmd {
			return childCommand(self, "serve", "-without", f.without, "-mode", f.mode, "-ref", f.ref)
		},
	}, p)
	end()
	switch {
	case errors.Is(err, reduce.ErrAgrees):
		fmt.Fprintf(os.Stderr, "midiff: %s: %v\n", file, err)
		return exitInput
	case errors.Is(err, context.Canceled):
		return fail(fmt.Errorf("%s: stopped before anything was cut; nothing written", file))
	case err != nil:
		return fail(err)
	}
	return f.finish(file, p, r)
}

// finish writes what was found and says what it is worth.
func (f *shrinkFlags) finish(file string, p *prog.Program, r *reduce.Result) int {
	if f.reduced(r) {
		if err := diff.WriteFile(f.out, shrunkText(file, p, r)); err != nil {
			return fail(err)
		}
	}
	if f.asJSON {
		if err := json.NewEncoder(os.Stdout).Encode(shrunkOf(file, p, r)); err != nil {
			return fail(err)
		}
	} else {
		f.print(file, p, r)
	}
	if !f.reduced(r) {
		return exitRig
	}
	return exitDiverge
}

// reduced tells whether a program was reduced: one that fails now and then is, if its threads run at once.
func (f *shrinkFlags) reduced(r *reduce.Result) bool { return f.mode == modeParallel || !r.Flaky() }

// shrunkText is the program with a header that says where it is from.
func shrunkText(file string, p *prog.Program, r *reduce.Result) string {
	return fmt.Sprintf("# fails: %s\n# reduced from %s: %d operations to %d, %d candidates\n%s", r.Outcome, file,
		len(p.Ops), len(r.Program.Ops), r.Stats.Tested, r.Program.Text())
}

func (f *shrinkFlags) print(file string, p *prog.Program, r *reduce.Result) {
	fmt.Printf("%s: %s\n", file, r.Outcome)
	if !f.reduced(r) {
		fmt.Printf("flaky: failed in this way in %d of %d runs, each in a process of its own", r.Hits, r.Runs)
		if r.Unsteady > 0 {
			fmt.Printf(", %d times not again in the same process", r.Unsteady)
		}
		fmt.Println("; not reduced")
		return
	}
	if f.mode == modeParallel {
		fmt.Printf("failed in this way in %d of %d runs, so that each candidate is run up to %d times\n", r.Hits, r.Runs,
			r.Tries)
	} else {
		fmt.Printf("reliable: failed in this way in %d of %d runs\n", r.Hits, r.Runs)
	}
	stopped := ""
	if r.Stats.Stopped {
		stopped = ", stopped before it was done"
	}
	fmt.Printf("%d operations to %d, %d candidates run, %d more known, %.1f s%s\n", len(p.Ops),
		len(r.Program.Ops), r.Stats.Tested, r.Stats.Remembered, r.Elapsed.Seconds(), stopped)
	flags := ""
	if f.mode == modeParallel {
		fmt.Printf("the result failed in %d of %d runs\n", r.Confirmed, r.Again)
		flags = fmt.Sprintf(" -mode parallel -times %d", 4*r.Tries)
	} else {
		fmt.Printf("confirmed in %d of %d new processes\n", r.Confirmed, r.Again)
		flags = " -v"
	}
	if f.without != "" {
		flags += " -without " + f.without
	}
	if f.ref != "" {
		flags += " -ref " + f.ref
	}
	fmt.Printf("replay: go run ./diff/cmd/midiff run%s %s\n", flags, f.out)
}

// shrunkJSON is a reduction for a machine.
type shrunkJSON struct {
	File       string  `json:"file"`
	Outcome    string  `json:"outcome"`
	Hits       int     `json:"hits"`
	Runs       int     `json:"runs"`
	Flaky      bool    `json:"flaky"`
	Before     int     `json:"operations_before"`
	After      int     `json:"operations_after"`
	Candidates int     `json:"candidates"`
	Confirmed  int     `json:"confirmed"`
	Stopped    bool    `json:"stopped"`
	Seconds    float64 `json:"seconds"`
}

func shrunkOf(file string, p *prog.Program, r *reduce.Result) shrunkJSON {
	return shrunkJSON{
		File: file, Outcome: string(r.Outcome), Hits: r.Hits, Runs: r.Runs, Flaky: r.Flaky(),
		Before: len(p.Ops), After: len(r.Program.Ops), Candidates: r.Stats.Tested,
		Confirmed: r.Confirmed, Stopped: r.Stats.Stopped, Seconds: r.Elapsed.Seconds(),
	}
}

// progress shows, on a terminal, how many operations are left.
func (f *shrinkFlags) progress(ops int) (tell func(shrink.Stats, *prog.Program), end func()) {
	if f.asJSON || !term.IsTerminal(int(os.Stderr.Fd())) {
		return nil, func() {}
	}
	bar := progressbar.NewOptions(ops, progressbar.OptionSetWriter(os.Stderr),
		progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
	tell = func(s shrink.Stats, best *prog.Program) {
		bar.Describe(fmt.Sprintf("%d operations left, %d candidates, %s", len(best.Ops), s.Tested, s.Pass))
		// A bar that cannot be drawn is no reason to stop.
		_ = bar.Set(ops - len(best.Ops))
	}
	return tell, func() { _ = bar.Finish() }
}

// runServe is the child of shrink: it runs the programs on its standard input.
func runServe(c *command, args []string) int {
	fs := flag.NewFlagSet("serve", flag.ContinueOnError)
	without := fs.String("without", "", "quirks to switch off in goalloc, with commas between")
	mode := fs.String("mode", modeLockstep, modeUsage)
	ref := fs.String("ref", "", refUsage)
	files, err := c.parse(fs, args)
	if err != nil || len(files) > 0 {
		return exitInput
	}
	s, end, err := newChecker(*mode, *ref, *without)
	if err != nil {
		return fail(err)
	}
	defer end()
	endWithParent()
	lockstep, ok := s.(*diff.Session) // threads that run at once are at no one place
	if name := os.Getenv(reduce.JournalVar); name != "" && ok {
		j, err := journal.OpenAt(name)
		if err != nil {
			return fail(err)
		}
		lockstep.Watch(j.Place())
	}
	if err := reduce.Serve(s, os.Stdin, os.Stdout); err != nil {
		return fail(err)
	}
	return exitAgree
}

// newSession makes a session that looks at everything after every operation.
func newSession(ref, without string) (*diff.Session, error) {
	s, err := diff.OpenSession(ref, list(without)...)
	if err != nil {
		return nil, err
	}
	s.Careful = true
	if strings.TrimSpace(without) == "" { // a quirk that is off is a difference in state by intent
		s.StateEvery = 1
	}
	return s, nil
}
