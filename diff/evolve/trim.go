// Smaller programs that reach the same. See doc.go for an overview.

package evolve

import (
	"midiff/diff"
	"midiff/diff/prog"
)

// trimRuns is how many runs the trimming of one program may take.
const trimRuns = 40

// trim gives a smaller program that reaches all of what is fresh, and what else it reaches. It has been seen to: nil is
// given for one that does not do so again. Trimming takes no more operations than all else; after that only what comes behind the last
// operation that matters is cut off.
func (e *Evolution) trim(p *prog.Program, fresh []diff.Feature) (*prog.Program, []diff.Feature, error) {
	t := trimming{e: e, want: map[uint32]bool{}, left: trimRuns}
	last := uint32(0)
	for _, f := range fresh {
		t.want[f.Number] = true
		last = max(last, f.Op)
	}
	best := p.Renamed()
	if n := uint32(len(best.Ops)); last < n {
		best.Ops = best.Ops[:last+1]
	}
	if !t.reaches(best) {
		return nil, nil, t.err
	}
	for size := len(best.Ops) / 2; size >= 1 && t.left > 0 && e.trimmed < e.ran; size /= 2 {
		for from := 0; from < len(best.Ops) && t.left > 0; {
			to := from + size
			q := best.Without(func(op int) bool { return from <= op && op < to })
			if t.left--; len(q.Ops) < len(best.Ops) && t.reaches(q) {
				best = q
				continue
			}
			from = to
		}
	}
	return best.Renamed(), t.best, t.err
}

type trimming struct {
	e    *Evolution
	want map[uint32]bool
	left int
	best []diff.Feature // what the last program reached that reaches all
	err  error
}

// reaches runs a program, and tells whether both sides agree and all that is wanted is reached. What fails is kept
// by the keeper.
func (t *trimming) reaches(p *prog.Program) bool {
	if t.err != nil {
		return false
	}
	v, _, err := t.e.Keeper.Check(p, t.e.Keeper.Session.Check)
	t.e.trimmed += uint64(v.Steps)
	if t.err = err; err != nil || v.Class != diff.Agree || t.e.Keeper.Stained() {
		return false
	}
	found, all := 0, t.e.signals.Last()
	for _, f := range all {
		if t.want[f.Number] {
			found++
		}
	}
	if found < len(t.want) {
		return false
	}
	t.best = append(t.best[:0], all...)
	return true
}
