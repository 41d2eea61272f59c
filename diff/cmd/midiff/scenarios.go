package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"midiff/corpus"
	"midiff/diff"
	"midiff/diff/prog"
)

type scenarioFlags struct {
	forTime   time.Duration
	params    corpus.Params
	name, ref string
	without   string
	text      bool
	keeper    *diff.ParallelKeeper
}

// runScenarios tells the scenarios of the corpus in parallel mode, each once or in turn for some time. A process
// of its own does so, since threads that go wrong may end it.
func runScenarios(c *command, args []string) int {
	var f scenarioFlags
	fs := flag.NewFlagSet("scenarios", flag.ContinueOnError)
	fs.DurationVar(&f.forTime, "for", 0, "how long, with another seed each time; 0 for once each")
	fs.IntVar(&f.params.Rounds, "rounds", 0, "how often each tells its story; 0 for a short one")
	fs.IntVar(&f.params.Threads, "threads", 0, "2 to 8; 0 for as many as is usual")
	fs.Uint64Var(&f.params.Seed, "seed", 1, "what sizes and counts are drawn from")
	fs.StringVar(&f.name, "name", "", "this scenario only")
	fs.BoolVar(&f.text, "text", false, "print the program instead of running it")
	fs.StringVar(&f.without, "without", "", "quirks to switch off in goalloc, with commas between")
	fs.StringVar(&f.ref, "ref", "", refUsage)
	files, err := c.parse(fs, args)
	if err != nil {
		return exitInput
	}
	if err := unknownQuirk(f.without); err != nil || len(files) > 0 {
		fmt.Fprintln(os.Stderr, "midiff: scenarios takes no files, and quirks that there are:", err)
		return exitInput
	}
	if problem := refProblem(f.ref); problem != "" {
		fmt.Fprintln(os.Stderr, "midiff:", problem)
		return exitInput
	}
	stories, err := f.stories()
	if err != nil {
		fmt.Fprintln(os.Stderr, "midiff:", err)
		return exitInput
	}
	switch {
	case f.text:
		return f.print(stories)
	case !isInner():
		return outer(args, f.ref)
	}
	return f.tell(stories)
}

// stories are the scenarios to tell.
func (f *scenarioFlags) stories() ([]*corpus.Scenario, error) {
	if f.name == "" {
		return corpus.Scenarios()
	}
	s, err := corpus.ScenarioByName(f.name)
	return []*corpus.Scenario{s}, err
}

func (f *scenarioFlags) print(stories []*corpus.Scenario) int {
	for _, s := range stories {
		text, err := s.Text(f.params)
		if err != nil {
			fmt.Fprintln(os.Stderr, "midiff:", err)
			return exitInput
		}
		os.Stdout.Write(text)
	}
	return exitAgree
}

// told is what came of a scenario.
type told struct {
	name    string
	runs    int
	reaches []string
	absent  bool // there was no C side
	alone   bool // there was no other
	c, g    diff.Reached
	cTime   time.Duration
	gTime   time.Duration
	cPeak   uint64 // bytes
	gPeak   uint64
}

// tell tells the scenarios, and random programs where there is time for more than one round.
func (f *scenarioFlags) tell(stories []*corpus.Scenario) int {
	x, err := diff.OpenParallel(f.ref, list(f.without)...)
	if err != nil {
		return failRef(f.ref, err)
	}
	if stories = f.suitable(x, stories); len(stories) == 0 {
		return exitInput
	}
	if f.keeper, err = newParallelKeeper(x, "scenarios"); err != nil {
		return fail(err)
	}
	defer f.keeper.Close()
	var all []*told
	for _, s := range stories {
		all = append(all, &told{name: s.Name, reaches: s.Reaches})
	}
	var random []*told
	for _, profile := range x.Profiles() {
		random = append(random, &told{name: "(random) " + profile})
	}
	begun := time.Now()
	for again := true; again; f.params.Seed++ {
		for i, s := range stories {
			text, err := s.Text(f.params)
			if err != nil {
				fmt.Fprintln(os.Stderr, "midiff:", err)
				return exitInput
			}
			p, err := prog.Parse(s.Name, text)
			if err != nil {
				return fail(err)
			}
			if code := f.one(x, p, all[i]); code != exitAgree {
				return code
			}
		}
		if f.forTime > 0 && f.name == "" {
			for i, t := range random {
				if code := f.one(x, f.random(x, x.Profiles()[i]), t); code != exitAgree {
					return code
				}
			}
		}
		again = time.Since(begun) < f.forTime
	}
	if f.forTime > 0 && f.name == "" {
		all = append(all, random...)
	}
	return f.table(all, time.Since(begun))
}

// suitable leaves out what the library's version does not run, and says what is compared.
func (f *scenarioFlags) suitable(x *diff.Parallel, stories []*corpus.Scenario) (all []*corpus.Scenario) {
	for _, s := range stories {
		if slices.Contains(x.Profiles(), s.Profile) {
			all = append(all, s)
		}
	}
	switch {
	case len(all) == 0:
		fmt.Fprintf(os.Stderr, "midiff: %s: the library is mimalloc %s, which runs scenarios of profile %s\n", f.name,
			x.Release(), strings.Join(x.Profiles(), ", "))
	case x.Alone():
		fmt.Fprintf(os.Stderr, "midiff: mimalloc %s, alone: goalloc does not follow it\n", x.Release())
	case f.ref != "":
		fmt.Fprintf(os.Stderr, "midiff: mimalloc %s\n", x.Release())
	}
	return all
}

// random draws a program for parallel runs.
func (f *scenarioFlags) random(x *diff.Parallel, profile string) *prog.Program {
	n := f.params.Seed
	return prog.Generate(n, prog.GenConfig{Profile: profile, Lacks: x.Lacks(profile), Ops: 500, Threads: 2 + int(n%3), MaxSize: 20 << 20, MaxLive: 32 << 20,
		MaxBulk: 400, Heaps: n%2 == 0, Exits: n%3 > 0, Barriers: true, Parallel: true, Aligned: n%4 == 0})
}

// one runs a program.
func (f *scenarioFlags) one(x *diff.Parallel, p *prog.Program, t *told) int {
	v, failed, err := f.keeper.Check(p, f.params.Seed, 1)
	switch {
	case err != nil:
		return fail(err)
	case failed != nil:
		return max(exitDiverge, v.ExitCode()) // the process around this one reports it
	case v.Class == diff.Agree: // else it is a random program with a heap_destroy that would be undefined
		last := x.Last()
		t.runs++
		t.absent, t.alone = last.C.Absent, last.Go.Absent
		t.c.Add(&last.C.Reached)
		t.g.Add(&last.Go.Reached)
		t.cTime += last.C.Took
		t.gTime += last.Go.Took
		t.cPeak, t.gPeak = max(t.cPeak, last.C.Peak), max(t.gPeak, last.Go.Peak)
	}
	return exitAgree
}

// tableLine is a line of the table.
const tableLine = "%-16s %5v  %-8s %11v %7v %10v %10v %8v %9v %9v %8v %6v\n"

// table prints what was reached, per scenario and side, and how much memory the process took meanwhile. What a scenario
// is about must have been reached.
func (f *scenarioFlags) table(all []*told, took time.Duration) int {
	code, most := exitAgree, uint64(0)
	fmt.Printf(tableLine, "scenario", "runs", "side", "operations", "exits", "abandoned", "reclaimed", "on free", "remote",
		"collects", "seconds", "MiB")
	for _, t := range all {
		code = max(code, t.print())
		most = max(most, t.cPeak, t.gPeak)
	}
	fmt.Printf("%.1f s, at most %d MiB of memory, no failure\n", took.Seconds(), most>>20)
	return code
}

// print prints the rows of a scenario.
func (t *told) print() int {
	t.row("C", t.absent, &t.c, "-", t.cTime, t.cPeak)
	t.row("goalloc", t.alone, &t.g, t.g.OnFree, t.gTime, t.gPeak)
	code := exitAgree
	for _, what := range t.reaches {
		if !t.absent && what != "on-free" && t.c.ByName(what) == 0 { // that C does not tell
			fmt.Printf("%s: C came to no %s\n", t.name, what)
			code = exitRig
		}
		if !t.alone && t.g.ByName(what) == 0 {
			fmt.Printf("%s: goalloc came to no %s\n", t.name, what)
			code = exitRig
		}
	}
	return code
}

func (t *told) row(side string, absent bool, r *diff.Reached, onFree any, took time.Duration, peak uint64) {
	if absent {
		fmt.Printf(tableLine, t.name, t.runs, side, "-", "-", "-", "-", "-", "-", "-", "-", "-")
		return
	}
	fmt.Printf(tableLine, t.name, t.runs, side, r.Operations, r.Exits, r.Abandoned, r.Reclaimed, onFree, r.RemoteFrees,
		r.Collects, fmt.Sprintf("%.2f", took.Seconds()), peak>>20)
}

// outer runs the command in a process of its own, keeps the program that it died of, and reduces what failed. What
// earlier ones were killed with is looked after before.
func outer(args []string, ref string) int {
	a, err := newAtOnce("scenarios", ref)
	if err != nil {
		return fail(err)
	}
	if _, err := a.look(nil); err != nil {
		return fail(err)
	}
	code, ended, err := a.run(append([]string{"scenarios"}, args...)...)
	if err != nil {
		return fail(err)
	}
	failed, err := a.look(ended)
	if err != nil {
		return fail(err)
	}
	if failed {
		code = max(code, exitDiverge)
	}
	return code
}
