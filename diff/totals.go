// Statistics of the process at the end of a run, as libraries tell them. See doc.go for an overview.

package diff

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"midiff/cref"
	"midiff/diff/prog"
	"midiff/goalloc"
)

// Stat is a statistic of the process, those of its threads in it: what it added up to, the most of it that there was,
// and what there is now. One that only goes up has Total alone.
type Stat struct {
	Name                 string
	Total, Peak, Current int64
}

// teller is a subject that tells the statistics of its process at the end of a run. It may change them by that: what
// threads have counted is added.
type teller interface {
	// Totals gives the statistics that are not 0, and whether there are any to be had. They are rounded as people read
	// them where rounded says so.
	Totals() (all []Stat, rounded, ok bool)
}

// commitName is the statistic that stands for what mi_process_info tells of committed bytes.
const commitName = "process_info commit"

// withCommit adds what mi_process_info tells. Like all others it is left out where it is 0.
func withCommit(all []Stat, current, peak int64) []Stat {
	return append(all, Stat{Name: commitName, Current: current, Peak: peak})
}

// Totals implements teller.
func (g *GoSubject) Totals() ([]Stat, bool, bool) {
	g.proc.MergeStats(g.threads[:g.used])
	var all []Stat
	if g.later {
		all = laterTotals(g.proc)
	} else {
		g.proc.Main().MergeStats() // as mi_stats_print_out does, whether it has started or not
		all = totalsOf(entries(g.proc.Stats(nil)))
	}
	for _, s := range all {
		if s.Name == "committed" {
			all = withCommit(all, s.Current, s.Peak)
			break
		}
	}
	return nonzero(all), false, true
}

// laterTotals are those of a profile of a later version.
func laterTotals(p *goalloc.Process) (all []Stat) {
	named, bins := p.Statistics()
	for _, s := range named {
		all = append(all, Stat(s))
	}
	for i, s := range bins {
		s.Name = binName(s.Name, i)
		all = append(all, Stat(s))
	}
	return all
}

// binName names the number of a size class.
func binName(list string, bin int) string { return fmt.Sprintf("%s[%d]", list, bin) }

// totalsOf makes statistics of the words of the totals.
func totalsOf(words []StateEntry) (all []Stat) {
	names, at := cref.StatNames(), map[uint16]int{}
	for _, w := range words {
		i, ok := at[w.Field]
		if !ok {
			i, at[w.Field] = len(all), len(all)
			all = append(all, Stat{Name: names[w.Field]})
		}
		switch cref.StatParts[w.Pos] {
		case "allocated", "total":
			all[i].Total = int64(w.Value)
		case "peak":
			all[i].Peak = int64(w.Value)
		case "current":
			all[i].Current = int64(w.Value)
		}
	}
	return all
}

// nonzero leaves out what was not counted, and puts the rest in order.
func nonzero(all []Stat) []Stat {
	all = slices.DeleteFunc(all, func(s Stat) bool { return s == (Stat{Name: s.Name}) })
	slices.SortFunc(all, func(a, b Stat) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// totalsDifference names the statistics that differ; rounded says that c's are.
func totalsDifference(c, g []Stat, rounded bool) (all []StateDifference) {
	names, inC, inGo := []string{}, map[string]Stat{}, map[string]Stat{}
	for i, from := range [][]Stat{c, g} {
		for _, s := range from {
			names = append(names, s.Name)
			[]map[string]Stat{inC, inGo}[i][s.Name] = s
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		a, b := inC[name], inGo[name]
		exact := !rounded || name == commitName
		for _, part := range []struct {
			name      string
			inC, inGo int64
		}{{"total", a.Total, b.Total}, {"peak", a.Peak, b.Peak}, {"current", a.Current, b.Current}} {
			if exact && part.inC == part.inGo || !exact && part.inC == shown(part.inGo) {
				continue
			}
			all = append(all, StateDifference{"process " + name + "." + part.name, fmt.Sprint(part.inC), fmt.Sprint(part.inGo)})
		}
	}
	return all
}

// checkTotals compares what the processes of both sides have counted, at the end of a run in which all else agreed. The
// divergence is at the last step. It is nil where a side does not tell.
func (e *Engine) checkTotals(code *prog.Code) *Divergence {
	c, inC := e.c.(teller)
	g, inGo := e.g.(teller)
	if !inC || !inGo || len(code.Steps) == 0 {
		return nil
	}
	ofC, rounded, ok := c.Totals()
	if !ok {
		return nil
	}
	e.looked[Stats]++
	ofGo, _, _ := g.Totals()
	different := totalsDifference(ofC, ofGo, rounded)
	if len(different) == 0 {
		return nil
	}
	last := len(code.Steps) - 1
	d := e.divergence(&code.Steps[last], last, &e.rc[last%batchSteps], &e.rg[last%batchSteps], finding{Stats, FieldStats})
	d.Blame, d.Contract = BlameSide, "was not asked"
	e.rec.State = lines(different)
	return d
}

// firstTotals finds the first step after which the totals differ.
func (e *Engine) firstTotals(code *prog.Code, first Verdict) Verdict {
	upTo := func(step int) Verdict {
		short := *code
		short.Steps = code.Steps[:step+1]
		return e.once(&short)
	}
	step := first.Div.Step
	if _, trace := e.c.(*recorded); !trace { // which has no other numbers than those of its end
		step = sort.Search(step, func(i int) bool { return upTo(i).Class == Diverge })
	}
	v := upTo(step)
	if v.Class != Diverge {
		return e.flaky(first)
	}
	return v
}
