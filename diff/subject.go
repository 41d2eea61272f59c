// What the engine asks of an allocator under test. See doc.go for an overview.

package diff

import (
	"midiff/cref"
	"midiff/diff/prog"
)

// Subject runs the steps of programs on one allocator. It never decides whether a result is right: it
// reports what happened, and what it found in the blocks' contents, in the same terms as every other
// subject.
//
// Between runs, Use chooses the profile; at first it is the first of prog.Profiles. A run is Begin, then
// Run over all steps in order in batches of any size, then Reset. A wrapper that embeds a Subject and changes what Run puts into out is how planted faults lie to the engine.
type Subject interface {
	// Use makes it the allocator of a profile, in its pristine state. It is called between runs only. An
	// error means that there is none here.
	Use(profile string) error
	// Begin prepares for a program. An error means that the rig cannot run it, not that it is wrong.
	Begin(code *prog.Code) error
	// Run executes steps and fills as many results.
	Run(steps []prog.Step, out []Result)
	// Reset returns to the state before Begin.
	Reset()
	// Calls gives the OS calls of the run from number from on, as far as they were kept (the first
	// MaxCalls). The slice is valid until the next call of a method.
	Calls(from int) []OSCall
	// Fingerprint is a hash over the state that Reset has to restore.
	Fingerprint() uint64
	// State lists the canonical state that Result.State is the hash of, for the report.
	State() []StateEntry
	// Mapped lists the memory that is mapped, in order.
	Mapped() []Range
	// Stats lists the statistics that Result.Stats is the hash of.
	Stats() []StateEntry
	// Visits gives what the steps of the last batch visited, in order, valid until the next.
	Visits() []Visit
	// Callbacks gives the calls of the deferred-free callback in the steps of the last batch, in order, valid
	// until the next.
	Callbacks() []Callback
	// Message gives the text of the last messages, for the report; "" if there were none.
	Message() string
	// Taken gives the block slots that heap_destroy made null in the run, in order. It is asked of
	// the Go side alone.
	Taken() []Taken
}

// Visit is an area or block that heap_visit_blocks told of.
type Visit = cref.Visit

// Callback is a call of the deferred-free callback.
type Callback = cref.Callback

// Taken is a block slot that a heap_destroy made null.
type Taken struct{ Step, Slot uint32 }

// MaxCalls is how many OS calls of a run a subject keeps; the hash in Result covers all.
const MaxCalls = 1 << 15

// FlagVerify in Step.Flags makes a subject verify the contents of all live blocks after the step. The
// engine sets it on the last step of every run, and on more of them to find where contents changed.
const FlagVerify = 1 << 0

// FlagState in Step.Flags makes a subject hash its canonical state and its statistics after the step.
// Where it did so after the step before, too, it reads only what may have changed since.
const FlagState = 1 << 1

// FlagWhole beside FlagState makes a subject read all of the state.
const FlagWhole = 1 << 3

// FlagInvariants in Step.Flags makes goalloc check its invariants after the step. C's are not looked at.
const FlagInvariants = 1 << 2

// FlagNear in Step.Flags makes goalloc check those invariants that cost little, of what the step touched.
const FlagNear = 1 << 4

// StateEntry is one word of the canonical state, the same on both sides.
type StateEntry = cref.StateEntry

// Range is memory that is mapped; Addr is relative to the subject's base.
type Range = cref.Range

// Result is what a step gave; both sides fill the same struct. Addresses are relative to the subject's
// base, 0 is null; the field docs are cref's. Quirks are the known bugs that took effect in the step,
// on the Go side only.
type Result = cref.Result

// Values of Result.BadWhat: how the contents of a block are wrong.
const (
	BadContents = cref.Contents // not what was last written to it
	BadZero     = cref.NotZero  // not zero where the operation promises zero
	BadPreserve = cref.NotKept  // a moved block lost what its old place held
	// An assertion of the subject failed in this step: see Message. The run ended there if Bad says so.
	BadAssertion = cref.Assertion
	BadInside    = 0xfe       // an invariant of goalloc does not hold after this step: see Message
	BadCrash     = cref.Crash // the subject stopped in this step: see Message
)

// stopped tells whether the subject stopped in a step: the results of later ones say nothing.
func stopped(r *Result) bool {
	return r.BadWhat == BadCrash || r.BadWhat == BadAssertion && r.Bad != 0
}

// OSCall is one call to the simulated OS; Addr is relative to the subject's base. Result.OSCalls tells
// which step made it.
type OSCall = cref.OSCall

var callNames = [...]string{"?", "map", "unmap", "protect", "decommit", "reset", "random", "clock", "open", "enlarge"}

// CallName gives the word of the report for OSCall.Kind.
func CallName(kind uint8) string {
	if int(kind) >= len(callNames) {
		return callNames[0]
	}
	return callNames[kind]
}

// differs compares what both sides must agree on: all but the quirks.
func differs(r, o *Result) bool {
	return r.Value != o.Value || r.Usable != o.Usable || r.OSHash != o.OSHash ||
		r.State != o.State || r.Stats != o.Stats || r.Told != o.Told || r.Null != o.Null || r.Bad != o.Bad || r.BadWhat != o.BadWhat || r.BadSlot != o.BadSlot ||
		r.OSCalls != o.OSCalls || r.Errno != o.Errno || r.Errors != o.Errors ||
		r.Warnings != o.Warnings || r.Deferred != o.Deferred
}

// The simulated address space that both sides share, in relative addresses.
const (
	spaceSize    = 64 << 30
	mainSize     = 60 << 30 // below it: segments; above: small unaligned maps
	segmentShift = 25
	segmentSize  = 1 << segmentShift
	pageShift    = 12
	maxSize      = 1<<63 - 1 // PTRDIFF_MAX: a larger request is illegal
)
