// A run step by step, with the state of both sides after each, for the page. See doc.go for an overview.

package diff

import (
	"fmt"

	"midiff/diff/prog"
)

// Frame is both sides after one step.
type Frame struct {
	Step          int // index into Code.Steps
	C, Go         []StateEntry
	GaveC, GaveGo Result            // what the step gave
	Different     []StateDifference // what of the states and the statistics differs
}

// Frames runs a program up to step last, whether the sides differ on the way or not, and gives every step,
// with the state after it if it is wanted. What take gets is its own.
func (s *Session) Frames(p *prog.Program, last int, wanted func(step int) bool, take func(Frame)) error {
	var code prog.Code
	p.LowerInto(&code)
	defer s.reset()
	if err := s.begin(&code); err != nil {
		return fmt.Errorf("the program cannot be run: %w", err)
	}
	for i := 0; i <= last && i < len(code.Steps); i++ {
		one := code.Steps[i : i+1]
		s.c.Run(one, s.rc[:1])
		s.Engine.g.Run(one, s.rg[:1])
		if stopped(&s.rc[0]) || stopped(&s.rg[0]) {
			return nil
		}
		f := Frame{Step: i, GaveC: s.rc[0], GaveGo: s.rg[0]}
		if wanted(i) {
			f.C, f.Go = s.c.State(), s.Engine.g.State()
			f.Different = append(stateDifference(f.C, f.Go), statsDifference(s.c.Stats(), s.Engine.g.Stats())...)
		}
		take(f)
	}
	return nil
}

// Destroyed gives the block slots that heap_destroy has made null so far in the run.
func (s *Session) Destroyed() []Taken { return s.Engine.g.Taken() }

// StateField names the field of a word of the state.
func StateField(e *StateEntry) string { return stateFields()[e.Field] }
