// A session: both sides, an engine and the known findings, ready for programs. See doc.go for an
// overview.

package diff

import (
	"fmt"
	"slices"
	"strings"

	"midiff/cref"
	"midiff/diff/prog"
)

// checkEvery is after how many programs a session looks harder: at the contents of all live blocks after
// every operation of a program, and afterwards whether both sides are pristine.
const checkEvery = 64

// invariantLooks is how often in a program all invariants are checked, roughly: one look costs as much as
// a thousand operations. A run in which one does not hold is repeated with a look after every operation. Those that
// cost little (goalloc.CheckNear) are checked after every operation of a careful run, for one to four percent more.
const invariantLooks = 64

// Session runs programs one after the other. It is not for concurrent use, and a process can have one
// that runs at a time, since it has one C side.
type Session struct {
	*Engine
	// Careful has all live blocks verified after every operation, goalloc's invariants checked after every
	// operation, but for a long program those that cost much spread over it, and the pristine state proved after
	// every program; otherwise that is done for every 64th, see LookEvery. In between, a block's contents are verified
	// when it is freed, moved or asked about, and at the end of the program, and a program in which they
	// changed is run again to find the operation that changed them.
	Careful bool
	// StateEvery is after how many operations the canonical state of both sides is compared, and at the
	// end of the program: 0 for never, 1 for every one. A run that diverges is repeated with every one,
	// so that the first operation that made the states differ is named.
	StateEvery int
	// LookEvery is after how many programs one is looked at as Careful has all; 0 for none. What a program makes the
	// allocators do must not depend on its number where it guides a fuzzer.
	LookEvery int
	// Coverage takes what ran of the library in the last program, without a teardown; nil if nobody wants to know.
	Coverage *cref.Coverage
	// Reach takes in what each program reaches, without a teardown; nil if nobody wants to know.
	Reach *Reach

	c       *CSubject
	g       *GoSubject
	shared  *SharedSubject // nil for the builds from source
	without []string       // quirks that are off
	code    prog.Code
	runs    int
	ran     *prog.Program // the last one, with the teardown if it had one
	saved   map[string]*Failure
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
	known, err := loadFolder("known")
	if err != nil {
		return nil, err
	}
	return &Session{Engine: NewEngine(c, g, known), LookEvery: checkEvery, c: c, g: g, without: without}, nil
}

// OpenSession makes a session with a reference by its name: so:PATH for a library, "" for the builds from source.
func OpenSession(ref string, without ...string) (*Session, error) {
	if path, shared := strings.CutPrefix(ref, SharedPrefix); shared {
		return NewSharedSession(path, without...)
	}
	return NewSession(without...)
}

// NewSharedSession makes a session with a library that is opened at run time as the C side, and what is known of its
// version. Where goalloc has no profile of that, the contract alone judges, and of that only what all versions promise
// alike: see edition.go.
func NewSharedSession(path string, without ...string) (*Session, error) {
	c, err := NewShared(path)
	if err != nil {
		return nil, err
	}
	s := &Session{shared: c, without: without}
	if c.Alone() {
		first, second := newMirror(c)
		s.Engine = newEngineOf(first, second, nil)
		s.model.library, s.base = c, slices.Clone(c.Mapped())
		return s, nil
	}
	if s.g, err = NewGo(without...); err != nil {
		return nil, fmt.Errorf("Go side: %w", err)
	}
	later := slices.ContainsFunc(c.Profiles(), prog.IsLater)
	known, err := knownOf(later)
	if err != nil {
		return nil, err
	}
	s.Engine = newEngineOf(c, s.g, known)
	return s, nil
}

// Shared is the library that the session was made with, nil for the builds from source.
func (s *Session) Shared() *SharedSubject { return s.shared }

// Close gives goalloc's address space back.
func (s *Session) Close() error {
	if s.g == nil {
		return nil
	}
	return s.g.Close()
}

// Check runs a program and, if it is time to be careful, runs it again with a teardown behind it, and
// proves that both sides then hold nothing and are as before the first run.
func (s *Session) Check(p *prog.Program) Verdict {
	s.runs++
	careful := s.Careful || s.LookEvery > 0 && s.runs%s.LookEvery == 0
	if s.Reach != nil {
		s.g.reach = s.Reach
	}
	var lacked map[string]int
	if s.shared != nil {
		p, lacked = s.shared.Fit(p)
	}
	v := s.one(p, careful)
	v.Left = lacked
	if s.Reach != nil {
		s.g.reach = nil // what a teardown reaches is not the program's
	}
	if s.Coverage != nil {
		s.c.ref.Covered(s.Coverage)
	}
	if v.Class != Agree || !careful {
		return v
	}
	if s.shared != nil { // what a teardown leaves is judged by what only a build from source tells
		return s.pristine(v)
	}
	left := s.tearDown(p.TornDown())
	v.Known, v.Again = left.Known, left.Steps
	if left.Class != Agree {
		left.Steps, left.Again, left.Fingerprint = v.Steps, left.Steps, v.Fingerprint
		return left
	}
	return v
}

// pristine is the verdict unless the sides are not as before the first run.
func (s *Session) pristine(v Verdict) Verdict {
	if left := s.CheckPristine(); left.Class != Agree {
		left.Known = v.Known
		return left
	}
	return v
}

// one runs a program.
func (s *Session) one(p *prog.Program, careful bool) Verdict {
	p.LowerInto(&s.code)
	s.ran = p
	if careful {
		flagEvery(s.code.Steps, FlagVerify|FlagNear, 1)
		flagEvery(s.code.Steps, FlagInvariants, 1+len(s.code.Steps)/invariantLooks)
	}
	if s.shared == nil {
		flagStates(s.code.Steps, s.StateEvery)
	}
	if careful {
		flagEvery(s.code.Steps, FlagWhole, 1)
	}
	return s.Run(&s.code)
}

// tearDown runs a program that ends with a teardown, and judges what is left; of a library that was opened at run time,
// what it does on the way alone, for what is left is judged by what only a build from source tells.
func (s *Session) tearDown(p *prog.Program) Verdict {
	s.TornDown = s.shared == nil
	defer func() { s.TornDown = false }()
	v := s.one(p, true)
	if v.Class == Agree {
		return s.pristine(v)
	}
	return v
}

// Covers tells whether the library in this program can tell what of it ran.
func (s *Session) Covers() bool { return s.Sites() > 0 }

// Sites is how many places the library in this program can tell of that they ran; 0 in most programs.
func (s *Session) Sites() int { return len(s.c.ref.Sites()) }

// Recorded runs a program and keeps all results, for Recording and the report.
func (s *Session) Recorded(p *prog.Program) Verdict {
	s.Record = true
	defer func() { s.Record = false }()
	return s.Check(p)
}

// Ran is the program of which a verdict tells: the one that was given, or what is left of it where a library lacks
// something. It is for the time until the next run.
func (s *Session) Ran(given *prog.Program, v *Verdict) *prog.Program {
	if len(v.Left) > 0 {
		return s.ran
	}
	return given
}

// Code is the lowered form of the last program.
func (s *Session) Code() *prog.Code { return &s.code }
