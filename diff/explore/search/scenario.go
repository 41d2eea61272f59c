// Scenarios and their variants. See doc.go for an overview.

package search

import (
	"fmt"
	"slices"
	"strings"

	"midiff/diff/explore/sim"
)

// Pair is the order at a site; Failure is that of a compare-and-swap that fails, and otherwise relaxed.
type Pair struct{ Success, Failure sim.Order }

func (p Pair) String() string {
	if p.Failure == sim.Relaxed {
		return p.Success.String()
	}
	return p.Success.String() + "/" + p.Failure.String()
}

// ParsePair reads an order, or two with a slash between.
func ParsePair(text string) (Pair, error) {
	success, failure, both := strings.Cut(text, "/")
	var p Pair
	var err error
	if p.Success, err = sim.ParseOrder(success); err != nil {
		return p, err
	}
	if both {
		p.Failure, err = sim.ParseOrder(failure)
	}
	return p, err
}

// SiteInfo describes an atomic site. Its number is its index in the table.
type SiteInfo struct {
	Name        string // unique, such as thread-free-take
	Op          string // load, store, add, or, cas, ...
	Order       Pair   // the reference's
	Func        string // that it is in
	Counterpart string // the reference's function and where its access stands
	Partner     string // the site whose access it pairs with
}

// ChangeKind is what is expected of a change.
type ChangeKind uint8

// The kinds.
const (
	Fault    ChangeKind = iota // some scenario must catch it
	Harmless                   // no scenario may
	Fix                        // it takes a finding away
	Claim                      // somebody's change of the reference, or a reading of it: what it does is the question
)

// Change is a named change of a scenario: orders at sites, or a flag that the body asks for.
type Change struct {
	Name   string
	Kind   ChangeKind
	Text   string // what it does, and why that is a fault or none
	Orders map[string]Pair
	Flag   bool // the body asks Variant.Has
}

// Scenario is a closed program over the simulator, its sites and what may be changed in it.
type Scenario struct {
	Name string
	Text string // what happens in it, for a reader
	// Version is of the reference that it is about, such as 2.3.
	Version string
	Labels  []string
	Sites   []SiteInfo
	// Place names plain accesses, ranges and threads, and Word addresses; nil for numbers.
	Place   func(sim.Place) string
	Word    func(a uintptr) string
	Changes []Change
	// Mended are changes under which what the scenario finds in the reference is gone, so that other faults show.
	Mended []string
	// Parts are operations that can be left out. Those of a thread may be left out with it: they have a
	// prefix "t1 ", and a thread without parts is not started (Sim.Skip keeps the numbers of the others).
	Parts []string
	// Apart says that executions share nothing with those of other runners, and may go on at the same time.
	Apart bool
	// Geometry names sizes that a replay needs; may be empty.
	Geometry string
	// Make gives the body for a variant. It runs many times, and begins anew each time.
	Make func(v *Variant) func(*sim.Sim)
}

// Variant is a scenario with changes.
type Variant struct {
	Orders  []Pair // by site
	Changes []string
	Without uint64 // parts that are left out, as a bit set
	flags   []string
}

// Has tells whether a named change is on.
func (v *Variant) Has(flag string) bool { return slices.Contains(v.flags, flag) }

// Part tells whether part i takes place.
func (v *Variant) Part(i int) bool { return v.Without>>i&1 == 0 }

// Variant is the scenario with changes, each the name of one or SITE=ORDER.
func (sc *Scenario) Variant(changes ...string) (Variant, error) {
	v := Variant{Orders: make([]Pair, len(sc.Sites))}
	for i := range sc.Sites {
		v.Orders[i] = sc.Sites[i].Order
	}
	for _, c := range changes {
		if err := sc.apply(&v, c); err != nil {
			return Variant{}, err
		}
		v.Changes = append(v.Changes, c)
	}
	return v, nil
}

func (sc *Scenario) apply(v *Variant, change string) error {
	if site, order, ok := strings.Cut(change, "="); ok {
		p, err := ParsePair(order)
		if err != nil {
			return fmt.Errorf("%s: %w", change, err)
		}
		return sc.setOrder(v, site, p)
	}
	i := slices.IndexFunc(sc.Changes, func(c Change) bool { return c.Name == change })
	if i < 0 {
		return fmt.Errorf("scenario %s has no change %q; it has %s", sc.Name, change, sc.changeNames())
	}
	for site, p := range sc.Changes[i].Orders {
		if err := sc.setOrder(v, site, p); err != nil {
			return err
		}
	}
	if sc.Changes[i].Flag {
		v.flags = append(v.flags, change)
	}
	return nil
}

// sitesOf are the sites whose orders a change sets, and whether it may do something else.
func (sc *Scenario) sitesOf(change string) (sites []sim.Site, more bool) {
	names := map[string]Pair{}
	if site, _, ok := strings.Cut(change, "="); ok {
		names[site] = Pair{}
	} else if i := slices.IndexFunc(sc.Changes, func(c Change) bool { return c.Name == change }); i >= 0 {
		names, more = sc.Changes[i].Orders, sc.Changes[i].Flag
	}
	for i := range sc.Sites {
		if _, is := names[sc.Sites[i].Name]; is {
			sites = append(sites, sim.Site(i))
		}
	}
	return sites, more
}

func (sc *Scenario) setOrder(v *Variant, site string, p Pair) error {
	i := slices.IndexFunc(sc.Sites, func(s SiteInfo) bool { return s.Name == site })
	if i < 0 {
		return fmt.Errorf("scenario %s has no site %q; explore -sites lists them", sc.Name, site)
	}
	if op := sc.Sites[i].Op; p.Success == sim.Plain && op != "load" && op != "store" {
		return fmt.Errorf("site %s is a %s: only a load or a store can be plain", site, op)
	}
	v.Orders[i] = p
	return nil
}

func (sc *Scenario) changeNames() string {
	if len(sc.Changes) == 0 {
		return "none"
	}
	var names []string
	for _, c := range sc.Changes {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

// SiteName is the name of a site, or its number.
func (sc *Scenario) SiteName(s sim.Site) string {
	if int(s) < len(sc.Sites) {
		return sc.Sites[s].Name
	}
	return fmt.Sprintf("site %d", s)
}

// PlaceName is the name of a place, or its number.
func (sc *Scenario) PlaceName(p sim.Place) string {
	if sc.Place != nil {
		return sc.Place(p)
	}
	return fmt.Sprintf("place %d", p)
}
