// The smallest change of orders under which a scenario passes. See doc.go for an overview.

package search

import (
	"slices"
	"strings"

	"midiff/diff/explore/sim"
)

// Remedy is a change of orders that makes a failure go away.
type Remedy struct {
	Changes    []string // SITE=ORDER; empty if no orders at the sites of the execution will do
	Bound      int      // shown for all executions with at most so many deviations
	Executions uint64   // of the changed scenario
	Clean      bool     // no failure of any kind is left, not only not this one
	Tried      int
}

// strengths are the orders that an operation may have, weakest first.
func strengths(op string) []sim.Order {
	switch {
	case strings.HasPrefix(op, "load"):
		return []sim.Order{sim.Relaxed, sim.Acquire, sim.SeqCst}
	case strings.HasPrefix(op, "store"):
		return []sim.Order{sim.Relaxed, sim.Release, sim.SeqCst}
	case strings.HasPrefix(op, "lock"), strings.HasPrefix(op, "trylock"), strings.HasPrefix(op, "unlock"), op == "":
		return nil
	}
	return []sim.Order{sim.Relaxed, sim.Acquire, sim.Release, sim.AcqRel, sim.SeqCst}
}

// stronger are the orders above one at a site, weakest first.
func stronger(site *SiteInfo, now sim.Order) []sim.Order {
	var all []sim.Order
	for _, o := range strengths(site.Op) {
		sideways := now == sim.Acquire && o == sim.Release
		if now == sim.Plain || o > now && !sideways {
			all = append(all, o)
		}
	}
	return all
}

// at gives a site a stronger success order, and where it is a compare-and-swap whose failure matters, that too.
func at(site *SiteInfo, o sim.Order) string {
	if strings.HasPrefix(site.Op, "cas") && (o == sim.Acquire || o == sim.AcqRel || o == sim.SeqCst) {
		failure := sim.Acquire
		if o == sim.SeqCst {
			failure = sim.SeqCst
		}
		return site.Name + "=" + o.String() + "/" + failure.String()
	}
	return site.Name + "=" + o.String()
}

// FindRemedy looks for the smallest change of orders, at the sites of a failing execution, under which the scenario
// with all its parts passes: a single site first, then the fewest that can be found by raising all of them and
// lowering one after the other.
func FindRemedy(r *Runner, m *Minimal, bound int) Remedy {
	f := &finder{r: r, want: m.Failure, bound: bound, base: m.Variant.Changes}
	f.sites = f.trace(m)
	defer r.Change(m.Variant)
	if changes, ok := f.single(); ok {
		return f.remedy(changes)
	}
	if changes, ok := f.several(); ok {
		return f.remedy(changes)
	}
	return f.remedy(nil)
}

type finder struct {
	r      *Runner
	want   *sim.Failure
	bound  int
	base   []string
	sites  []sim.Site
	strict bool // no other failure may be left either
	tried  int
	last   Systematic
}

func (f *finder) remedy(changes []string) Remedy {
	m := Remedy{Changes: changes, Bound: f.bound, Tried: f.tried}
	if len(changes) > 0 {
		f.passes(changes)
		m.Executions, m.Clean = f.last.Executions, len(f.last.Failures) == 0
	}
	return m
}

// trace are the sites of the failing execution, those nearest to its end first.
func (f *finder) trace(m *Minimal) []sim.Site {
	events := Record(f.r, m).Events
	var sites []sim.Site
	for i := len(events) - 1; i >= 0; i-- {
		e := events[i]
		if e.Op.IsAtomic() && int(e.Site) < len(f.r.Scenario.Sites) && !slices.Contains(sites, e.Site) {
			sites = append(sites, e.Site)
		}
	}
	return sites
}

// Record runs a minimal failure once more and keeps its events.
func Record(r *Runner, m *Minimal) sim.Result {
	r.Change(m.Variant)
	r.Sim.Recording = true
	defer func() { r.Sim.Recording = false }()
	return r.Run(sim.Plan{Vector: Vector(m.Choices)})
}

// passes tells whether the failure is gone with the changes.
func (f *finder) passes(changes []string) bool {
	f.tried++
	v, err := f.r.Scenario.Variant(append(slices.Clone(f.base), changes...)...)
	if err != nil {
		return false
	}
	f.r.Change(v)
	gone := true
	f.last = Deviate(f.r, Limits{Bound: f.bound}, func(res *sim.Result) bool {
		gone = gone && (res.Failure == nil || !f.strict && !res.Failure.Same(f.want))
		return gone
	})
	return gone && f.last.Fault == nil
}

// single tries one site after the other, with the weakest sufficient order. A change that leaves no failure at all
// is better than one that leaves others.
func (f *finder) single() (best []string, ok bool) {
	for _, s := range f.sites {
		site := &f.r.Scenario.Sites[s]
		for _, o := range stronger(site, f.order(s)) {
			changes := []string{at(site, o)}
			if !f.passes(changes) {
				continue
			}
			if len(f.last.Failures) == 0 {
				return changes, true
			}
			if !ok {
				best, ok = changes, true
			}
			break
		}
	}
	return best, ok
}

// order is the success order of a site with the base changes.
func (f *finder) order(s sim.Site) sim.Order {
	v, err := f.r.Scenario.Variant(f.base...)
	if err != nil {
		return sim.SeqCst
	}
	return v.Orders[s].Success
}

// several raises all sites, and takes back what is not needed.
func (f *finder) several() ([]string, bool) {
	raised := map[sim.Site]sim.Order{}
	for _, s := range f.sites {
		if all := stronger(&f.r.Scenario.Sites[s], f.order(s)); len(all) > 0 {
			raised[s] = all[len(all)-1]
		}
	}
	if !f.passes(f.texts(raised)) {
		return nil, false
	}
	f.strict = len(f.last.Failures) == 0
	for i := len(f.sites) - 1; i >= 0; i-- {
		s := f.sites[i]
		was, is := raised[s]
		if !is {
			continue
		}
		delete(raised, s)
		if f.passes(f.texts(raised)) {
			continue
		}
		raised[s] = was
		for _, o := range stronger(&f.r.Scenario.Sites[s], f.order(s)) {
			if raised[s] = o; o == was || f.passes(f.texts(raised)) {
				break
			}
		}
	}
	return f.texts(raised), true
}

func (f *finder) texts(raised map[sim.Site]sim.Order) []string {
	var texts []string
	for _, s := range f.sites {
		if o, ok := raised[s]; ok {
			texts = append(texts, at(&f.r.Scenario.Sites[s], o))
		}
	}
	return texts
}
