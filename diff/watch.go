// Where a run is, for whoever finds the process dead. See doc.go for an overview.

package diff

import (
	"midiff/cref"
	"midiff/diff/journal"
	"midiff/diff/prog"
)

// Watch has the place of the run kept in a journal's words (journal.Words), nil for nowhere. They must lie
// outside of Go's heap, and stay.
func (s *Session) Watch(place []byte) {
	if place == nil {
		cref.Watch(nil)
		s.side = nil
		if s.g != nil {
			s.g.at = nil
		}
		return
	}
	cref.Watch(place[:4])
	s.side = place[8:12]
	if s.g != nil {
		s.g.at = place[4:8]
	}
}

// turn says which side runs.
func (e *Engine) turn(side byte) {
	if e.side != nil {
		e.side[0] = side
	}
}

var sideNames = [...]string{journal.Rig: "the rig", journal.C: "C", journal.Port: "goalloc"}

// Where tells in words where the run of a program was, from the side and the step of a journal: "C in free",
// or "goalloc in the teardown" behind the program, or "the rig".
func Where(p *prog.Program, side, step int) (words string, op int) {
	if side != journal.C && side != journal.Port || step == 0 {
		return sideNames[journal.Rig], -1
	}
	steps := p.Lower().Steps
	if step > len(steps) {
		return sideNames[side] + " in the teardown", -1
	}
	s := &steps[step-1]
	return sideNames[side] + " in " + s.Kind.Row().Name, int(s.Op)
}
