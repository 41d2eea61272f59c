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

// Variant is how a sweep runs a program: other calls are made where memory is committed piecemeal, and where
// it comes from an arena.
type Variant struct {
	Name      string
	piecemeal bool
	arena     bool // of reservedFirst bytes; committed, unless memory is to be committed piecemeal
}

// Variants are all there are.
var Variants = []Variant{
	{Name: "plain"},
	{Name: "piecemeal", piecemeal: true},
	{Name: "arena", arena: true},
	{Name: "arena-piecemeal", arena: true, piecemeal: true},
}

// reservedFirst are the bytes of the arena that is there before a program begins: room for what most need.
const reservedFirst = 1 << 30

// of gives the variant of a program; false if the program says itself how memory is committed.
func (v Variant) of(p *prog.Program) (*prog.Program, bool) {
	if v.arena {
		p = p.Reserved(reservedFirst, !v.piecemeal)
	}
	if !v.piecemeal {
		return p, true
	}
	lazy := *p
	lazy.Options = append(slices.Clone(p.Options), prog.Option{Name: "eager_commit"})
	return &lazy, lazy.Check() == nil
}

// Sweep runs a program with a teardown behind it, and then again for every OS call it made with that call
// failing, once and from there on; all that in each of Variants. What happened is added to t; t.Failed says
// whether a run diverged anew.
func (s *Session) Sweep(p *prog.Program, t *Tally) {
	defer t.countOperations(s.Engine)()
	p = p.TornDown()
	for _, v := range Variants {
		if q, ok := v.of(p); ok && t.Failed == nil {
			s.sweepCalls(q, v.Name, t)
		}
	}
}

// sweepCalls runs a program as it is, and with each of its calls failing.
func (s *Session) sweepCalls(p *prog.Program, variant string, t *Tally) {
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
				t.Variants[variant]++
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
