// The trace of OS calls, and calls that fail on demand. See osmem.go for the states.

package osmem

// CallKind is a kind of OS call in the trace.
type CallKind uint8

// The calls traced.
const (
	CallMap CallKind = iota + 1
	CallUnmap
	CallProtect
	CallDecommit
	CallReset
	CallRandom // Size is the bytes asked for
	CallClock  // Size is the milliseconds given
	CallOpen   // of the file of random bytes
	CallEnlarge
)

func (k CallKind) String() string {
	return [...]string{"?", "map", "unmap", "protect", "decommit", "reset", "random",
		"clock", "open", "enlarge"}[k]
}

// Bits of Call.Arg.
const (
	argCommit    = 1 << 0
	argHinted    = 1 << 1
	argNoReserve = 1 << 2
)

// Call is one OS call. Addr is in bytes from the base of the simulated memory.
type Call struct {
	Kind  CallKind
	Errno uint8
	Arg   uint16
	Step  uint32
	Addr  uint64
	Size  uint64
}

// callsKept is how many calls of a run are kept in full; the hash covers all.
const callsKept = 1 << 15

const (
	hashStart = 0x6d69646966663130
	hashPrime = 0x9E3779B97F4A7C15
)

type trace struct {
	calls []Call
	count int
	hash  uint64
	step  uint32
}

func (t *trace) init() {
	t.calls = make([]Call, 0, callsKept)
	t.reset()
}

func (t *trace) reset() {
	t.calls, t.count, t.hash, t.step = t.calls[:0], 0, hashStart, 0
}

func (t *trace) add(k CallKind, arg uint16, e Errno, at, size uintptr) {
	t.hash = mix(t.hash, uint64(k)|uint64(e)<<8|uint64(arg)<<16)
	t.hash = mix(t.hash, uint64(at))
	t.hash = mix(t.hash, uint64(size))
	t.count++
	if len(t.calls) < callsKept {
		t.calls = append(t.calls, Call{k, uint8(e), arg, t.step, uint64(at), uint64(size)})
	}
}

func mix(h, w uint64) uint64 {
	h = (h ^ w) * hashPrime
	return h ^ h>>29
}

// SetStep says which step of the program the next calls belong to.
func (s *Sim) SetStep(n uint32) { s.trace.step = n }

// Calls gives the calls of the run so far, at most the first 32,768. The slice is reused.
func (s *Sim) Calls() []Call { return s.trace.calls }

// CallCount is how many calls the run has made.
func (s *Sim) CallCount() int { return s.trace.count }

// CallHash is a hash over all calls of the run.
func (s *Sim) CallHash() uint64 { return s.trace.hash }

// FaultKind is a kind of call that can be made to fail.
type FaultKind uint8

// The kinds, in the order of the program format.
const (
	FaultMap FaultKind = iota
	FaultUnmap
	FaultProtect
	FaultAdvise
	FaultRandom
	FaultClock
	faultKinds
)

// Fault makes the Nth call of a kind fail (counted from 1), or with Sticky every one from the Nth on.
// A call that fails has no effect.
type Fault struct {
	Kind   FaultKind
	N      uint64
	Sticky bool
	Errno  Errno
}

type faultPlan struct {
	faults []Fault
	calls  [faultKinds]uint64
}

// SetFaults replaces the faults of the run. It is called before the first OS call.
func (s *Sim) SetFaults(f []Fault) { s.faults.faults = f }

// next counts a call and tells how it fails, 0 for not at all.
func (p *faultPlan) next(k FaultKind) Errno {
	p.calls[k]++
	for _, f := range p.faults {
		if f.Kind == k && (p.calls[k] == f.N || f.Sticky && p.calls[k] > f.N) {
			return f.Errno
		}
	}
	return 0
}
