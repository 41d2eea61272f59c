// Package change lists the named changes of goalloc that the explorer knows: faults that it must find
// (mutants), changes that alter no outcome and must survive, and fixes of what it found in the reference.
// Each is a change of the orders at some atomic sites, of the program, or both; one binary has them all.
package change

import (
	"fmt"
	"slices"
	"strings"

	"midiff/diff/explore/rewrite"
)

// Kind says what is expected of a change.
type Kind string

// The kinds.
const (
	Mutant   Kind = "mutant"   // a fault, which some scenario must show
	Harmless Kind = "harmless" // no outcome changes: it must survive everywhere
	Fix      Kind = "fix"      // of a finding
	Claim    Kind = "claim"    // somebody's change, or a reading of the source: what it does is the question
)

// Change is one named change.
type Change struct {
	Name   string
	Kind   Kind
	Text   string            // what it does, and why that is a fault or none
	Orders map[string]string // by site
	// Patches change the program; the word CHANGED in them asks whether the change is on.
	Patches []rewrite.Patch
}

// Describe is the text of a change, with a word for its kind where that is no mutant.
func (c *Change) Describe() string {
	if c.Kind == Mutant {
		return c.Text
	}
	return string(c.Kind) + ": " + c.Text
}

// ByName finds a change; an unknown name is an error that lists the names.
func ByName(name string) (*Change, error) {
	i := slices.IndexFunc(All, func(c Change) bool { return c.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("unknown change %q: expected one of %s", name, strings.Join(Names(""), ", "))
	}
	return &All[i], nil
}

// Names lists the changes of a kind, or all.
func Names(k Kind) (names []string) {
	for _, c := range All {
		if k == "" || c.Kind == k {
			names = append(names, c.Name)
		}
	}
	return names
}

// Patches are the patches of all changes, each asking for the number of its change: its place in All.
func Patches() (all []rewrite.Patch) {
	for i, c := range All {
		for _, p := range c.Patches {
			p.New = strings.ReplaceAll(p.New, "CHANGED", fmt.Sprintf("atom.Changed(%d)", i))
			all = append(all, p)
		}
	}
	return all
}
