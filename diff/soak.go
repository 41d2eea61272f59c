// A soak: random programs, one after the other, until the time or the number is up. See doc.go for an
// overview.

package diff

import (
	"math/rand/v2"
	"time"

	"midiff/diff/prog"
)

// Soak says what to run.
type Soak struct {
	Programs int           // how many programs, 0 for no limit
	For      time.Duration // how long, 0 for no limit
	Seed     uint64        // the first program's; every program has its own, derived from it
	Config   prog.GenConfig
}

// Tally is what a soak came to.
type Tally struct {
	Programs   int
	Invalid    int               // of these, programs that could not be run
	Operations uint64            // executed and compared
	ByName     map[string]uint64 // operations by name
	ByOracle   map[string]uint64 // results judged, by the ID of the oracle
	Faults     map[string]uint64 // of a sweep: programs with a call that failed, by the kind of call
	Variants   map[string]uint64 // the same by the name of the variant
	Known      map[string]uint64 // findings by known name
	Elapsed    time.Duration
	Failed     *prog.Program `json:"-"` // the program that diverged anew, nil if none did
	Verdict    Verdict       `json:"-"` // its verdict
}

// Soak runs random programs. It stops at the first new divergence, and at a run without a verdict.
// progress is called after every program.
func (s *Session) Soak(c Soak, progress func(t *Tally)) *Tally {
	t := NewTally()
	defer t.countOperations(s.Engine)()
	begun := time.Now()
	for seeds := rand.NewPCG(c.Seed, 0); !c.done(t); {
		p := prog.Generate(seeds.Uint64(), c.Config)
		v := s.Check(p)
		t.count(&v)
		t.Elapsed = time.Since(begun)
		if v.Class != Agree && v.Class != Invalid {
			t.Failed, t.Verdict = p, v
			break
		}
		if progress != nil {
			progress(t)
		}
	}
	return t
}

// countOperations gives a function that takes in what was executed since, by name, and what judged it.
func (t *Tally) countOperations(e *Engine) func() {
	before, looked := append([]uint64(nil), e.Counts()...), e.Looks()
	return func() {
		for o, n := range e.Looks() {
			if n -= looked[o]; n > 0 {
				t.ByOracle[Oracle(o).String()] += n
			}
		}
		for k, n := range e.Counts() {
			if n -= before[k]; n > 0 {
				t.ByName[prog.Kind(k).Row().Name] += n
			}
		}
	}
}

func (c *Soak) done(t *Tally) bool {
	return c.Programs > 0 && t.Programs >= c.Programs || c.For > 0 && t.Elapsed >= c.For
}

// NewTally makes an empty tally.
func NewTally() *Tally {
	return &Tally{
		Known: map[string]uint64{}, ByName: map[string]uint64{}, ByOracle: map[string]uint64{},
		Faults: map[string]uint64{}, Variants: map[string]uint64{},
	}
}

// count takes a run in.
func (t *Tally) count(v *Verdict) {
	t.Programs++
	t.Operations += uint64(v.Steps + v.Again)
	if v.Class == Invalid {
		t.Invalid++
	}
	for _, k := range v.Known {
		t.Known[k.Name] += uint64(k.Count)
	}
}

// Add takes another soak's figures in.
func (t *Tally) Add(o *Tally) {
	t.Programs += o.Programs
	t.Invalid += o.Invalid
	t.Operations += o.Operations
	t.Elapsed = max(t.Elapsed, o.Elapsed)
	for _, m := range []struct{ to, from map[string]uint64 }{{t.Known, o.Known}, {t.ByName, o.ByName},
		{t.ByOracle, o.ByOracle}, {t.Faults, o.Faults}, {t.Variants, o.Variants}} {
		for name, n := range m.from {
			m.to[name] += n
		}
	}
}
