// What runs reach. See doc.go for an overview.

package evolve

import (
	"midiff/cref"
	"midiff/diff"
)

// Signal is a source of numbers that tell what a run reached.
type Signal interface {
	// Last gives what the last run reached, each number once, below Size; valid until the next run. Op is the
	// first operation that reached it, or Somewhere.
	Last() []diff.Feature
	Size() int
}

// Somewhere stands for an operation where nobody knows which it was.
const Somewhere = ^uint32(0)

// How many places of code the second signal may have, and how many features of the library's state the third.
const (
	mostEdges  = 1 << 16
	mostStates = 1 << 12
)

// Signals are all that a session can tell. The numbers of one begin where those of the one before end.
type Signals struct {
	all  []Signal
	last []diff.Feature
}

// Watch has a session tell what its programs reach.
func Watch(s *diff.Session) *Signals {
	if s.Reach == nil {
		s.Reach = diff.NewReach()
	}
	all := []Signal{features{s.Reach}}
	if s.Shared() == nil && s.Covers() {
		s.Coverage = new(cref.Coverage)
		all = append(all, &edges{c: s.Coverage}, &states{c: s.Coverage})
	}
	return &Signals{all: all}
}

// Last gives what the last run reached, by all signals.
func (s *Signals) Last() []diff.Feature {
	s.last = s.last[:0]
	base := uint32(0)
	for _, signal := range s.all {
		for _, f := range signal.Last() {
			s.last = append(s.last, diff.Feature{Number: base + f.Number, Op: f.Op})
		}
		base += uint32(signal.Size())
	}
	return s.last
}

// features are those of the states and outcomes.
type features struct{ r *diff.Reach }

func (f features) Last() []diff.Feature { return f.r.List() }

func (f features) Size() int { return diff.Features }

// edges are the places of the reference's code, in a build that tells them (package covered).
type edges struct {
	c    *cref.Coverage
	last []diff.Feature
}

func (e *edges) Last() []diff.Feature {
	e.last = somewhere(e.last[:0], e.c.Edges)
	return e.last
}

func (e *edges) Size() int { return mostEdges }

// states are what the reference's state is like, as such a build looks at it.
type states edges

func (s *states) Last() []diff.Feature {
	s.last = somewhere(s.last[:0], s.c.Features)
	return s.last
}

func (s *states) Size() int { return mostStates }

// somewhere adds numbers of which nobody knows the operation.
func somewhere(all []diff.Feature, numbers []uint16) []diff.Feature {
	for _, n := range numbers {
		all = append(all, diff.Feature{Number: uint32(n), Op: Somewhere})
	}
	return all
}

// Counts is how much was reached, by signal.
type Counts struct {
	Features int `json:"features"` // of outcomes and of goalloc's state
	Edges    int `json:"edges"`    // places of the reference's code that ran; 0 in a build that cannot tell
	States   int `json:"states"`   // what the reference's state was like; 0 in a build that cannot tell
}

// CountsOf sorts numbers, each given once, by signal.
func CountsOf(numbers []uint32) (c Counts) {
	for _, n := range numbers {
		switch {
		case n < diff.Features:
			c.Features++
		case n < diff.Features+mostEdges:
			c.Edges++
		default:
			c.States++
		}
	}
	return c
}
