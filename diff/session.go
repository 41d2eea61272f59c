// A session: both sides, an engine and the known findings, ready for programs. See doc.go for an
// overview.

package diff

import (
	"fmt"

	"midiff/corpus"
	"midiff/diff/prog"
)

// checkEvery is after how many programs a session looks whether both sides are pristine.
const checkEvery = 64

// Session runs programs one after the other. It is not for concurrent use, and a process can have one
// that runs at a time, since it has one C side.
type Session struct {
	*Engine
	// CheckAll has the pristine state proved after every program; otherwise after every 64th.
	CheckAll bool

	g       *GoSubject
	without []string // quirks that are off
	code    prog.Code
	runs    int
}

// NewSession makes a session with the known findings of the corpus. The quirks named are switched off
// in goalloc.
func NewSession(without ...string) (*Session, error) {
	c, err := NewC()
	if err != nil {
		return nil, fmt.Errorf("C side: %w", err)
	}
	g, err := NewGo(without...)
	if err != nil {
		return nil, fmt.Errorf("Go side: %w", err)
	}
	dir, err := corpus.Folder("known")
	if err != nil {
		return nil, err
	}
	known, err := LoadKnown(dir, QuirkBit)
	if err != nil {
		return nil, err
	}
	return &Session{Engine: NewEngine(c, g, known), g: g, without: without}, nil
}

// Close gives goalloc's address space back.
func (s *Session) Close() error { return s.g.Close() }

// Check runs a program and, now and then, proves that it left nothing behind.
func (s *Session) Check(p *prog.Program) Verdict {
	p.LowerInto(&s.code)
	v := s.Run(&s.code)
	s.runs++
	if v.Class == Agree && (s.CheckAll || s.runs%checkEvery == 0) {
		if left := s.CheckPristine(); left.Class != Agree {
			left.Known, left.Steps, left.Fingerprint = v.Known, v.Steps, v.Fingerprint
			return left
		}
	}
	return v
}

// Recorded runs a program and keeps all results, for Recording and the report.
func (s *Session) Recorded(p *prog.Program) Verdict {
	s.Record = true
	defer func() { s.Record = false }()
	return s.Check(p)
}

// Code is the lowered form of the last program.
func (s *Session) Code() *prog.Code { return &s.code }
