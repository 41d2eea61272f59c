// A run step by step, with the state of both sides after each, for the page. See doc.go for an overview.

package diff

import (
	"fmt"

	"midiff/diff/prog"
)

// Frame is both sides after one step.
type Frame struct {
	Step      int // index into Code.Steps
	C, Go     []StateEntry
	Different []string // what of the states differs, a line each
}

// Frames runs a program up to step last, whether the sides differ on the way or not, and gives the state
// after every step from first on. What take gets is its own.
func (s *Session) Frames(p *prog.Program, first, last int, take func(Frame)) error {
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
		if s.rg[0].BadWhat == BadCrash {
			return nil
		}
		if i >= first {
			f := Frame{Step: i, C: s.c.State(), Go: s.Engine.g.State()}
			f.Different = stateDifference(f.C, f.Go)
			take(f)
		}
	}
	return nil
}

// StateField names the field of a word of the state.
func StateField(e *StateEntry) string { return stateFields()[e.Field] }
