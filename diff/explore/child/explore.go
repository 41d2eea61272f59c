//go:build explore

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"midiff/corpus"
	"midiff/diff/explore/kernel"
	"midiff/diff/explore/run"
	"midiff/diff/explore/search"
	"midiff/diff/explore/sim"
)

// explore is `midiff explore`.
func explore(m *run.Machines, args []string) int {
	var o options
	rest, err := o.parse(args)
	if err == nil {
		err = o.problem(rest)
	}
	if err != nil {
		return input(err)
	}
	switch {
	case o.sites:
		return o.printSites()
	case o.list:
		return o.printScenarios(m)
	case o.programs && o.jobs > 1:
		return o.share(args, nil)
	case o.programs:
		return o.draw(m)
	}
	scenarios, err := o.find(m)
	if err != nil {
		return input(err)
	}
	switch {
	case o.matrix:
		return o.runMatrix(scenarios)
	case o.review:
		return o.verdict(scenarios)
	case o.compare:
		return o.runCompare(scenarios[0], rest)
	case o.jobs > 1 && len(scenarios) > 1:
		o.jobs = min(o.jobs, len(scenarios))
		return o.share(args, scenarios)
	}
	return o.look(scenarios)
}

// kernels are the scenarios by hand, under names that tell them from programs.
func kernels() (all []*search.Scenario) {
	for _, sc := range kernel.Scenarios() {
		sc.Name = "kernel/" + sc.Name
		all = append(all, sc)
	}
	return all
}

// find gives the scenarios that are asked for: programs of the corpus or in files, and kernels.
func (o *options) find(m *run.Machines) (all []*search.Scenario, err error) {
	names := list(o.scenarios)
	if len(names) == 0 {
		for _, f := range corpus.Programs("explore") {
			names = append(names, f.Name)
		}
		for _, sc := range kernels() {
			names = append(names, sc.Name)
		}
	}
	for _, name := range names {
		if i := slices.IndexFunc(kernels(), func(sc *search.Scenario) bool { return sc.Name == name }); i >= 0 {
			all = append(all, kernels()[i])
			continue
		}
		text, err := read(name)
		if err != nil {
			return nil, err
		}
		s, err := run.NewScenario(name, string(text))
		if err != nil {
			return nil, err
		}
		sc, err := m.Search(s)
		if err != nil {
			return nil, err
		}
		all = append(all, sc)
	}
	return all, nil
}

// read gives a program of the corpus, or of a file.
func read(name string) ([]byte, error) {
	if strings.HasSuffix(name, corpus.Extension) {
		return os.ReadFile(name)
	}
	text, err := corpus.Read("explore/" + name)
	if err != nil {
		return nil, fmt.Errorf("unknown scenario %q: midiff explore -scenarios lists them; a file's name ends in %s", name, corpus.Extension)
	}
	return text, nil
}

// looked is what came of one scenario, as -json prints it.
type looked struct {
	Scenario   string
	Changes    []string `json:",omitempty"`
	Executions uint64
	Distinct   int
	Bound      int
	Complete   bool
	Seconds    float64   // of processor time
	Findings   []finding `json:",omitempty"`
}

// finding is a failure as -json prints it.
type finding struct {
	Class, Now, Before, Text string `json:",omitempty"`
	Replay                   string
	Remedy                   []string `json:",omitempty"`
}

// look explores each scenario and reports what it finds.
func (o *options) look(scenarios []*search.Scenario) int {
	code := exitClean
	for _, sc := range scenarios {
		v, err := sc.Variant(o.changes()...)
		if err != nil {
			return input(err)
		}
		r := search.NewRunner(sc, v, o.memory())
		one, err := o.one(r)
		r.Close()
		if err != nil {
			return rig(err)
		}
		if o.asJSON {
			if err := json.NewEncoder(os.Stdout).Encode(one); err != nil {
				return rig(err)
			}
		}
		if len(one.Findings) > 0 {
			code = exitFound
		}
	}
	return code
}

func (o *options) one(r *search.Runner) (*looked, error) {
	start := processor()
	out := &looked{Scenario: r.Scenario.Name, Changes: r.Variant.Changes}
	var found []search.Found
	if o.random {
		l := o.limits()
		l.Executions = uint64(o.count)
		res := search.Random(r, o.seed, l)
		if res.Fault != nil {
			return nil, res.Fault
		}
		found, out.Executions, out.Distinct, out.Bound = res.Failures, res.Executions, res.Distinct, -1
	} else {
		res := search.Deviate(r, o.limits(), nil)
		if res.Fault != nil {
			return nil, res.Fault
		}
		found, out.Executions, out.Distinct = res.Failures, res.Executions, res.Distinct
		out.Bound, out.Complete = res.Bound, res.Complete
	}
	out.Seconds = processor() - start
	if !o.asJSON {
		fmt.Println(out.line(len(found)))
	}
	for _, f := range found {
		if o.brief {
			out.Findings = append(out.Findings, o.brieflyOf(r, f))
			continue
		}
		done, text, err := o.report(r, f, out.Executions)
		if err != nil {
			return nil, err
		}
		out.Findings = append(out.Findings, done)
		if !o.asJSON {
			fmt.Printf("\n%s\n", text)
		}
	}
	return out, nil
}

// brieflyOf names a failure as it was found.
func (o *options) brieflyOf(r *search.Runner, f search.Found) finding {
	out := finding{Class: f.Failure.Class.String(), Text: f.Failure.Text, Replay: search.NewReplay(r, f.Choices).String()}
	if f.Failure.HasBefore() {
		out.Now, out.Before = side(r, f.Failure.Now), side(r, f.Failure.Before)
	}
	if !o.asJSON {
		fmt.Printf("  %s: %s%s\n    replay %s\n", out.Class, out.Text, strings.Trim(out.Now+" / "+out.Before, "/ "), out.Replay)
	}
	return out
}

// line is one scenario in one line.
func (l *looked) line(found int) string {
	reach := fmt.Sprintf("all with at most %d deviations", l.Bound)
	switch {
	case l.Complete:
		reach = "all there are"
	case l.Bound < 0:
		reach = "at random"
	}
	state := "clean"
	if found == 1 {
		state = "1 finding"
	} else if found > 1 {
		state = fmt.Sprintf("%d findings", found)
	}
	return fmt.Sprintf("%-22s %-11s %9d executions, %s; %d differ; %.0f per second", l.Scenario, state, l.Executions,
		reach, l.Distinct, float64(l.Executions)/l.Seconds)
}

// report makes a failure small and says all about it. The runner is left as it was.
func (o *options) report(r *search.Runner, f search.Found, executions uint64) (finding, string, error) {
	was := r.Variant
	defer r.Change(was)
	minimal, err := search.Minimise(context.Background(), r, f)
	if err != nil {
		return finding{}, "", err
	}
	var remedy *search.Remedy
	if bound := o.remedyBound(executions); bound > 0 && !o.strong {
		found := search.FindRemedy(r, &minimal, bound)
		remedy = &found
	}
	out := finding{Class: minimal.Failure.Class.String(), Text: minimal.Failure.Text,
		Replay: search.NewReplay(r, minimal.Choices).String()}
	if minimal.Failure.HasBefore() {
		out.Now, out.Before = side(r, minimal.Failure.Now), side(r, minimal.Failure.Before)
	}
	if remedy != nil {
		out.Remedy = remedy.Changes
	}
	return out, search.Report(r, &minimal, remedy), nil
}

// remedyBound is up to which bound changes of orders are tried: each takes as many executions as the search did.
// 0 is for not at all.
func (o *options) remedyBound(executions uint64) int {
	switch {
	case o.random || executions > 200_000:
		return 0
	case executions > 3000:
		return min(o.bound, 2)
	}
	return max(o.bound, 2)
}

func side(r *search.Runner, a sim.Access) string {
	if a.Atomic {
		return r.Scenario.SiteName(a.Site)
	}
	return r.Scenario.PlaceName(a.Place)
}
