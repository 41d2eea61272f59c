package main

import (
	"fmt"
	"io"
	"slices"

	"midiff/diff/evolve"
	"midiff/diff/soak"
)

// printSummary says what a soak came to: figures, and the new failures by what they have in common.
func printSummary(w io.Writer, s *soak.Summary) {
	if s.Recovered > 0 {
		fmt.Fprintf(w, "%d programs that were running when their process was killed, looked at again\n", s.Recovered)
	}
	fmt.Fprintf(w, "%d programs, %d operations in %.1f s, %.0f per second\n", s.Programs, s.Operations,
		s.Elapsed.Seconds(), float64(s.Operations)/s.Elapsed.Seconds())
	if s.Invalid > 0 {
		fmt.Fprintf(w, "%d programs could not be run\n", s.Invalid)
	}
	if s.Restarts > 0 {
		fmt.Fprintf(w, "%d processes died or hung, and others went on\n", s.Restarts)
	}
	if s.Resumed > 0 {
		fmt.Fprintf(w, "gone on with %s\n", times(s.Resumed))
	}
	if c := s.Corpus; c != nil {
		fmt.Fprintf(w, "corpus %s: %d programs, %d of them kept by this soak; reached %s\n", c.Folder, c.Programs, c.Kept, reached(c.Counts))
	}
	printCounts(w, "operations", s.ByName)
	printCounts(w, "judged", s.ByOracle)
	if len(s.Faults) > 0 {
		printCounts(w, "failed calls", s.Faults)
		printCounts(w, "of these by variant", s.Variants)
	}
	if len(s.Lacked) > 0 {
		printCounts(w, "programs drawn without what the library lacks", s.Lacked)
	}
	printCounts(w, "known findings", s.Known)
	printGroups(w, s.Groups)
	for _, what := range s.Broke {
		fmt.Fprintln(w, "the rig failed:", what)
	}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// reached says how much of what can be reached was.
func reached(c evolve.Counts) string {
	text := fmt.Sprintf("%d features", c.Features)
	if c.Edges > 0 {
		text += fmt.Sprintf(", %d places of the reference's code and %d features of its state", c.Edges, c.States)
	}
	return text
}

func printGroups(w io.Writer, groups []*soak.Group) {
	if len(groups) == 0 {
		fmt.Fprintln(w, "no new divergence")
		return
	}
	fmt.Fprintf(w, "new failures of %d kinds:\n", len(groups))
	for _, g := range groups {
		fmt.Fprintf(w, "%6dx  %s\n         %s: %s\n", g.Count, g.Title, g.Folder, reduced(g))
	}
}

// reduced says what a reduction came to.
func reduced(g *soak.Group) string {
	r := g.Reduced
	switch {
	case g.Problem != "":
		return "not reduced: " + g.Problem
	case r == nil:
		return "not reduced: there was no time"
	case r.Mode != "":
		return reducedAtOnce(r)
	case r.Flaky:
		return fmt.Sprintf("flaky, failed in this way in %d of %d runs of their own; not reduced", r.Hits, r.Runs)
	}
	return fmt.Sprintf("failed in %d of %d runs of their own; %d operations to %d in small.midiff", r.Hits, r.Runs,
		r.Before, r.After)
}

// reducedAtOnce is reduced of a program whose threads ran at once.
func reducedAtOnce(r *soak.Reduced) string {
	if r.Flaky {
		return fmt.Sprintf("did not fail again in %d runs in parallel; in lockstep: %s; not reduced", r.Runs, r.Lockstep)
	}
	text := fmt.Sprintf("failed in %d of %d runs in parallel; ", r.Hits, r.Runs)
	switch {
	case r.Mode == modeLockstep:
		return text + fmt.Sprintf("it does so in lockstep, too: %d operations to %d in small.midiff", r.Before, r.After)
	case r.Tries == 0:
		return text + "too seldom to be reduced"
	}
	return text + fmt.Sprintf("%d operations to %d in small.midiff; in lockstep: %s", r.Before, r.After, r.Lockstep)
}

// printCounts prints names with their counts, most first.
func printCounts(w io.Writer, what string, counts map[string]uint64) {
	var names []string
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if counts[a] != counts[b] {
			return int(counts[b]) - int(counts[a])
		}
		return slices.Compare([]byte(a), []byte(b))
	})
	fmt.Fprintf(w, "%s:", what)
	for _, name := range names {
		fmt.Fprintf(w, " %s %d", name, counts[name])
	}
	if len(names) == 0 {
		fmt.Fprint(w, " none")
	}
	fmt.Fprintln(w)
}
