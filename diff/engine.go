// The engine: one program on both subjects in lockstep. See doc.go for an overview.

package diff

import (
	"fmt"

	"midiff/diff/journal"
	"midiff/diff/prog"
)

// batchSteps is how many steps one side runs before the other does: a call into C costs as much as
// an operation, and both sides' results of a batch stay in the first-level cache.
const batchSteps = 128

// Engine runs programs on two subjects and compares. It is not for concurrent use; it may be used
// for any number of programs, and allocates only where a program needs more room than any before.
type Engine struct {
	// Record keeps every result of a run for Recording. It is always on while a divergence is
	// located.
	Record bool
	// SidesOnly has the sides compared with each other alone: the contract is not asked.
	SidesOnly bool
	// TornDown says that programs end with a teardown (prog.TornDown): what is left then is judged.
	TornDown bool

	c, g     Subject
	known    *KnownList
	model    *model
	rc, rg   [batchSteps]Result
	counts   []uint64           // by Kind
	looked   [numOracles]uint64 // what Looks cannot tell from counts
	hits     []Hit              // by known finding, of the run
	profile  string
	pristine map[string][2]uint64 // fingerprints by profile
	hash     uint64
	rec      Recording
	ran      uint64  // quirks that took effect in the run
	stop     bool    // the run ends where the states differ: they are to be kept
	ended    bool    // both sides have stopped, in a way that is known
	base     []Range // what a library has mapped before any run
	side     []byte  // where the side that runs is kept, nil for nowhere
}

// NewEngine takes two subjects of the first profile in their pristine state, C's first, and the known
// findings (nil for none).
func NewEngine(c, g Subject, known *KnownList) *Engine {
	if known == nil {
		known = new(KnownList)
	}
	e := &Engine{
		c: c, g: g, known: known, model: newModel(),
		counts:   make([]uint64, len(prog.Table)),
		hits:     make([]Hit, len(known.Entries)),
		profile:  prog.Profiles[0],
		pristine: map[string][2]uint64{prog.Profiles[0]: {c.Fingerprint(), g.Fingerprint()}},
	}
	e.model.told = c.Visits
	return e
}

// newEngineOf is NewEngine for subjects that need not be of the first profile.
func newEngineOf(c, g Subject, known *KnownList) *Engine {
	e := NewEngine(c, g, known)
	e.profile = ""
	clear(e.pristine)
	return e
}

// Counts gives the operations executed so far by Kind, over all runs.
func (e *Engine) Counts() []uint64 { return e.counts }

// Run runs a program. The verdict's Known is valid until the next run.
func (e *Engine) Run(code *prog.Code) Verdict {
	v := e.once(code)
	e.lookedAt(code.Steps[:v.Steps])
	if v.Class == Diverge {
		return e.locate(code, v)
	}
	return v
}

// once runs a program up to the first difference.
func (e *Engine) once(code *prog.Code) Verdict {
	if n := len(code.Steps); n > 0 {
		code.Steps[n-1].Flags |= FlagVerify
	}
	defer e.reset()
	if err := e.begin(code); err != nil {
		return Verdict{Class: Invalid, Reason: err.Error()}
	}
	v := Verdict{}
	for at := 0; at < len(code.Steps) && v.Div == nil && !e.ended; at += batchSteps {
		steps := code.Steps[at:min(at+batchSteps, len(code.Steps))]
		e.turn(journal.C)
		e.c.Run(steps, e.rc[:len(steps)])
		e.turn(journal.Port)
		e.g.Run(steps, e.rg[:len(steps)])
		e.turn(journal.Rig)
		if e.Record {
			e.rec.take(e.rc[:len(steps)], e.rg[:len(steps)])
		}
		done := e.compare(steps, at, &v)
		v.Steps += done
	}
	if v.Div == nil && e.TornDown && !e.ended {
		v.Div = e.checkLeft(code)
	}
	e.finish(&v)
	if v.Class == Agree && !e.ended {
		if v.Div = e.checkTotals(code); v.Div != nil {
			v.Class = Diverge
		}
	}
	return v
}

// use brings both subjects to a profile; the first time, their state is taken for pristine.
func (e *Engine) use(profile string) error {
	if e.profile == profile {
		return nil
	}
	e.profile = ""
	if err := e.c.Use(profile); err != nil {
		return fmt.Errorf("C side: %w", err)
	}
	if err := e.g.Use(profile); err != nil {
		return fmt.Errorf("Go side: %w", err)
	}
	e.profile = profile
	if _, ok := e.pristine[profile]; !ok {
		e.pristine[profile] = [2]uint64{e.c.Fingerprint(), e.g.Fingerprint()}
	}
	return nil
}

func (e *Engine) begin(code *prog.Code) error {
	if err := e.use(code.Profile); err != nil {
		return err
	}
	e.model.begin(code)
	for _, r := range e.base {
		e.model.os.mapped(span{r.Addr, r.Addr + r.Size})
		e.model.os.set(span{r.Addr, r.Addr + r.Size}, true)
	}
	e.hash, e.ran, e.ended = fingerprintStart, 0, false
	for i := range e.hits {
		e.hits[i].Count = 0
	}
	e.rec.begin()
	if err := e.c.Begin(code); err != nil {
		return fmt.Errorf("C side: %w", err)
	}
	if err := e.g.Begin(code); err != nil {
		return fmt.Errorf("Go side: %w", err)
	}
	return nil
}

func (e *Engine) reset() {
	e.model.end()
	e.c.Reset()
	e.g.Reset()
}

func (e *Engine) finish(v *Verdict) {
	v.Fingerprint = e.hash
	if v.Div != nil {
		v.Class = Diverge
	}
	for i := range e.hits {
		if e.hits[i].Count > 0 {
			v.Known = append(v.Known, e.hits[i])
		}
	}
	if e.Record {
		e.rec.finish(e.c, e.g)
	}
	if e.stop {
		e.rec.State = append(lines(stateDifference(e.c.State(), e.g.State())),
			lines(statsDifference(e.c.Stats(), e.g.Stats()))...)
	}
}

// compare goes through the results of a batch that starts at step at. It stops at a new divergence,
// which it puts into v, and gives the number of steps that agreed.
func (e *Engine) compare(steps []prog.Step, at int, v *Verdict) int {
	m, hash, ran := e.model, e.hash, e.ran
	rcs, rgs := e.rc[:len(steps)], e.rg[:len(steps)]
	if e.SidesOnly {
		return e.compareSides(steps, at, v)
	}
	for i := range steps {
		s, rc, rg := &steps[i], &rcs[i], &rgs[i]
		m.step = uint32(at + i)
		var calls []Callback
		if rc.Deferred == rg.Deferred && (rc.Deferred != 0 || m.deferred.kind != 0) {
			calls = e.callbacks(e.c, rc)
			m.called(s, calls)
		}
		if differs(rc, rg) {
			if v.Div = e.sidesDiffer(s, at+i, rc, rg); v.Div != nil {
				return i
			}
		}
		if rc.OSCalls != m.os.seen {
			calls := e.g.Calls(int(m.os.seen))
			m.os.follow(calls, rc.OSCalls)
			if m.os.refused && m.arenas.known > 0 {
				m.arenas.follow(calls)
			}
		} else if m.os.busy {
			m.os.quiet()
		}
		if rg.Quirks&lasting != 0 {
			m.arenas.last(s.Thread, rg.Quirks)
		}
		if e.Record {
			e.rec.Wants = append(e.rec.Wants, m.want(s))
		}
		if (m.deferred.kind != 0 || calls != nil) && !stopped(rc) {
			e.looked[Deferred]++
			if f := m.checkCallbacks(s, rc, calls); f.oracle != NoOracle {
				if v.Div = e.broken(s, at+i, rc, rg, f); v.Div != nil {
					return i
				}
			}
			m.beat(s, rc, calls)
		}
		if f := m.check(s, rc); f.oracle != NoOracle {
			if v.Div = e.broken(s, at+i, rc, rg, f); v.Div != nil {
				return i
			}
			if e.ended = stopped(rc); e.ended {
				e.hash, e.ran = hash, ran|rg.Quirks
				return i
			}
		}
		f := m.apply(s, rc)
		if f.oracle == NoOracle && len(m.os.dropped) > 0 {
			f = m.checkDropped(s)
		}
		if f.oracle != NoOracle {
			if v.Div = e.broken(s, at+i, rc, rg, f); v.Div != nil {
				return i
			}
		}
		hash = (hash ^ rc.Value ^ rc.Usable<<20 ^ uint64(rc.Null)<<63) * fingerprintPrime
		hash ^= hash>>29 ^ rc.OSHash
		ran |= rg.Quirks
		e.counts[s.Kind]++
	}
	e.hash, e.ran = hash, ran
	return len(steps)
}

// compareSides is compare without the contract.
func (e *Engine) compareSides(steps []prog.Step, at int, v *Verdict) int {
	for i := range steps {
		s, rc, rg := &steps[i], &e.rc[i], &e.rg[i]
		if differs(rc, rg) {
			if f := difference(&rules[s.Kind], rc, rg); f.oracle != NoOracle {
				v.Div = e.divergence(s, at+i, rc, rg, f)
				v.Div.Blame, v.Div.Contract = BlameSide, "was not asked"
				return i
			}
		}
		if rc.Bad != 0 || rc.BadWhat != 0 { // no allocator may stop, or change what is a program's
			if v.Div = e.broken(s, at+i, rc, rg, badFinding(rc.BadWhat)); v.Div != nil {
				return i
			}
			if e.ended = stopped(rc); e.ended {
				e.ran |= rg.Quirks
				return i
			}
		}
		if e.Record {
			e.rec.Wants = append(e.rec.Wants, Want{})
		}
		e.mix(rc)
		e.ran |= rg.Quirks
		e.counts[s.Kind]++
	}
	return len(steps)
}

// mix takes a result into the fingerprint of the run.
func (e *Engine) mix(r *Result) {
	e.hash = (e.hash ^ r.Value ^ r.Usable<<20 ^ uint64(r.Null)<<63) * fingerprintPrime
	e.hash ^= e.hash>>29 ^ r.OSHash
}

const (
	fingerprintStart = 0x9a3f0c5d7b21e864
	fingerprintPrime = 0x9E3779B97F4A7C15
)

// CheckPristine compares the state of both sides with the one before the first run of the profile that
// ran last. It is for the time between runs.
func (e *Engine) CheckPristine() Verdict {
	e.looked[Pristine]++
	now, pristine := [2]uint64{e.c.Fingerprint(), e.g.Fingerprint()}, e.pristine[e.profile]
	if e.profile == "" || now == pristine {
		return Verdict{}
	}
	d := &Divergence{
		Signature: Signature{Pristine, "reset", FieldState},
		C:         Result{Value: now[0]}, Go: Result{Value: now[1]},
		Op: -1, Step: -1,
	}
	switch {
	case now[0] != pristine[0] && now[1] != pristine[1]:
		d.Blame = BlameBoth
	case now[0] != pristine[0]:
		d.Blame = BlameC
	default:
		d.Blame = BlameGo
	}
	d.Contract = fmt.Sprintf("fingerprints %#x and %#x", pristine[0], pristine[1])
	return Verdict{Class: Diverge, Div: d}
}
