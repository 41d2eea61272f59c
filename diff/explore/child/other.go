//go:build explore

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"midiff/corpus"
	"midiff/diff/explore/change"
	"midiff/diff/explore/run"
	"midiff/diff/explore/search"
	"midiff/diff/explore/sim"
)

// printSites is -sites: every atomic access.
func (o *options) printSites() int {
	if o.asJSON {
		if err := json.NewEncoder(os.Stdout).Encode(run.Sites()); err != nil {
			return rig(err)
		}
		return exitClean
	}
	tab := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "site\toperation\torder\tfunction\treference\tpartner")
	for _, s := range run.Sites() {
		fmt.Fprintf(tab, "%s\t%s\t%v\t%s\t%s\t%s\n", s.Name, s.Op, s.Order, s.Func, s.Counterpart, s.Partner)
	}
	tab.Flush()
	return exitClean
}

// printScenarios is -scenarios: what can be explored, and with which changes.
func (o *options) printScenarios(m *run.Machines) int {
	tab := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, f := range corpus.Programs("explore") {
		s, err := run.NewScenario(f.Name, string(f.Text))
		if err != nil {
			return rig(err)
		}
		fmt.Fprintf(tab, "%s\t%s\n", s.Name, s.Title)
	}
	for _, sc := range kernels() {
		fmt.Fprintf(tab, "%s\t%s\n", sc.Name, sc.Text)
	}
	fmt.Fprintln(tab)
	for i := range change.All {
		c := &change.All[i]
		fmt.Fprintf(tab, "%s\t%s: %s\n", c.Name, c.Kind, c.Text)
	}
	tab.Flush()
	return exitClean
}

// runMatrix is -matrix: which change is seen in which scenario, for programs and for kernels. It fails if a
// mutant survives everywhere, or a harmless change is seen anywhere.
func (o *options) runMatrix(scenarios []*search.Scenario) int {
	code := exitClean
	isKernel := func(sc *search.Scenario) bool { return strings.HasPrefix(sc.Name, "kernel/") }
	for _, group := range [][]*search.Scenario{
		slices.DeleteFunc(slices.Clone(scenarios), isKernel),
		slices.DeleteFunc(slices.Clone(scenarios), func(sc *search.Scenario) bool { return !isKernel(sc) }),
	} {
		if len(group) == 0 {
			continue
		}
		c, err := o.matrixOf(group)
		if err != nil {
			return rig(err)
		}
		code = max(code, c)
	}
	return code
}

// matrixOf is the matrix of scenarios that know the same changes.
func (o *options) matrixOf(group []*search.Scenario) (int, error) {
	changes := list(o.mutants)
	if len(changes) == 0 {
		for _, c := range group[0].Changes {
			if c.Kind == search.Fault || c.Kind == search.Harmless {
				changes = append(changes, c.Name)
			}
		}
	}
	x, err := search.RunMatrix(group, changes, o.memory(), o.limits())
	if err != nil {
		return 0, err
	}
	if o.asJSON {
		if err := json.NewEncoder(os.Stdout).Encode(cells(x)); err != nil {
			return 0, err
		}
	} else {
		fmt.Println(x.String())
	}
	code := exitClean
	for i, name := range changes {
		at := slices.IndexFunc(group[0].Changes, func(c search.Change) bool { return c.Name == name })
		if at < 0 {
			continue // an order from the command line, of which nothing is expected
		}
		switch kind := group[0].Changes[at].Kind; {
		case kind == search.Harmless && x.Killed(i):
			fmt.Fprintf(os.Stderr, "midiff: %s is harmless and should survive\n", name)
			code = exitFound
		case kind == search.Fault && !x.Killed(i):
			fmt.Fprintf(os.Stderr, "midiff: %s is a fault, and nothing shows it\n", name)
			code = exitFound
		}
	}
	return code, nil
}

// cell is one cell of a matrix, as -json prints it.
type cell struct {
	Change, Scenario string
	Killed           bool
	search.Cell
}

func cells(x *search.Matrix) (all []cell) {
	for i, c := range x.Changes {
		for j, sc := range x.Scenarios {
			all = append(all, cell{c, sc.Name, x.Cells[i][j].Kill != "", x.Cells[i][j]})
		}
	}
	return all
}

// runCompare is -compare: the outcomes of two variants.
func (o *options) runCompare(sc *search.Scenario, variants []string) int {
	var changes [2][]string
	for i, v := range variants {
		if v != "base" {
			changes[i] = list(v)
		}
		changes[i] = append(changes[i], o.changes()...)
	}
	c, err := search.Compare(sc, changes[0], changes[1], o.memory(), o.limits())
	if err != nil {
		return input(err)
	}
	fmt.Print(c.String())
	if c.Verdict != search.Equal {
		return exitFound
	}
	return exitClean
}

// replay is `midiff replay`: one execution, as a choice string has it.
func replay(m *run.Machines, args []string) int {
	var o options
	rest, err := o.parse(args)
	if err == nil && len(rest) != 1 {
		err = fmt.Errorf("replay wants one choice string")
	}
	if err != nil {
		return input(err)
	}
	p, err := search.ParseReplay(rest[0])
	if err != nil {
		return input(err)
	}
	o.scenarios = p.Scenario
	scenarios, err := o.find(m)
	if err != nil {
		return input(err)
	}
	r, err := p.Runner(scenarios[0], 0, o.changes()...)
	if err != nil {
		return input(err)
	}
	defer r.Close()
	res := r.Run(sim.Plan{Vector: search.Vector(p.Choices)})
	switch {
	case res.Fault != nil:
		return rig(res.Fault)
	case len(o.changes()) == 0:
		if f := p.Verify(res.Choices); f != nil {
			return rig(f)
		}
	}
	if res.Failure == nil {
		fmt.Printf("scenario %s: passes; %d choices, %d not quiet\n", p.Scenario, len(res.Choices), search.Deviations(res.Choices))
		return exitClean
	}
	found := search.Minimal{Failure: res.Failure, Choices: append([]sim.Choice(nil), res.Choices...), Variant: r.Variant, Rate: 1}
	fmt.Println(strings.TrimSpace(search.Report(r, &found, nil)))
	return exitFound
}
