// Every change in every scenario. See doc.go for an overview.

package search

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"

	"midiff/diff/explore/sim"
)

// Cell is a change in a scenario.
type Cell struct {
	Kill       string // a failure that the scenario does not have without the change; empty if it survives
	Mended     bool   // it has, and the failure is one of the mended scenario
	Replay     string // of that failure
	Deviations int    // of that failure
	Bound      int    // exhausted where it survives
	Executions uint64
	Absent     bool // the scenario is never at a site that the change is about
}

// Matrix is a table of changes and scenarios.
type Matrix struct {
	Scenarios []*Scenario
	Changes   []string
	Base      []Systematic // of each scenario, unchanged
	Cells     [][]Cell     // by change, then scenario
	memory    Memory
}

// RunMatrix runs every change in every scenario, within the limits, or until it shows a failure that the scenario
// alone does not have. Where a scenario has findings of its own, the change is tried on the mended scenario as well.
// Scenarios that are apart share the cores.
func RunMatrix(scenarios []*Scenario, changes []string, m Memory, limits Limits) (*Matrix, error) {
	x := &Matrix{Scenarios: scenarios, Changes: changes, memory: m, Base: make([]Systematic, len(scenarios))}
	columns, errs := make([][]Cell, len(scenarios)), make([]error, len(scenarios))
	var all sync.WaitGroup
	cores := make(chan struct{}, runtime.GOMAXPROCS(0))
	for j, sc := range scenarios {
		run := func() {
			columns[j] = make([]Cell, len(changes))
			if x.Base[j], errs[j] = x.column(sc, nil, columns[j], limits); errs[j] == nil && len(sc.Mended) > 0 {
				_, errs[j] = x.column(sc, sc.Mended, columns[j], limits)
			}
		}
		if !sc.Apart {
			run()
			continue
		}
		all.Go(func() {
			cores <- struct{}{}
			defer func() { <-cores }()
			run()
		})
	}
	all.Wait()
	for i := range changes {
		row := make([]Cell, len(scenarios))
		for j := range scenarios {
			row[j] = columns[j][i]
		}
		x.Cells = append(x.Cells, row)
	}
	return x, errors.Join(errs...)
}

// column runs those changes in a scenario that have survived so far, on top of others.
func (x *Matrix) column(sc *Scenario, on []string, cells []Cell, limits Limits) (Systematic, error) {
	v, err := sc.Variant(on...)
	if err != nil {
		return Systematic{}, err
	}
	r := NewRunner(sc, v, x.memory)
	defer r.Close()
	base := Deviate(r, limits, nil)
	if base.Fault != nil {
		return base, base.Fault
	}
	for i, change := range x.Changes {
		if cells[i].Kill != "" {
			continue
		}
		if cells[i], err = runCell(r, on, change, base.Outcomes, limits); err != nil {
			return base, err
		}
	}
	return base, nil
}

func runCell(r *Runner, on []string, change string, base *Outcomes, limits Limits) (Cell, error) {
	v, err := r.Scenario.Variant(append(slices.Clone(on), change)...)
	if err != nil {
		return Cell{}, err
	}
	if absent(r, change) {
		return Cell{Absent: true, Bound: limits.Bound}, nil
	}
	r.Change(v)
	var cell Cell
	found := Deviate(r, limits, func(res *sim.Result) bool {
		key := endingOf(res)
		if key.class == 0 || base.by[key] != nil {
			return true
		}
		cell.Kill, cell.Deviations, cell.Mended = base.text(key), Deviations(res.Choices), len(on) > 0
		cell.Replay = NewReplay(r, res.Choices).String()
		return false
	})
	if found.Fault != nil {
		return Cell{}, found.Fault
	}
	cell.Bound, cell.Executions = found.Bound, found.Executions
	return cell, nil
}

// absent tells whether a change is about orders alone, at sites where no execution of the unchanged scenario has been.
func absent(r *Runner, change string) bool {
	sites, more := r.Scenario.sitesOf(change)
	return !more && !slices.ContainsFunc(sites, r.Sim.Touched)
}

// Killed tells whether a change fails in some scenario that is not failing so without it.
func (x *Matrix) Killed(change int) bool {
	for _, c := range x.Cells[change] {
		if c.Kill != "" {
			return true
		}
	}
	return false
}

// NotIn lists what this matrix finds and another, of the same changes and scenarios, does not: findings of the unchanged
// scenarios, and changes that fail in none there.
func (x *Matrix) NotIn(y *Matrix) []string {
	var lines []string
	for i, sc := range x.Scenarios {
		there := y.Base[i].Outcomes.Lines()
		for _, line := range x.Base[i].Outcomes.failingLines() {
			if !slices.Contains(there, line) {
				lines = append(lines, sc.Name+": "+line)
			}
		}
	}
	for i, change := range x.Changes {
		if !x.Killed(i) || y.Killed(i) {
			continue
		}
		for j, c := range x.Cells[i] {
			if c.Kill != "" {
				lines = append(lines, fmt.Sprintf("%s in %s: %s", change, x.Scenarios[j].Name, c.Kill))
			}
		}
	}
	return lines
}

// String is the matrix for a reader: a row for each change, with the deviations of the first failure in each
// scenario (with a star if that has to be mended first), a dot where it survives, nothing where what it changes
// does not occur.
func (x *Matrix) String() string {
	var b strings.Builder
	tab := tabwriter.NewWriter(&b, 0, 0, 1, ' ', 0)
	fmt.Fprint(tab, "change\t")
	for i := range x.Scenarios {
		fmt.Fprintf(tab, "%c\t", 'A'+i)
	}
	fmt.Fprintln(tab)
	for i, change := range x.Changes {
		fmt.Fprintf(tab, "%s\t", change)
		for _, c := range x.Cells[i] {
			mark := "."
			switch {
			case c.Kill != "":
				mark = fmt.Sprint(c.Deviations)
				if c.Mended {
					mark += "*"
				}
			case c.Absent:
				mark = ""
			}
			fmt.Fprintf(tab, "%s\t", mark)
		}
		verdict := "survives"
		if x.Killed(i) {
			verdict = "killed"
		}
		fmt.Fprintln(tab, verdict)
	}
	tab.Flush()
	b.WriteByte('\n')
	tab = tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for i, sc := range x.Scenarios {
		base := &x.Base[i]
		state := "clean"
		if n := base.Outcomes.Failing(); n > 0 {
			state = plural(uint64(n), "finding")
		}
		fmt.Fprintf(tab, "%c\t%s\t%s\t%s with at most %s\n", 'A'+i, sc.Name, state, plural(base.Executions, "execution"),
			plural(uint64(base.Bound), "deviation"))
	}
	tab.Flush()
	var out strings.Builder
	for line := range strings.Lines(b.String()) {
		out.WriteString(strings.TrimRight(line, " \n"))
		out.WriteByte('\n')
	}
	return out.String()
}
