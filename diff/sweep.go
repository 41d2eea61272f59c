// A fault sweep: every OS call of every program fails once, and once from there on. See doc.go for an
// overview.

package diff

import (
	"slices"

	"midiff/diff/prog"
)

// faultErrors are the errors that a call fails with in a sweep.
var faultErrors = map[prog.FaultCall][]prog.Errno{
	prog.FaultMmap:     {prog.Enomem},
	prog.FaultMunmap:   {prog.Einval},
	prog.FaultMprotect: {prog.Enomem},
	prog.FaultMadvise:  {prog.Einval, prog.Eagain},
	// Without the call the allocator looks for a file; else it does without.
	prog.FaultGetrandom: {prog.Enosys, prog.Eagain},
	prog.FaultClock:     {prog.Einval},
}

// faultOf gives the kind of fault that makes an OS call of a kind fail. Opening a file always fails.
var faultOf = [...]prog.FaultCall{1: prog.FaultMmap, 2: prog.FaultMunmap, 3: prog.FaultMprotect,
	4: prog.FaultMadvise, 5: prog.FaultMadvise, 6: prog.FaultGetrandom, 7: prog.FaultClock}

// Sweep runs a program with a teardown behind it, and then again for every OS call it made with that call
// failing, once and from there on; and all that once more with memory that is committed piecemeal, unless
// the program says itself how it is. What happened is added to t; t.Failed says whether a run diverged anew.
func (s *Session) Sweep(p *prog.Program, t *Tally) {
	defer t.countOperations(s.Engine)()
	p = p.TornDown()
	s.sweepCalls(p, t)
	lazy := *p
	lazy.Options = append(slices.Clone(p.Options), prog.Option{Name: "eager_commit"})
	if t.Failed == nil && lazy.Check() == nil {
		s.sweepCalls(&lazy, t)
	}
}

// sweepCalls runs a program as it is, and with each of its calls failing.
func (s *Session) sweepCalls(p *prog.Program, t *Tally) {
	if !s.sweepOne(p, t) {
		return
	}
	var calls [prog.FaultCalls]uint32
	for _, c := range s.Recording().CCalls {
		if int(c.Kind) < len(faultOf) {
			calls[faultOf[c.Kind]]++
		}
	}
	for call := range prog.FaultCall(prog.FaultCalls) {
		for n := uint32(1); n <= calls[call]; n++ {
			for _, f := range faultsAt(call, n) {
				bad := *p
				bad.Faults = append(append([]prog.Fault(nil), p.Faults...), f)
				if bad.Check() != nil {
					continue // the program has a fault there itself
				}
				if !s.sweepOne(&bad, t) {
					return
				}
				t.Faults[call.String()]++
			}
		}
	}
}

func faultsAt(call prog.FaultCall, n uint32) (faults []prog.Fault) {
	for _, e := range faultErrors[call] {
		faults = append(faults, prog.Fault{Call: call, N: n, Errno: e},
			prog.Fault{Call: call, N: n, Sticky: true, Errno: e})
	}
	return faults
}

// sweepOne runs a program that ends with a teardown and counts it; false if it diverged anew.
func (s *Session) sweepOne(p *prog.Program, t *Tally) bool {
	s.Record = true
	defer func() { s.Record = false }()
	v := s.tearDown(p)
	t.count(&v)
	if v.Class == Agree || v.Class == Invalid {
		return true
	}
	t.Failed, t.Verdict = p, v
	return false
}
