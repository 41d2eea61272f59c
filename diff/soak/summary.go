// What a soak came to. See doc.go for an overview.

package soak

import (
	"slices"
	"strings"
	"time"

	"midiff/diff"
	"midiff/diff/evolve"
)

// Summary is what a soak came to, so far.
type Summary struct {
	*diff.Tally
	Elapsed   time.Duration `json:"elapsed_ns"`
	Restarts  int           `json:"restarts"`  // children that died or hung
	Recovered int           `json:"recovered"` // programs of soaks that were killed, looked at again
	Resumed   int           `json:"resumed"`   // how often another process went on where one was killed
	Corpus    *Corpus       `json:"corpus,omitempty"`
	Groups    []*Group      `json:"failures"` // new failures, in the order in which they were found
	Broke     []string      `json:"broke"`    // what went wrong with the rig itself
}

// Corpus is what became of a corpus that a soak evolves.
type Corpus struct {
	Folder   string `json:"folder"`
	Programs int    `json:"programs"` // in it
	Kept     int    `json:"kept"`     // of these, by this soak
	evolve.Counts
}

// Group is the failures with one title.
type Group struct {
	Title  string `json:"title"`
	Count  int    `json:"count"`
	Folder string `json:"folder"` // of the first
	// Reduced is what a reduction came to, nil if there was none; Problem says why.
	Reduced *Reduced `json:"reduced,omitempty"`
	Problem string   `json:"problem,omitempty"`
}

// Reduced is what a reduction came to.
type Reduced struct {
	Outcome    string  `json:"outcome"`
	Flaky      bool    `json:"flaky"` // failed in this way in Hits of Runs; not reduced. In parallel: in none
	Hits       int     `json:"hits"`
	Runs       int     `json:"runs"`
	Before     int     `json:"operations_before"`
	After      int     `json:"operations_after"`
	Candidates int     `json:"candidates"`
	Confirmed  int     `json:"confirmed"`
	Stopped    bool    `json:"stopped"`
	Seconds    float64 `json:"seconds"`
	// Of a program that failed with its threads at once: how often each candidate was run at most, what it comes
	// to in lockstep, and whether small.midiff is for lockstep, where it fails in the same way, or for parallel.
	Tries    int    `json:"tries,omitempty"`
	Lockstep string `json:"lockstep,omitempty"`
	Mode     string `json:"mode,omitempty"`
}

// Flaky tells that the failure does not repeat itself: when it was found, or in runs of its own.
func (g *Group) Flaky() bool {
	return strings.HasPrefix(g.Title, "flaky ") || g.Title == "unknown" || g.Reduced != nil && g.Reduced.Flaky
}

// ExitCode is what the command returns.
func (s *Summary) ExitCode() int {
	switch {
	case len(s.Broke) > 0:
		return exitRig
	case slices.ContainsFunc(s.Groups, func(g *Group) bool { return !g.Flaky() }):
		return diff.Diverge.ExitCode()
	case len(s.Groups) > 0:
		return exitRig
	}
	return diff.Agree.ExitCode()
}

func (s *Summary) failures() (n int) {
	for _, g := range s.Groups {
		n += g.Count
	}
	return n
}

// group gives the group of a title, and whether it is new.
func (s *Summary) group(title string) (g *Group, first bool) {
	for _, g := range s.Groups {
		if g.Title == title {
			return g, false
		}
	}
	g = &Group{Title: title}
	s.Groups = append(s.Groups, g)
	return g, true
}
