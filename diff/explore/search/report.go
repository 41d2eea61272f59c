// The report of a failure. See doc.go for an overview.

package search

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"midiff/diff/explore/sim"
)

// Report is all that there is to say of a minimal failure. The remedy may be nil, where none was looked for.
func Report(r *Runner, m *Minimal, remedy *Remedy) string {
	res := Record(r, m)
	w := &writer{sc: r.Scenario, v: &r.Variant}
	f := m.Failure
	fmt.Fprintf(w, "%v in scenario %s: %s\n", f.Class, r.Scenario.Name, r.Scenario.Text)
	fmt.Fprintf(w, "  variant  %s\n", changesText(r.Variant.Changes))
	w.changes()
	if f.Text != "" {
		fmt.Fprintf(w, "  %s\n", f.Text)
	}
	w.side("now", f.Now, f)
	if f.HasBefore() {
		w.side("before", f.Before, f)
		w.clocks(f)
	}
	w.parts()
	fmt.Fprintf(w, "  choices  %d, of which %d not the quiet one\n\n", len(res.Choices), Deviations(res.Choices))
	w.events(&res)
	w.remedy(remedy)
	fmt.Fprintf(w, "\nreplay %s\n", NewReplay(r, res.Choices))
	if f.Stack != "" {
		fmt.Fprintf(w, "\n%s\n", strings.TrimSpace(f.Stack))
	}
	return w.String()
}

type writer struct {
	strings.Builder
	sc *Scenario
	v  *Variant
}

// changes says what the variant has other than the reference: what named changes do, and every order.
func (w *writer) changes() {
	for _, name := range w.v.Changes {
		if i := slices.IndexFunc(w.sc.Changes, func(c Change) bool { return c.Name == name }); i >= 0 {
			fmt.Fprintf(w, "           %s\n", w.sc.Changes[i].Text)
		}
	}
	for i := range w.sc.Sites {
		if w.v.Orders[i] != w.sc.Sites[i].Order {
			fmt.Fprintf(w, "  order    %s\n", w.site(sim.Site(i)))
		}
	}
}

// side is one of the two accesses of a failure.
func (w *writer) side(label string, a sim.Access, f *sim.Failure) {
	fmt.Fprintf(w, "  %-8s t%d, event %d of it: ", label, a.Thread, a.Clock)
	what := "reads "
	if a.Write {
		what = "writes "
	}
	if !f.HasBefore() {
		what = ""
	}
	word := ""
	if f.Addr != 0 {
		word = w.word(f.Addr) + ", "
	}
	if !a.Atomic {
		fmt.Fprintf(w, "%s%splain: %s\n", what, word, w.sc.PlaceName(a.Place))
		return
	}
	fmt.Fprintf(w, "%s%sat %s\n", what, word, w.site(a.Site))
}

// site is a site's name with its order, and the reference's where that is another, and its place there.
func (w *writer) site(s sim.Site) string {
	if int(s) >= len(w.sc.Sites) {
		return w.sc.SiteName(s)
	}
	info, now := &w.sc.Sites[s], w.v.Orders[s]
	text := fmt.Sprintf("%s, %v", info.Name, now)
	if now != info.Order {
		text += fmt.Sprintf(" (the reference: %v)", info.Order)
	}
	if info.Counterpart != "" {
		text += ", " + info.Counterpart
	}
	return text
}

func (w *writer) word(a uintptr) string {
	if w.sc.Word != nil {
		return w.sc.Word(a)
	}
	return fmt.Sprintf("%#x", a)
}

// clocks says why nothing orders the two sides of a race.
func (w *writer) clocks(f *sim.Failure) {
	knows := f.Clocks[f.Now.Thread][f.Before.Thread]
	if f.Before.Clock <= knows {
		return
	}
	fmt.Fprintf(w, "  clocks   of t%d's events, t%d knows the first %d, and this is number %d\n",
		f.Before.Thread, f.Now.Thread, knows, f.Before.Clock)
}

// parts lists the operations that take place.
func (w *writer) parts() {
	var in, out []string
	for i, p := range w.sc.Parts {
		if w.v.Part(i) {
			in = append(in, p)
		} else {
			out = append(out, p)
		}
	}
	if len(in) > 0 {
		fmt.Fprintf(w, "  program  %s\n", strings.Join(in, "; "))
	}
	if len(out) > 0 {
		fmt.Fprintf(w, "  left out %s\n", strings.Join(out, "; "))
	}
}

// events is the table of what happened, with who saw which store.
func (w *writer) events(res *sim.Result) {
	var table strings.Builder
	tab := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	rows := shown(res)
	if left := len(res.Events) - len(rows); left > 0 {
		fmt.Fprintf(w, "  %s are not shown: of the start, that none of these sees, and plain ones to other words\n",
			plural(uint64(left), "event"))
	}
	fmt.Fprintf(tab, "  #\tthread\tevent\toperation\tword\torder\tvalue\treads from\n")
	for _, i := range rows {
		w.event(tab, i, &res.Events[i])
	}
	tab.Flush()
	for line := range strings.Lines(table.String()) {
		fmt.Fprintln(w, strings.TrimRight(line, " \n"))
	}
}

func (w *writer) event(tab *tabwriter.Writer, i int, e *sim.Event) {
	name, word, order, value, rf := e.Op.String(), "", "", "", ""
	if e.Addr != 0 {
		word = w.word(e.Addr)
	}
	switch {
	case e.Op.IsAtomic():
		name = w.sc.SiteName(e.Site) + ": " + name
		order = e.Order.String()
		value, rf = e.Values(), readsFrom(e)
	case e.Other != 0 || e.Op.IsThread():
		word = fmt.Sprintf("t%d", e.Other)
	default:
		if e.Size > 8 {
			word += fmt.Sprintf(" +%d bytes", e.Size)
		}
		name = w.sc.PlaceName(e.Place) + ": " + name
		if e.Op.IsLock() {
			name = w.sc.SiteName(e.Site) + ": " + e.Op.String()
		}
	}
	fmt.Fprintf(tab, "  %d\tt%d\t%d\t%s\t%s\t%s\t%s\t%s\n", i, e.Thread, e.Clock, name, word, order, value, rf)
}

func readsFrom(e *sim.Event) string {
	if !e.Reads() {
		return ""
	}
	text := "first value"
	if e.From >= 0 {
		text = fmt.Sprintf("#%d", e.From)
	}
	if e.Newer > 0 {
		text += fmt.Sprintf(", stale: %d newer", e.Newer)
	}
	return text
}

func (w *writer) remedy(m *Remedy) {
	switch {
	case m == nil:
	case len(m.Changes) == 0:
		fmt.Fprintf(w, "\nno orders at these sites make it pass (%s tried)\n", plural(uint64(m.Tried), "change"))
	default:
		kind := "passes with"
		if !m.Clean {
			kind = "does not occur, though others do, with"
		}
		fmt.Fprintf(w, "\n%s %s\n  shown for all parts and %s with at most %s\n", kind, strings.Join(m.Changes, " "),
			plural(m.Executions, "execution"), plural(uint64(m.Bound), "deviation"))
	}
}
