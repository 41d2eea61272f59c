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
// failing, once and from there on; all that in each of Variants. What happened is added to t; failures are
// kept.
func (k *Keeper) Sweep(p *prog.Program, t *Tally, progress func()) error {
	p = p.TornDown()
	for _, v := range Variants {
		if q, ok := v.of(p); ok {
			if err := k.sweepCalls(q, v.Name, t, progress); err != nil {
				return err
			}
		}
	}
	return nil
}

// sweepCalls runs a program as it is, and with each of its calls failing.
func (k *Keeper) sweepCalls(p *prog.Program, variant string, t *Tally, progress func()) error {
	calls, err := k.callsOf(p, t)
	if err != nil {
		return err
	}
	for call := range prog.FaultCall(prog.FaultCalls) {
		for n := uint32(1); n <= calls[call]; n++ {
			for _, f := range faultsAt(call, n) {
				bad := *p
				bad.Faults = append(append([]prog.Fault(nil), p.Faults...), f)
				if bad.Check() != nil {
					continue // the program has a fault there itself
				}
				if !k.Next() {
					continue
				}
				v, err := k.sweepOne(&bad, t)
				if err != nil {
					return err
				}
				if v.Class != Invalid { // a build that cannot be compared without its random numbers
					t.Faults[call.String()]++
					t.Variants[variant]++
				}
				if progress != nil {
					progress()
				}
			}
		}
	}
	return nil
}

// callsOf runs a program as it is and counts its OS calls by the fault that makes one fail. A program that
// is behind us is run all the same, but for one that this is the end of: it ended a process.
func (k *Keeper) callsOf(p *prog.Program, t *Tally) (calls [prog.FaultCalls]uint32, err error) {
	next := k.Next()
	switch {
	case next:
		v, err := k.sweepOne(p, t)
		if err != nil || v.Class != Agree {
			return calls, err
		}
	case k.number == k.Done:
		return calls, nil
	default:
		if v := k.Session.tornDown(p); v.Class != Agree {
			return calls, nil
		}
	}
	for _, c := range k.Session.Recording().CCalls {
		if int(c.Kind) < len(faultOf) {
			calls[faultOf[c.Kind]]++
		}
	}
	return calls, nil
}

func faultsAt(call prog.FaultCall, n uint32) (faults []prog.Fault) {
	for _, e := range faultErrors[call] {
		faults = append(faults, prog.Fault{Call: call, N: n, Errno: e},
			prog.Fault{Call: call, N: n, Sticky: true, Errno: e})
	}
	return faults
}

// sweepOne runs a program that ends with a teardown and counts it.
func (k *Keeper) sweepOne(p *prog.Program, t *Tally) (Verdict, error) {
	v, _, err := k.Check(p, k.Session.tornDown)
	if err != nil {
		return v, err
	}
	k.Count(t, &v)
	if k.stained {
		return v, ErrStained
	}
	return v, nil
}

// tornDown runs a program that ends with a teardown, and records.
func (s *Session) tornDown(p *prog.Program) Verdict {
	s.Record = true
	defer func() { s.Record = false }()
	return s.tearDown(p)
}
