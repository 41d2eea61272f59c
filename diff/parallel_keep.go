// Runs in parallel of which none that fails is lost. See doc.go for an overview.

package diff

import (
	"midiff/diff/journal"
	"midiff/diff/prog"
)

// ParallelKeeper is Keeper for runs in parallel. A process in which one failed may be of no use for another.
type ParallelKeeper struct {
	Parallel *Parallel
	Store    Store
	Journal  *journal.Journal // nil for none
	Keeps    bool             // what fails gets a folder
}

// Check runs a program, the number-th of its owner's, and keeps it if it fails; ran counts its runs. An error means
// that the program is in the journal only.
func (k *ParallelKeeper) Check(p *prog.Program, number uint64, ran int) (v Verdict, f *Failure, err error) {
	if k.Journal != nil {
		if err := k.Journal.Begin(TextKind(k.Parallel.without), number, []byte(p.Text())); err != nil {
			return Verdict{}, nil, err
		}
	}
	v = k.Parallel.Check(p)
	if title := v.Title(); title != "" && k.Keeps {
		if k.Journal != nil {
			k.Journal.Note(title)
		}
		st := k.Store
		st.Origin.Number = number
		if f, err = k.Parallel.Save(&st, p, &v, ran); err != nil {
			return v, nil, err
		}
	}
	if k.Journal != nil {
		k.Journal.Done()
	}
	return v, f, nil
}

// Close gives the journal up.
func (k *ParallelKeeper) Close() error {
	if k.Journal == nil {
		return nil
	}
	return k.Journal.Close()
}
