//go:build explore

package run

import (
	"fmt"
	"strings"

	"midiff/diff/explore/change"
	"midiff/diff/explore/search"
	"midiff/diff/explore/sim"
	"midiff/goalloc"
)

// geometry names the sizes of the allocator in choice strings: another geometry means other choices.
const geometry = "g1"

// search gives a scenario as the engines want it. It runs on the process of m, which it shares with others:
// one at a time.
func (m *Machine) search(s *Scenario) *search.Scenario {
	sc := &search.Scenario{
		Name: s.Name, Text: s.Title, Sites: siteTable, Place: placeName, Word: m.wordName, Changes: changeTable, Version: s.Program.Profile,
		Mended: s.Mended, Geometry: geometry, Labels: []string{"state"},
	}
	if len(s.Program.Ops) <= mostParts {
		for i := range s.Program.Ops {
			sc.Parts = append(sc.Parts, strings.TrimSpace(s.Program.OpText(i)))
		}
	}
	r := newRunner(m, s)
	sc.Make = func(v *search.Variant) func(*sim.Sim) {
		mine := *v // of its own address, by which the process knows it
		return func(s *sim.Sim) { r.execute(s, &mine) }
	}
	return sc
}

// mostParts is how many parts of a scenario can be left out.
const mostParts = 64

// siteTable is the allocator's table of atomic accesses.
var siteTable = func() []search.SiteInfo {
	all := make([]search.SiteInfo, goalloc.SiteCount())
	for i := range all {
		use, info := goalloc.SiteAt(goalloc.Site(i))
		partner, _ := goalloc.SiteAt(info.Partner)
		order, err := sim.ParseOrder(string(info.Order))
		if err != nil {
			panic(err)
		}
		all[i] = search.SiteInfo{Name: use.Name, Op: op(use.Method), Order: pair(use.Method, order),
			Func: info.Func, Counterpart: info.Counterpart + ", " + use.At + " here", Partner: partner.Name}
	}
	return all
}()

// Sites is the table of atomic accesses.
func Sites() []search.SiteInfo { return siteTable }

// op is the kind of access that a method makes.
func op(method string) string {
	for _, end := range []string{"Rlx", "AcqRel", "Acq", "Rel", "SC"} {
		if short, ok := strings.CutSuffix(method, end); ok {
			method = short
			break
		}
	}
	return strings.ToLower(method)
}

// pair is an order of success with the one that the reference's macros name for failure.
func pair(method string, o sim.Order) search.Pair {
	p := search.Pair{Success: o}
	if !strings.HasPrefix(method, "Cas") {
		return p
	}
	switch o {
	case sim.Acquire, sim.AcqRel:
		p.Failure = sim.Acquire
	case sim.SeqCst:
		p.Failure = sim.SeqCst
	}
	return p
}

// kinds are those of package search.
var kinds = map[change.Kind]search.ChangeKind{change.Mutant: search.Fault, change.Harmless: search.Harmless, change.Fix: search.Fix,
	change.Claim: search.Claim}

// changeTable are the named changes.
var changeTable = func() (all []search.Change) {
	for _, c := range change.All {
		to := search.Change{Name: c.Name, Kind: kinds[c.Kind], Text: c.Describe(), Orders: map[string]search.Pair{}, Flag: true}
		for site, order := range c.Orders {
			o, err := sim.ParseOrder(order)
			if err != nil {
				panic(err)
			}
			to.Orders[site] = pair(methodOf(site), o)
		}
		all = append(all, to)
	}
	return all
}()

func methodOf(site string) string {
	for i := range goalloc.SiteCount() {
		if use, _ := goalloc.SiteAt(goalloc.Site(i)); use.Name == site {
			return use.Method
		}
	}
	panic(fmt.Sprintf("explore: a change names site %s, which is not there", site))
}

// use makes a variant the one that the process runs: its orders, and the changes of its program.
func (m *Machine) use(v *search.Variant) {
	if m.variant == v {
		return
	}
	m.variant, m.orders = v, v.Orders
	for i, c := range change.All {
		goalloc.SetChange(i, v.Has(c.Name))
	}
	m.flagsChecked = !v.Has(change.AtomicFlags)
}
