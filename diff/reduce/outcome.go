// What a run in a worker came to. See doc.go for an overview.

package reduce

import (
	"regexp"
	"strings"

	"midiff/diff"
)

// Outcome is what a run came to, in one line: two runs fail in the same way if their outcomes are equal.
//
//	agree
//	diverge ORACLE OPERATION FIELD
//	known NAME ORACLE OPERATION FIELD   where nothing new was found, but this
//	invalid | unknown
//	died HOW                            the process ended, for example with SIGSEGV
//	hung                                it gave no answer in time
type Outcome string

// Agreed is the outcome of a run in which nothing was found.
const Agreed Outcome = "agree"

// Failed tells whether there is something to reduce: more than a program that could not be run.
func (o Outcome) Failed() bool { return o != Agreed && o != "invalid" && o != "unknown" }

const hung Outcome = "hung"

func died(how string) Outcome { return Outcome("died " + how) }

// outcomeOf gives the outcome of a verdict.
func outcomeOf(v *diff.Verdict) Outcome {
	switch {
	case v.Div != nil:
		return Outcome("diverge " + v.Div.Signature.String())
	case v.Class != diff.Agree:
		return Outcome(v.Class.String())
	case len(v.Known) > 0:
		return Outcome("known " + v.Known[0].Name + " " + v.Known[0].First.Signature.String())
	}
	return Agreed
}

var numbers = regexp.MustCompile(`0x[0-9a-f]+|\d+`)

// howDied makes the cause of death out of what the process printed last and how it ended. Go prints a
// line that begins with SIG, panic: or fatal error: first; numbers in it differ from run to run.
func howDied(printed, state string) string {
	for _, line := range strings.Split(printed, "\n") {
		for _, prefix := range []string{"SIG", "panic: ", "fatal error: ", "cref: "} {
			if strings.HasPrefix(line, prefix) {
				return numbers.ReplaceAllString(strings.TrimSpace(line), "N")
			}
		}
	}
	return state
}
