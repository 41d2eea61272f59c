// Comparing two variants of a scenario. See doc.go for an overview.

package search

import (
	"fmt"
	"slices"
	"strings"
)

// Verdict is what a comparison of two variants came to.
type Verdict uint8

// The verdicts.
const (
	Equal       Verdict = iota // no failure, and the same outcomes
	Differ                     // no failure, but other outcomes
	FirstFails                 // the first fails and the second does not
	SecondFails                // the other way round
	BothFail                   // in the same ways or in others: Only says which
)

// Comparison is the outcomes of two variants.
type Comparison struct {
	Scenario *Scenario
	Changes  [2][]string
	Results  [2]Systematic
	Verdict  Verdict
	Only     [2][]string // endings of one alone
	Replay   [2]string   // of the first failure of each, empty for none
	memory   Memory
}

// Compare runs both variants to the same bound. It is an error if a change is unknown, or if the rig is at fault.
func Compare(sc *Scenario, first, second []string, m Memory, limits Limits) (*Comparison, error) {
	c := &Comparison{Scenario: sc, Changes: [2][]string{first, second}, memory: m}
	for i, changes := range c.Changes {
		v, err := sc.Variant(changes...)
		if err != nil {
			return nil, err
		}
		r := NewRunner(sc, v, m)
		c.Results[i] = Deviate(r, limits, nil)
		if f := c.Results[i].Failures; len(f) > 0 {
			c.Replay[i] = NewReplay(r, f[0].Choices).String()
		}
		r.Close()
		if f := c.Results[i].Fault; f != nil {
			return nil, f
		}
	}
	c.judge()
	return c, nil
}

func (c *Comparison) judge() {
	lines := [2][]string{c.Results[0].Outcomes.Lines(), c.Results[1].Outcomes.Lines()}
	for i := range lines {
		for _, l := range lines[i] {
			if !slices.Contains(lines[1-i], l) {
				c.Only[i] = append(c.Only[i], l)
			}
		}
	}
	fails := [2]bool{c.Results[0].Outcomes.Failing() > 0, c.Results[1].Outcomes.Failing() > 0}
	switch {
	case fails[0] && fails[1]:
		c.Verdict = BothFail
	case fails[0]:
		c.Verdict = FirstFails
	case fails[1]:
		c.Verdict = SecondFails
	case len(c.Only[0])+len(c.Only[1]) > 0:
		c.Verdict = Differ
	}
}

// exhausted says how far both searches have come: the statement of a comparison reaches no further.
func (c *Comparison) exhausted() string {
	a, b := &c.Results[0], &c.Results[1]
	switch {
	case a.Complete && b.Complete:
		return "in all executions there are"
	case a.Bound < 0 || b.Bound < 0:
		return "in the few executions that the budget allowed"
	}
	return fmt.Sprintf("in all executions with at most %d choices that are not the quiet one", min(a.Bound, b.Bound))
}

// String is the comparison for a reader.
func (c *Comparison) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "scenario %s: %s\n", c.Scenario.Name, c.Scenario.Text)
	for i := range c.Results {
		r := &c.Results[i]
		fmt.Fprintf(&b, "  V%d  %s: %s, %s\n", i+1, changesText(c.Changes[i]), plural(r.Executions, "execution"), endings(r))
	}
	switch c.Verdict {
	case Equal:
		fmt.Fprintf(&b, "equal outcome sets: this change cannot alter any outcome here, %s\n", c.exhausted())
	case Differ:
		fmt.Fprintf(&b, "both pass and differ, %s\n", c.exhausted())
	case FirstFails:
		fmt.Fprintf(&b, "V1 fails and V2 passes, %s\n", c.exhausted())
	case SecondFails:
		fmt.Fprintf(&b, "V1 passes and V2 fails, %s\n", c.exhausted())
	case BothFail:
		fmt.Fprintf(&b, "both fail, %s\n", c.exhausted())
	}
	for i, only := range c.Only {
		for _, line := range only {
			fmt.Fprintf(&b, "  only V%d: %s\n", i+1, line)
		}
	}
	for i, text := range c.Replay {
		if text != "" {
			fmt.Fprintf(&b, "  replay V%d: %s\n", i+1, text)
		}
	}
	return b.String()
}

func endings(r *Systematic) string {
	text := plural(uint64(r.Outcomes.Len()), "outcome")
	if n := r.Outcomes.Failing(); n > 0 {
		text += fmt.Sprintf(", %d of them failing", n)
	}
	return text
}

func plural(n uint64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func changesText(changes []string) string {
	if len(changes) == 0 {
		return "as in the reference"
	}
	return strings.Join(changes, " ")
}
