//go:build explore

package main

import (
	"encoding/json"
	"fmt"
	"os"
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
func (o *options) printScenarios(m *run.Machine) int {
	tab := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, f := range corpus.Programs("explore") {
		s, err := run.NewScenario(f.Name, string(f.Text))
		if err != nil {
			return rig(err)
		}
		fmt.Fprintf(tab, "%s\t%s\n", s.Name, s.Title)
	}
	fmt.Fprintln(tab)
	for _, c := range change.All {
		var orders []string
		for site, order := range c.Orders {
			orders = append(orders, site+"="+order)
		}
		fmt.Fprintf(tab, "%s\t%s: %s\n", c.Name, c.Kind, c.Text)
	}
	tab.Flush()
	return exitClean
}

// runMatrix is -matrix: which change is seen in which scenario. It fails if a mutant survives everywhere, or
// a harmless change is seen anywhere.
func (o *options) runMatrix(scenarios []*search.Scenario) int {
	changes := append(change.Names(change.Mutant), change.Names(change.Harmless)...)
	if o.mutants != "" {
		changes = list(o.mutants)
	}
	x, err := search.RunMatrix(scenarios, changes, o.memory(), o.limits())
	if err != nil {
		return rig(err)
	}
	fmt.Print(x.String())
	code := exitClean
	for i, name := range changes {
		c, err := change.ByName(name)
		if err != nil {
			continue // an order from the command line, of which nothing is expected
		}
		if want := c.Kind == change.Mutant; want != x.Killed(i) && c.Kind != change.Fix {
			fmt.Printf("%s is a %s change: %s\n", name, c.Kind, map[bool]string{true: "nothing shows it", false: "it should survive"}[want])
			code = exitFound
		}
	}
	return code
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
func replay(m *run.Machine, args []string) int {
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
