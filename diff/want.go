// What the contract asks of a result, as numbers, for whoever checks it outside the rig. See doc.go for
// an overview.

package diff

import (
	"fmt"

	"midiff/diff/prog"
	"midiff/goalloc"
)

// Nullness says whether a result may be null.
type Nullness uint8

// The cases.
const (
	NeverNull  Nullness = iota
	MayBeNull           // the system refused, there is no such memory, or more was asked than the API has
	MustBeNull          // the request is illegal
)

// Reporting says whether the library may report an error meanwhile.
type Reporting uint8

// The cases.
const (
	NoReport       Reporting = iota
	ReportWithNull           // what gives null may say why
	MayReport                // memory was refused, or the call is one that fails so
)

// Want is what the contract asks of the result of a step, given the state before it. Which fields mean
// something depends on the operation.
type Want struct {
	Null   Nullness
	Report Reporting
	Code   uint64 // the error code that goes with null, of operations that give one
	Size   uint64 // bytes at least, of a block or an arena
	Align  uint64 // what the address plus Offset is a multiple of; 0 where the operation names no alignment
	Offset uint64
	Arena  uint32 // 1 + the slot of the arena that the heap is bound to; 0 for none
	Value  uint64 // of an answer
	Open   bool   // the answer may be 0 instead, or, of an option, is not known
}

// want gives what the contract asks of s, given the state before it.
func (m *model) want(s *prog.Step) (w Want) {
	ru := &rules[s.Kind]
	switch ru.promise {
	case gives, moves:
		q := m.request(ru, s)
		w = Want{Code: m.code(ru, s), Size: q.size, Offset: q.offset, Arena: m.arenaOf(s)}
		if q.asked {
			w.Align = q.align
		}
		switch {
		case !q.legal:
			w.Null = MustBeNull
		case q.beyond || m.mayRefuse(s, &q):
			w.Null = MayBeNull
		}
	case newHeap, tellsHeap:
		if m.os.refused || m.os.blind || m.limited {
			w.Null = MayBeNull
		}
	case newArena, addsArena:
		w.Size = m.arenaSize(s)
		switch {
		case w.Size == 0 || m.arenas.count >= mostArenas:
			w.Null = MustBeNull
		case m.mayRefuseArena():
			w.Null = MayBeNull
		}
	case visitsLeft:
		if m.options[visitOption].value == 0 {
			w.Null = MustBeNull
		}
	case tellsArea:
		w.Size = m.arenas.slots[s.Src].size
	case inRegion:
		w.Value = m.mapped(s)
	case owns:
		w.Value, w.Open = m.answer(ru, s)
	case tellsOption:
		o := &m.options[s.A]
		w.Value, w.Open = o.told(ru), !o.known
	}
	switch {
	case m.mayComplain(ru, &Result{}), ru.promise == visitsLeft && w.Null != NeverNull:
		w.Report = MayReport
	case ru.resultIsRoom && w.Null != NeverNull:
		w.Report = ReportWithNull
	}
	return w
}

// Fixed runs programs on goalloc alone, with every known bug of the reference switched off: what it gives
// is what the contract asks for.
type Fixed struct {
	*Engine
	g    *GoSubject
	code prog.Code
}

// alone stands for C, and echo for goalloc, which agrees with it without running.
type (
	alone struct {
		*GoSubject
		echo *echo
	}
	echo struct {
		*GoSubject
		last []Result
	}
)

// Run implements Subject.
func (a *alone) Run(steps []prog.Step, out []Result) {
	a.GoSubject.Run(steps, out)
	a.echo.last = out
}

// Use implements Subject.
func (e *echo) Use(string) error { return nil }

// Begin implements Subject.
func (e *echo) Begin(*prog.Code) error { return nil }

// Reset implements Subject.
func (e *echo) Reset() {}

// Run implements Subject.
func (e *echo) Run(_ []prog.Step, out []Result) { copy(out, e.last) }

// NewFixed makes one.
func NewFixed() (*Fixed, error) {
	g, err := NewGo(goalloc.QuirkNames()...)
	if err != nil {
		return nil, fmt.Errorf("goalloc: %w", err)
	}
	e := &echo{GoSubject: g}
	f := &Fixed{Engine: NewEngine(&alone{g, e}, e, nil), g: g}
	f.Record = true
	return f, nil
}

// Wants runs a program and gives what the contract asks of each step, as far as goalloc keeps it.
func (f *Fixed) Wants(p *prog.Program) ([]Want, error) {
	p.LowerInto(&f.code)
	v := f.Run(&f.code)
	if v.Class == Invalid {
		return nil, fmt.Errorf("the program cannot be run: %s", v.Reason)
	}
	return f.rec.Wants, nil
}

// Close gives the address space back.
func (f *Fixed) Close() error { return f.g.Close() }
