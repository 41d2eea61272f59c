// A trial for a reader. See doc.go for an overview.

package search

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// mostNamed is how many outcomes are named.
const mostNamed = 6

// word is a ruling in a word or two.
func (r *Ruling) word() string {
	switch {
	case len(r.New) > 0:
		return plural(uint64(len(r.New)), "failure")
	case len(r.Gone) > 0:
		return "mends"
	case r.Same():
		return "="
	}
	return "other outcomes"
}

// reference is what the reference itself comes to in a scenario.
func (r *Ruling) reference() string {
	if len(r.New) == 0 {
		return "clean"
	}
	return plural(uint64(len(r.New)), "failure")
}

// String is the table of scenarios and stands; every failure in it with the string that replays it; and the outcomes of
// the scenarios in which no stand does anything else than the reference.
func (t *Trial) String() string {
	var b strings.Builder
	t.table(&b)
	t.failures(&b)
	t.outcomes(&b)
	return b.String()
}

func (t *Trial) table(b *strings.Builder) {
	tab := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	head := []string{"scenario", "the reference"}
	for _, s := range t.Stands {
		head = append(head, s.Name)
	}
	fmt.Fprintln(tab, strings.Join(append(head, "executions"), "\t"))
	for i, name := range t.Names {
		row := []string{name, t.Base[i].reference()}
		for j := range t.Stands {
			row = append(row, t.Rulings[i][j].word())
		}
		fmt.Fprintf(tab, "%s\t%d\n", strings.Join(row, "\t"), t.Base[i].Executions)
	}
	tab.Flush()
}

func (t *Trial) failures(b *strings.Builder) {
	for i, name := range t.Names {
		if len(t.Base[i].New) > 0 {
			fmt.Fprintf(b, "\n%s, the reference itself, and every change here:\n", name)
			charges(b, t.Base[i].New)
		}
		for j, s := range t.Stands {
			if r := &t.Rulings[i][j]; len(r.New) > 0 {
				fmt.Fprintf(b, "\n%s, %s:\n", name, s.Name)
				charges(b, r.New)
			}
		}
	}
}

func charges(b *strings.Builder, all []Charge) {
	for _, c := range all {
		fmt.Fprintf(b, "  %s\n    replay %s\n", c.Text, c.Replay)
	}
}

func (t *Trial) outcomes(b *strings.Builder) {
	for i, name := range t.Names {
		same := len(t.Base[i].New) == 0
		for j := range t.Stands {
			same = same && t.Rulings[i][j].Same()
		}
		if same {
			fmt.Fprintf(b, "\n%s: nothing here can alter any outcome, in all executions with at most %d choices that are not the quiet one:\n  %s\n",
				name, t.Base[i].Bound, outcomeList(t.Base[i].More))
		}
	}
}

// NeedsText is a table of needs. reason says why an order is enough where no failure says so.
func NeedsText(needs []Need, reason func(site string) string) string {
	var b strings.Builder
	tab := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "site\treference\tneeded\twhere")
	for _, n := range needs {
		if n.Weakest != "" {
			fmt.Fprintf(tab, "%s\t%v\t%s\t%s\n", n.Site.Name, n.Site.Order.Success, n.Weakest, n.Site.Counterpart)
		}
	}
	tab.Flush()
	for _, n := range needs {
		why := reason(n.Site.Name)
		if n.Weakest == "" || why == "" && n.Without.Text == "" {
			continue
		}
		fmt.Fprintf(&b, "\n%s: %s\n", n.Site.Name, n.Weakest)
		if why != "" {
			fmt.Fprintf(&b, "  %s\n", why)
		}
		if n.Without.Text != "" {
			fmt.Fprintf(&b, "  %s, in %s\n    replay %s\n", n.Without.Text, n.In, n.Without.Replay)
		}
	}
	return b.String()
}

// outcomeList names outcomes; many are counted.
func outcomeList(all []string) string {
	if len(all) > mostNamed {
		return plural(uint64(len(all)), "outcome")
	}
	return strings.Join(all, "\n  ")
}
