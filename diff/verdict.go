// Verdicts and signatures: what a run came to, as types. See doc.go for an overview.

package diff

import (
	"fmt"
	"strings"
)

// Class is what a run came to.
type Class uint8

// The classes.
const (
	Agree   Class = iota
	Diverge       // see Verdict.Div
	Invalid       // the program could not be run; Verdict.Reason says why
	Unknown       // the run did not repeat itself, or the rig failed; Verdict.Reason says how
)

var classNames = [...]string{"agree", "diverge", "invalid", "unknown"}

// String gives the word of the report.
func (c Class) String() string { return classNames[c] }

// ExitCode is what every command returns for a class.
func (c Class) ExitCode() int { return int(c) }

// Field is the part of a result that a finding is about.
type Field uint8

// The fields.
const (
	FieldNone Field = iota
	FieldNull
	FieldValue
	FieldUsable
	FieldErrno
	FieldErrors
	FieldWarnings
	FieldContents
	FieldCalls
	FieldState
	FieldStats
	FieldMemory
	FieldThreads
	FieldTold
	numFields
)

var fieldNames = [numFields]string{"none", "null", "value", "usable", "errno", "errors", "warnings",
	"contents", "calls", "state",
	"stats", "memory", "threads", "told"}

// String gives the word of signatures.
func (f Field) String() string { return fieldNames[f] }

// Signature is what makes two divergences the same one: which oracle spoke, of which operation (the
// plain name, also for the heap_ variant; "teardown" for what is left at the end, "reset" for the state
// after a run), about which field.
type Signature struct {
	Oracle Oracle
	Op     string
	Field  Field
}

// String gives the spelling of corpus headers: ORACLE OP FIELD.
func (s Signature) String() string {
	return fmt.Sprintf("%s %s %s", s.Oracle, s.Op, s.Field)
}

// ParseSignature reads what String gives.
func ParseSignature(text string) (Signature, error) {
	w := strings.Fields(text)
	if len(w) != 3 {
		return Signature{}, fmt.Errorf("signature %q: want ORACLE OP FIELD", text)
	}
	o, ok := OracleByID(w[0])
	if !ok {
		return Signature{}, fmt.Errorf("signature %q: no oracle is called %q", text, w[0])
	}
	for f := FieldNone; f < numFields; f++ {
		if fieldNames[f] == w[2] {
			return Signature{o, w[1], f}, nil
		}
	}
	return Signature{}, fmt.Errorf("signature %q: no field is called %q", text, w[2])
}

// Blame says who is wrong.
type Blame uint8

// The sides.
const (
	BlameNone Blame = iota
	BlameGo         // the sides differ, the contract is with C
	BlameC          // the sides differ, the contract is with goalloc
	BlameSide       // the sides differ, the contract allows both or neither
	BlameBoth       // the sides agree with each other, not with the contract
)

var blameNames = [...]string{"none", "go", "c", "either", "both"}

var blameSentences = [...]string{
	"nobody disagrees",
	"the sides differ; the contract is with C",
	"the sides differ; the contract is with goalloc",
	"the sides differ; the contract does not say which is right",
	"the sides agree with each other but not with the contract",
}

// String gives the word of the JSON form.
func (b Blame) String() string { return blameNames[b] }

// Divergence is the first thing of a run on which the sides, or one of them and the contract, differ.
type Divergence struct {
	Signature
	Op    int    // index into Program.Ops
	Step  int    // index into Code.Steps
	C, Go Result // what each side says
	Blame Blame
	// Contract is what the contract says, one sentence; "" where it says nothing.
	Contract string
	// Known is the name of the known finding it matches, "" if it is new.
	Known string
}

// Hit is a known finding met in a run.
type Hit struct {
	Name  string
	Count int
	First Divergence
}

// Verdict is what a run came to.
type Verdict struct {
	Class  Class
	Div    *Divergence    // for Diverge
	Known  []Hit          // known findings on the way, of any class
	Reason string         // for Invalid and Unknown
	Once   *Divergence    // for Unknown: what the first run diverged in, and its repetition did not
	Steps  int            // executed and compared
	Again  int            // the same in the second run, with a teardown, if there was one
	Left   map[string]int // operations and options that were left out, since the library lacks them
	// Fingerprint is a hash over all results of the run and its OS calls.
	Fingerprint uint64
}

// Title is what failures are grouped by: the signature, or that it did not repeat itself, or that there
// was no verdict. It is "" where nothing new was found.
func (v *Verdict) Title() string {
	switch {
	case v.Div != nil:
		return v.Div.Signature.String()
	case v.Once != nil:
		return "flaky " + v.Once.Signature.String()
	case v.Class == Unknown:
		return "unknown"
	}
	return ""
}

// ExitCode is what `run` returns: 1 also for known divergences.
func (v *Verdict) ExitCode() int {
	if v.Class == Agree && len(v.Known) > 0 {
		return Diverge.ExitCode()
	}
	return v.Class.ExitCode()
}
