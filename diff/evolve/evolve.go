// Drawing programs and keeping what reaches something new. See doc.go for an overview.

package evolve

import (
	"fmt"
	"math/rand/v2"
	"time"

	"midiff/diff"
	"midiff/diff/mutate"
	"midiff/diff/prog"
)

// Evolution draws programs and keeps those that reach something new. It is not for concurrent use.
type Evolution struct {
	Keeper *diff.Keeper
	Folder *Folder
	Seen   *Seen
	// Mutated is of a hundred programs how many are mutations of the folder's; the others are drawn anew.
	Mutated int
	// Kept is told of every program that is kept, nil for nobody.
	Kept func(e *Entry)

	cfg     prog.GenConfig
	signals *Signals
	mutator *mutate.Mutator
	parent  *Entry // of the last program, nil if it was drawn anew
	ran     uint64 // operations of programs
	trimmed uint64 // operations of trimming
}

// New makes an evolution of programs as cfg says.
func New(k *diff.Keeper, f *Folder, seen *Seen, cfg prog.GenConfig) *Evolution {
	return &Evolution{Keeper: k, Folder: f, Seen: seen, cfg: cfg, signals: Watch(k.Session), mutator: mutate.New(cfg)}
}

// Draw gives the program of a seed. It also depends on what is in the folder.
func (e *Evolution) Draw(seed uint64) *prog.Program {
	r := rand.New(rand.NewPCG(seed, 11))
	if e.parent = nil; len(e.Folder.entries) == 0 || r.IntN(100) >= e.Mutated {
		return prog.Generate(seed, e.cfg)
	}
	e.parent = e.Folder.Pick(r)
	other := e.Folder.entries[r.IntN(len(e.Folder.entries))]
	p := e.mutator.Mutate(e.parent.Program(), other.Program(), seed)
	if r.IntN(2) == 0 { // what is kept is short, and what a short program leads to is worth a longer look
		p = e.mutator.Lengthen(p, seed)
	}
	return p
}

// Known takes in what a program of the corpus reaches, after a run of it.
func (e *Evolution) Known(v *diff.Verdict) {
	if v.Class == diff.Agree {
		e.Seen.Mark(e.signals.Last())
	}
}

// Ran looks at what the run of a program that Draw gave reached, and keeps the program if some of it is new.
func (e *Evolution) Ran(p *prog.Program, v *diff.Verdict) error {
	e.ran += uint64(v.Steps)
	if time.Since(e.Folder.looked) > refreshEvery {
		if err := e.Folder.Refresh(); err != nil {
			return err
		}
	}
	if v.Class != diff.Agree {
		return nil
	}
	fresh := e.Seen.fresh(e.signals.Last())
	if len(fresh) == 0 {
		return nil
	}
	small, reached, err := e.trim(p, fresh)
	if err != nil || small == nil {
		return err
	}
	if e.Seen.Mark(fresh) == 0 {
		return nil // another process was faster
	}
	e.Seen.Mark(reached)
	entry, err := e.Folder.Keep(small, fmt.Sprintf("kept by a soak: the first to reach %d features", len(fresh)))
	if err != nil || entry == nil {
		return err
	}
	if e.parent != nil {
		e.parent.led++
	}
	if e.Kept != nil {
		e.Kept(entry)
	}
	return nil
}
