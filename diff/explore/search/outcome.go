// Sets of outcomes. See doc.go for an overview.

package search

import (
	"fmt"
	"sort"
	"strings"

	"midiff/diff/explore/sim"
)

// Example is one execution with an outcome.
type Example struct {
	Choices []sim.Choice
	Count   uint64 // executions with the outcome
	Failure *sim.Failure
}

// ending is an outcome as a key: how an execution ended.
type ending struct {
	outcome sim.Outcome
	class   sim.Class
	sides   bool // a and b say something
	a, b    sim.Access
}

// Outcomes is how executions of a scenario ended.
type Outcomes struct {
	scenario *Scenario
	by       map[ending]*Example
}

// NewOutcomes makes an empty set.
func NewOutcomes(sc *Scenario) *Outcomes {
	return &Outcomes{sc, map[ending]*Example{}}
}

func endingOf(res *sim.Result) ending {
	f := res.Failure
	if f == nil {
		return ending{outcome: res.Outcome}
	}
	// What a failing execution has found out until then says nothing.
	e := ending{class: f.Class}
	if f.HasBefore() {
		e.sides, e.a, e.b = true, bare(f.Now), bare(f.Before)
	}
	return e
}

// bare is a side without what differs from one execution to the other.
func bare(a sim.Access) sim.Access {
	a.Clock, a.Thread = 0, 0
	return a
}

// Add takes in how an execution ended.
func (o *Outcomes) Add(res *sim.Result) {
	key := endingOf(res)
	if e := o.by[key]; e != nil {
		e.Count++
		return
	}
	o.by[key] = &Example{append([]sim.Choice(nil), res.Choices...), 1, res.Failure}
}

// Len is how many different endings there are.
func (o *Outcomes) Len() int { return len(o.by) }

// Failing is how many of those are failures.
func (o *Outcomes) Failing() int {
	n := 0
	for k := range o.by {
		if k.class != 0 {
			n++
		}
	}
	return n
}

// failingLines are the failures as text, sorted.
func (o *Outcomes) failingLines() []string {
	var lines []string
	for k := range o.by {
		if k.class != 0 {
			lines = append(lines, o.text(k))
		}
	}
	sort.Strings(lines)
	return lines
}

// Lines are the endings as text, sorted.
func (o *Outcomes) Lines() []string {
	lines := make([]string, 0, len(o.by))
	for k := range o.by {
		lines = append(lines, o.text(k))
	}
	sort.Strings(lines)
	return lines
}

func (o *Outcomes) text(k ending) string {
	if k.class != 0 {
		text := k.class.String()
		if k.sides {
			text += ": " + o.scenario.accessName(k.a) + " / " + o.scenario.accessName(k.b)
		}
		return text
	}
	var parts []string
	for i := 0; i < k.outcome.N; i++ {
		if i < len(o.scenario.Labels) {
			parts = append(parts, fmt.Sprintf("%s=%d", o.scenario.Labels[i], k.outcome.Values[i]))
		} else {
			parts = append(parts, fmt.Sprint(k.outcome.Values[i]))
		}
	}
	if len(parts) == 0 {
		return "done"
	}
	return strings.Join(parts, " ")
}

// accessName names a side of a failure by its place.
func (sc *Scenario) accessName(a sim.Access) string {
	if a.Atomic {
		return sc.SiteName(a.Site)
	}
	return sc.PlaceName(a.Place)
}
