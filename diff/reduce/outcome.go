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
//	flaky ORACLE OPERATION FIELD        it diverged, and did not when repeated in the same process
//	known NAME ORACLE OPERATION FIELD   where nothing new was found, but this
//	invalid | unknown
//	died HOW: WHERE                     the process ended, for example with SIGSEGV, in C in free
//	hung: WHERE                         it made no progress any more
type Outcome string

// Agreed is the outcome of a run in which nothing was found.
const Agreed Outcome = "agree"

// Failed tells whether there is something to reduce: more than a program that could not be run.
func (o Outcome) Failed() bool { return o != Agreed && o != "invalid" && o != "unknown" }

// isNew tells a failure from a known finding, which stands for a program only if it never fails otherwise.
func (o Outcome) isNew() bool { return !strings.HasPrefix(string(o), "known ") }

// hung and died tell of a process that ended, or had to be ended.
func (o Outcome) hung() bool { return strings.HasPrefix(string(o), "hung") }
func (o Outcome) died() bool { return o.hung() || strings.HasPrefix(string(o), "died ") }

const flakyWord = "flaky "

// Way gives the outcome without regard to whether the run repeated itself.
func (o Outcome) Way() Outcome {
	if signature, ok := strings.CutPrefix(string(o), flakyWord); ok {
		return Outcome("diverge " + signature)
	}
	return o
}

// OutcomeOf gives the outcome of runs that fail with a title: that of a verdict, or an outcome itself.
func OutcomeOf(title string) Outcome {
	o := Outcome(title)
	signature := strings.TrimPrefix(title, flakyWord)
	if _, err := diff.ParseSignature(signature); err == nil {
		o = Outcome("diverge " + signature)
	}
	return o
}

// Hung is the outcome of a run that made no progress any more.
func Hung(where string) Outcome { return Outcome("hung" + at(where)) }

// Died is the outcome of a run whose process ended: printed is what it said on standard error, state how it
// ended.
func Died(printed, state, where string) Outcome {
	return Outcome("died " + howDied(printed, state) + at(where))
}

func at(where string) string {
	if where == "" {
		return ""
	}
	return ": " + where
}

// outcomeOf gives the outcome of a verdict.
func outcomeOf(v *diff.Verdict) Outcome {
	switch {
	case v.Div != nil:
		return Outcome("diverge " + v.Div.Signature.String())
	case v.Once != nil:
		return Outcome(flakyWord + v.Once.Signature.String())
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
