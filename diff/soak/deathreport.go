// The report about a program that ended its process. See doc.go for an overview.

package soak

import (
	"fmt"
	"strings"

	"midiff/diff"
)

const (
	linesBefore = 8  // of the history
	linesSaid   = 20 // of what the process said
)

// report says what happened, in the form of the reports about divergences.
func (d *death) report(file, history string, without []string) string {
	var b strings.Builder
	lines := strings.Split(strings.TrimSpace(history), "\n")
	if d.op < 0 {
		fmt.Fprintf(&b, "midiff: %s: %s: %s\n\n", file, diff.Crash, d.title)
	} else {
		first := len(lines) - len(d.p.Ops) // the header's lines
		line := first + d.op
		fmt.Fprintf(&b, "midiff: %s:%d: %s: %s\n", file, line+2, diff.Crash, d.title)
		fmt.Fprintf(&b, "  %s\n\n  signature %s\n\n", d.p.OpText(d.op), d.title)
		for i := max(line-linesBefore, first, 0); i <= line; i++ {
			mark := "  "
			if i == line {
				mark = "> "
			}
			fmt.Fprintf(&b, "%s%4d  %s\n", mark, i+2, lines[i]) // the file has one line more before
		}
		fmt.Fprintln(&b)
	}
	if d.note != "" {
		fmt.Fprintf(&b, "it had been found before to fail otherwise: %s\n\n", d.note)
	}
	if said := strings.TrimSpace(d.said); said != "" {
		all := strings.Split(said, "\n")
		fmt.Fprintf(&b, "the process said:\n")
		for _, line := range all[:min(len(all), linesSaid)] {
			fmt.Fprintf(&b, "  %s\n", line)
		}
		if len(all) > linesSaid {
			fmt.Fprintf(&b, "  ... (said.txt)\n")
		}
		fmt.Fprintln(&b)
	}
	b.WriteString(diff.CommandLines(file, without))
	return b.String()
}
