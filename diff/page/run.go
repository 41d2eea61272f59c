// The run that a page or a text shows. See doc.go for an overview.

package page

import (
	"encoding/json"
	"fmt"
	"strings"

	"midiff/diff"
	"midiff/diff/prog"
)

// ran is a run with all that is to be shown of it.
type ran struct {
	data
	verdict        diff.Verdict
	program        *prog.Program // with the teardown, if it failed there
	report         string
	replay, reduce string
}

// run runs a program twice: once for the verdict and the report, and once for the pictures.
func run(s *diff.Session, name string, p *prog.Program) (*ran, error) {
	r := &ran{verdict: s.Recorded(p), program: p}
	r.replay, r.reduce = s.Commands(name)
	if d := r.verdict.Div; d != nil && d.Op >= len(p.Ops) {
		r.program = p.TornDown()
	}
	var err error
	if r.report, err = reportText(s, name, p, &r.verdict); err != nil {
		return r, err
	}
	r.data = *newData(s, r.program, &r.verdict)
	return r, r.frames(s, r.program, &r.verdict)
}

// header is what stands above the operations.
func (r *ran) header() []string {
	head, _, _ := strings.Cut(r.program.Text(), "\n\n")
	return strings.Split(strings.TrimSpace(head), "\n")[1:]
}

// newData takes in the program and its results.
func newData(s *diff.Session, p *prog.Program, v *diff.Verdict) *data {
	d := &data{Threads: p.Threads, Failing: -1}
	makers := map[prog.Handle]int{}
	for i := range p.Ops {
		o := &p.Ops[i]
		line := int(o.Line)
		if line == 0 {
			line = i + 1
		}
		from := -1
		if maker, ok := makers[o.Src]; ok && o.Src.IsVar() && p.Ops[maker].Thread != o.Thread {
			from = maker
		}
		if o.Dst.IsVar() {
			makers[o.Dst] = i
		}
		d.Ops = append(d.Ops, op{
			Line: line, Thread: int(o.Thread), Name: o.Name(), Text: p.OpText(i), Note: s.Note(i),
			Role: roleOf(o.Kind.Row()), From: from,
		})
	}
	switch {
	case v.Div != nil:
		d.Failing = v.Div.Op
	case len(v.Known) > 0:
		d.Failing = v.Known[0].First.Op
	}
	return d
}

func roleOf(row *prog.Row) string {
	switch {
	case row.EndsTied:
		return "ends"
	case row.Result >= prog.BlockResult:
		return "makes"
	case len(row.Operands) > 0 && (row.Operands[0] == prog.BlockFree || row.Operands[0] == prog.BulkDrain ||
		row.Operands[0] == prog.HeapEnd):
		return "frees"
	}
	return "other"
}

// frames runs the program again, up to where it failed, and draws every operation after its last step.
// Pictures that look alike are kept once.
func (d *data) frames(s *diff.Session, p *prog.Program, v *diff.Verdict) error {
	code := p.Lower()
	last := len(code.Steps) - 1
	if v.Div != nil && v.Div.Step >= 0 {
		last = min(last, v.Div.Step)
	}
	seen := map[string]int{}
	draw := func(words []diff.StateEntry, at *handles) int {
		h := newHeap(words, at)
		key, err := json.Marshal(h)
		if err != nil {
			panic(fmt.Sprintf("page: a picture cannot be written: %v", err))
		}
		n, ok := seen[string(key)]
		if !ok {
			n = len(d.Heaps)
			seen[string(key)] = n
			d.Heaps = append(d.Heaps, h)
		}
		return n
	}
	wanted := func(step int) bool {
		op := int(code.Steps[step].Op)
		return op > int(code.Steps[last].Op)-mostFrames && (step == last || int(code.Steps[step+1].Op) != op)
	}
	onC, onGo, taken := newHandles(p, code), newHandles(p, code), 0
	return s.Frames(p, last, wanted, func(f diff.Frame) {
		step := &code.Steps[f.Step]
		onC.take(step, &f.GaveC)
		onGo.take(step, &f.GaveGo)
		ended := s.Destroyed()[taken:]
		taken += len(ended)
		onC.drop(ended)
		onGo.drop(ended)
		if !wanted(f.Step) {
			return
		}
		shown := f.Different[:min(len(f.Different), mostDifferences)]
		d.Frames = append(d.Frames, frame{
			Op: int(step.Op), C: draw(f.C, onC), Go: draw(f.Go, onGo), Different: shown,
			More: len(f.Different) - len(shown),
		})
	})
}
