// Why lines of the library are not reached. See doc.go for an overview.

package coverage

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

//go:embed testdata/uncovered.txt
var uncovered string

// Reasons is the list that the project keeps.
func Reasons() ([]Reason, error) { return readReasons(uncovered) }

// span is a run of lines, both ends included. Lines without code in it do not matter.
type span struct{ from, to int }

// Reason says of lines of a file why they are not reached.
type Reason struct {
	File, Function, Why string
	Line                int // where it stands in the list
	spans               []span
}

func (r *Reason) has(line int) bool {
	return slices.ContainsFunc(r.spans, func(s span) bool { return s.from <= line && line <= s.to })
}

// readReasons reads lines FILE:LINES FUNCTION: WHY, where WHY begins with one of two words of its own.
func readReasons(text string) (all []Reason, err error) {
	for n, line := range strings.Split(text, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		place, why, ok := strings.Cut(line, ": ")
		where, function, named := strings.Cut(place, " ")
		file, numbers, numbered := strings.Cut(where, ":")
		r := Reason{File: file, Function: function, Why: why, Line: n + 1}
		for _, part := range strings.Split(numbers, ",") {
			from, to, isRange := strings.Cut(part, "-")
			if !isRange {
				to = from
			}
			a, errA := strconv.Atoi(from)
			b, errB := strconv.Atoi(to)
			ok = ok && errA == nil && errB == nil && a > 0 && a <= b
			r.spans = append(r.spans, span{a, b})
		}
		reasoned := strings.HasPrefix(why, "not reachable") || strings.HasPrefix(why, "no operation: ")
		if !ok || !named || !numbered || !reasoned {
			return nil, fmt.Errorf("uncovered.txt:%d: %q: want FILE:LINES FUNCTION: REASON, and the reason to begin with "+
				"\"not reachable\" or \"no operation: \"", n+1, line)
		}
		all = append(all, r)
	}
	return all, nil
}

// Compare gives what is wrong with the list: lines that are missed and have no reason, and reasons for lines that are
// reached or have no code.
func Compare(files map[string]Lines, reasons []Reason) (wrong []string) {
	for _, name := range sorted(files) {
		for _, line := range sorted(files[name]) {
			if files[name][line] != Missed {
				continue
			}
			if !slices.ContainsFunc(reasons, func(r Reason) bool { return r.File == name && r.has(line) }) {
				wrong = append(wrong, fmt.Sprintf("%s:%d is not reached, and has no reason", name, line))
			}
		}
	}
	for i := range reasons {
		wrong = append(wrong, reasons[i].stale(files[reasons[i].File])...)
	}
	return wrong
}

// stale gives what is wrong with a reason.
func (r *Reason) stale(lines Lines) (wrong []string) {
	for _, s := range r.spans {
		missed := 0
		for line := s.from; line <= s.to; line++ {
			switch lines[line] {
			case Ran, Partly:
				wrong = append(wrong, fmt.Sprintf("uncovered.txt:%d: %s:%d is reached", r.Line, r.File, line))
			case Missed:
				missed++
			}
		}
		if missed == 0 {
			wrong = append(wrong, fmt.Sprintf("uncovered.txt:%d: %s:%d-%d has no line that is not reached",
				r.Line, r.File, s.from, s.to))
		}
	}
	return wrong
}
