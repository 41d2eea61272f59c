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
	Config   prog.GenConfig
}

// Soak runs random programs and keeps those that fail. progress is called after every program, nil for
// nobody. An error ends it.
func (k *Keeper) Soak(c Soak, t *Tally, progress func()) error {
	begun := time.Now()
	for seeds := rand.NewPCG(c.Seed, 0); !c.done(k.number, time.Since(begun)); {
		seed := seeds.Uint64()
		if !k.Next() {
			continue
		}
		v, _, err := k.Check(prog.Generate(seed, c.Config), k.Session.Check)
		if err != nil {
			return err
		}
		k.count(t, &v)
		if progress != nil {
			progress()
		}
		if k.stained {
			return ErrStained
		}
	}
	return nil
}

func (c *Soak) done(programs uint64, elapsed time.Duration) bool {
	return c.Programs > 0 && programs >= uint64(c.Programs) || c.For > 0 && elapsed >= c.For
}
