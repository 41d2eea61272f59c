// Rival changes side by side. See doc.go for an overview.

package search

import (
	"slices"
	"strings"

	"midiff/diff/explore/sim"
)

// Stand is one column of a trial: a claim under a reading.
type Stand struct {
	Name    string
	Changes []string
}

// Charge is a failure that a stand has and the reference does not.
type Charge struct{ Text, Replay string }

// Ruling is what came of a stand in a scenario.
type Ruling struct {
	Executions uint64
	Bound      int
	New        []Charge // failures that the reference does not have
	Gone       []string // failures of the reference that are no more
	More, Less []string // other outcomes: only here, only in the reference
}

// Same tells whether the outcomes are those of the reference.
func (r *Ruling) Same() bool {
	return len(r.New)+len(r.Gone)+len(r.More)+len(r.Less) == 0
}

// Trial is every stand in every scenario, held against the reference's outcomes.
type Trial struct {
	Names   []string // of the scenarios
	Stands  []Stand
	Base    []Ruling   // of each scenario: what the reference itself fails in, as New, and its outcomes, as More
	Rulings [][]Ruling // by scenario, then stand
}

// RunTrial runs all stands within the limits. It is an error if a change is unknown, or if the rig is at fault.
func RunTrial(scenarios []*Scenario, stands []Stand, m Memory, limits Limits) (*Trial, error) {
	t := &Trial{Stands: stands}
	for _, sc := range scenarios {
		base, known, err := try(sc, nil, nil, m, limits)
		if err != nil {
			return nil, err
		}
		row := make([]Ruling, len(stands))
		for i, s := range stands {
			if row[i], _, err = try(sc, s.Changes, known, m, limits); err != nil {
				return nil, err
			}
		}
		t.Names = append(t.Names, sc.Name)
		t.Base, t.Rulings = append(t.Base, base), append(t.Rulings, row)
	}
	return t, nil
}

// try runs a scenario with changes and holds its outcomes against those of the reference, if there are any.
func try(sc *Scenario, changes []string, base *Outcomes, m Memory, limits Limits) (Ruling, *Outcomes, error) {
	v, err := sc.Variant(changes...)
	if err != nil {
		return Ruling{}, nil, err
	}
	r := NewRunner(sc, v, m)
	defer r.Close()
	res := Deviate(r, limits, nil)
	if res.Fault != nil {
		return Ruling{}, nil, res.Fault
	}
	out := Ruling{Executions: res.Executions, Bound: res.Bound}
	for key, example := range res.Outcomes.by {
		switch {
		case base != nil && base.by[key] != nil:
		case key.class != 0:
			out.New = append(out.New, Charge{res.Outcomes.text(key), NewReplay(r, example.Choices).String()})
		default:
			out.More = append(out.More, res.Outcomes.text(key))
		}
	}
	if base != nil {
		for key := range base.by {
			switch {
			case res.Outcomes.by[key] != nil:
			case key.class != 0:
				out.Gone = append(out.Gone, base.text(key))
			default:
				out.Less = append(out.Less, base.text(key))
			}
		}
	}
	out.sort()
	return out, res.Outcomes, nil
}

func (r *Ruling) sort() {
	slices.SortFunc(r.New, func(a, b Charge) int { return strings.Compare(a.Text, b.Text) })
	slices.Sort(r.Gone)
	slices.Sort(r.More)
	slices.Sort(r.Less)
}

// Need is how strong the order at a site has to be.
type Need struct {
	Site    SiteInfo
	Weakest string // the weakest order with which no scenario fails anew; empty where no scenario comes to the site
	Without Charge // what fails with the next weaker order; empty if there is none
	In      string // the scenario of that
}

// Needs finds the weakest order for each site for which choose says so, everything else as in the reference: no
// scenario may fail in a way that it does not without, within the limits.
func Needs(scenarios []*Scenario, choose func(SiteInfo) bool, m Memory, limits Limits) ([]Need, error) {
	var needs []Need
	var changes []string
	for _, site := range scenarios[0].Sites {
		if choose(site) && len(weaker(site)) > 0 {
			needs = append(needs, Need{Site: site})
			for _, o := range weaker(site) {
				changes = append(changes, at(&site, o))
			}
		}
	}
	x, err := RunMatrix(scenarios, changes, m, limits)
	if err != nil {
		return nil, err
	}
	row := 0
	for i := range needs {
		n := &needs[i]
		orders := weaker(n.Site)
		x.need(n, orders, x.Cells[row:row+len(orders)])
		row += len(orders)
	}
	return needs, nil
}

// weaker are the orders below the reference's at a site, and plain, weakest first.
func weaker(site SiteInfo) []sim.Order {
	var all []sim.Order
	if site.Op == "load" || site.Op == "store" {
		all = append(all, sim.Plain)
	}
	for _, o := range strengths(site.Op) {
		if o < site.Order.Success && !(site.Order.Success == sim.Release && o == sim.Acquire) {
			all = append(all, o)
		}
	}
	return all
}

// need fills in what the matrix's rows for the orders of a site say.
func (x *Matrix) need(n *Need, orders []sim.Order, rows [][]Cell) {
	n.Weakest = n.Site.Order.Success.String()
	for i, o := range orders {
		absent := !slices.ContainsFunc(rows[i], func(c Cell) bool { return !c.Absent })
		j := slices.IndexFunc(rows[i], func(c Cell) bool { return c.Kill != "" })
		switch {
		case absent:
			n.Weakest = ""
			return
		case j < 0:
			n.Weakest = o.String()
			return
		}
		n.Without, n.In = Charge{o.String() + ": " + rows[i][j].Kill, rows[i][j].Replay}, x.Scenarios[j].Name
	}
}
