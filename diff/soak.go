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
	Programs int           // how many programs, those behind us included; 0 for no limit
	For      time.Duration // how long, 0 for no limit
	Seed     uint64        // the first program's; every program has its own, derived from it
	Skip     uint64        // how many programs an earlier soak had run
	Config   prog.GenConfig
	Source   Source // of the programs; nil for prog.Generate under Config
}

// Source gives programs, and is told what they came to.
type Source interface {
	Draw(seed uint64) *prog.Program
	// Ran may run other programs. An error ends the soak.
	Ran(p *prog.Program, v *Verdict) error
}

// Soak runs random programs and keeps those that fail. progress is called after every program, nil for
// nobody. An error ends it.
func (k *Keeper) Soak(c Soak, t *Tally, progress func()) error {
	begun := time.Now()
	for seeds := rand.NewPCG(c.Seed, 0); !c.done(k.drawn, time.Since(begun)); {
		seed := seeds.Uint64()
		if k.drawn++; k.drawn <= c.Skip || !k.Next() {
			continue
		}
		if err := k.soak(&c, seed, t); err != nil {
			return err
		}
		if progress != nil {
			progress()
		}
		if k.stained {
			return ErrStained
		}
	}
	return nil
}

func (k *Keeper) soak(c *Soak, seed uint64, t *Tally) error {
	for _, op := range c.Config.Lacks {
		t.Lacked[op]++
	}
	if c.Source == nil {
		v, _, err := k.Check(k.fit(prog.Generate(seed, c.Config), t), k.Session.Check)
		if err == nil {
			k.Count(t, &v)
		}
		return err
	}
	p := k.fit(c.Source.Draw(seed), t)
	v, _, err := k.Check(p, k.Session.Check)
	if err != nil {
		return err
	}
	if k.Count(t, &v); k.stained {
		return nil
	}
	return c.Source.Ran(p, &v)
}

// fit takes out of a program what the library lacks, and counts that.
func (k *Keeper) fit(p *prog.Program, t *Tally) *prog.Program {
	if k.Session.shared == nil {
		return p
	}
	fitted, left := k.Session.shared.Fit(p)
	for what := range left {
		t.Lacked[what]++
	}
	return fitted
}

// Drawn is how many programs of the last soak are behind us, those of an earlier one included.
func (k *Keeper) Drawn() uint64 { return k.drawn }

// Stained tells whether a run that failed left something behind: see ErrStained.
func (k *Keeper) Stained() bool { return k.stained }

func (c *Soak) done(programs uint64, elapsed time.Duration) bool {
	return c.Programs > 0 && programs >= uint64(c.Programs) || c.For > 0 && elapsed >= c.For
}
