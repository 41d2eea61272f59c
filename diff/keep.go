// Running programs so that none that fails is lost. See doc.go for an overview.

package diff

import (
	"cmp"
	"errors"
	"strings"

	"midiff/diff/journal"
	"midiff/diff/prog"
)

// Keeper runs programs. Each is in the journal while it runs; one that fails stays there until its folder
// stands, so that the process may die at any moment.
type Keeper struct {
	Session *Session
	Store   Store
	Journal *journal.Journal // nil for none
	// Done is how many programs are behind us: they are not run again.
	Done uint64
	// Failed is told of every failure, nil for nobody.
	Failed func(f *Failure)

	number   uint64 // programs so far
	drawn    uint64 // of these, and of those that were skipped, a soak's
	stained  bool
	executed executed
}

// ErrStained says that a program that failed left something behind, for which the next ones would be blamed:
// another process has to run them. The failure is kept.
var ErrStained = errors.New("a run that failed left something behind in this process")

// Number is how many programs there were so far.
func (k *Keeper) Number() uint64 { return k.number }

// Count takes a run in.
func (k *Keeper) Count(t *Tally, v *Verdict) {
	t.count(v)
	k.executed.take(t, k.Session.Engine)
}

// JournalsFolder is the folder of the journals among the failures.
const JournalsFolder = "journals"

// KindText begins the kind of a journal's program that is text. The quirks that are off follow.
const KindText = "text"

const kindWithout = KindText + " without "

// TextKind gives the kind of a program's text that runs with some quirks off.
func TextKind(without []string) string {
	if len(without) == 0 {
		return KindText
	}
	return kindWithout + strings.Join(without, ",")
}

// KindWithout tells whether a kind is of text, and gives the quirks that are off.
func KindWithout(kind string) (without []string, ok bool) {
	if list, ok := strings.CutPrefix(kind, kindWithout); ok {
		return strings.Split(list, ","), true
	}
	return nil, kind == KindText
}

// Next tells whether the next program is to be run, or is behind us.
func (k *Keeper) Next() bool {
	k.number++
	return k.number > k.Done
}

// Check runs a program and keeps it if it fails. The verdict's Known is valid until the next run. An error
// means that the program is in the journal only.
func (k *Keeper) Check(p *prog.Program, run func(p *prog.Program) Verdict) (Verdict, *Failure, error) {
	if k.Journal == nil {
		return k.check(p, run)
	}
	if err := k.Journal.Begin(TextKind(k.Session.without), k.number, []byte(p.Text())); err != nil {
		return Verdict{}, nil, err
	}
	return k.check(p, run)
}

// CheckInput is Check of the bytes that a fuzz target of that name got: they are what the journal has.
func (k *Keeper) CheckInput(target string, data []byte, p *prog.Program) (Verdict, *Failure, error) {
	if k.Journal != nil {
		if err := k.Journal.Begin(target, k.number, data); err != nil {
			return Verdict{}, nil, err
		}
	}
	k.Store.Origin = Origin{By: target, Input: data}
	return k.check(p, k.Session.Check)
}

func (k *Keeper) check(p *prog.Program, run func(p *prog.Program) Verdict) (v Verdict, f *Failure, err error) {
	v = run(p)
	title := v.Title()
	if title != "" {
		if k.Journal != nil {
			k.Journal.Note(title)
		}
		st := k.Store
		st.Origin.Number = cmp.Or(st.Origin.Number, k.number)
		k.stained = k.Session.CheckPristine().Class != Agree
		save := k.Session.Save
		if k.stained {
			save = k.Session.SaveAsIs
		}
		if f, err = save(&st, p, &v); err != nil {
			return v, nil, err
		}
		f.Number = k.number
		if k.Failed != nil {
			k.Failed(f)
		}
	}
	if k.Journal != nil {
		k.Journal.Done()
	}
	return v, f, nil
}
