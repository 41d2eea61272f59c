// Recording traces, and running goalloc against them. See doc.go for an overview.

package diff

import (
	"errors"
	"fmt"

	"midiff/diff/prog"
	"midiff/goalloc"
)

// Recorder records what a library does.
type Recorder struct {
	c    *SharedSubject
	code prog.Code
}

// NewRecorder opens the library at a path.
func NewRecorder(path string) (*Recorder, error) {
	c, err := NewShared(path)
	if err != nil {
		return nil, err
	}
	return &Recorder{c: c}, nil
}

// Library is what is recorded.
func (r *Recorder) Library() *SharedSubject { return r.c }

// Record runs a program and gives its trace. A program that is not for the library's version is an error; so is one
// in which the library stops, or changes what it has given to the program.
func (r *Recorder) Record(p *prog.Program) (*Trace, error) {
	if r.c.Profiles() == nil {
		return nil, fmt.Errorf("mimalloc %s: there is no profile of it", r.c.Library.Release())
	}
	if err := r.c.Use(p.Profile); err != nil {
		return nil, err
	}
	if err := r.c.lacking(p); err != nil {
		return nil, err
	}
	p.LowerInto(&r.code)
	if n := len(r.code.Steps); n > 0 {
		r.code.Steps[n-1].Flags |= FlagVerify
	}
	if err := r.c.Begin(&r.code); err != nil {
		return nil, err
	}
	defer r.c.Reset()
	t := &Trace{Program: p, Source: "mimalloc " + r.c.Library.Release(), Results: make([]Result, len(r.code.Steps))}
	r.c.Run(r.code.Steps, t.Results)
	for i := range t.Results {
		if t.Results[i].Bad != 0 {
			s := &r.code.Steps[i]
			return nil, fmt.Errorf("%s: %s\n%s", p.OpText(int(s.Op)), brief(&t.Results[i], s), r.c.Message())
		}
	}
	t.Stats, _, _ = r.c.Totals()
	return t, r.c.problem
}

// recorded is a trace in the place of an allocator.
type recorded struct {
	*GoSubject // what a trace does not hold is taken for what goalloc has
	t          *Trace
	at         int
}

// Begin implements Subject.
func (r *recorded) Begin(*prog.Code) error {
	r.at = 0
	return nil
}

// Run implements Subject.
func (r *recorded) Run(_ []prog.Step, out []Result) { r.at += copy(out, r.t.Results[r.at:]) }

// Reset implements Subject.
func (r *recorded) Reset() {}

// Totals implements teller.
func (r *recorded) Totals() ([]Stat, bool, bool) {
	return r.t.Stats, false, len(r.t.Stats) > 0 || prog.IsLater(r.t.Program.Profile)
}

// Use implements Subject.
func (r *recorded) Use(string) error { return nil }

// Fingerprint implements Subject.
func (r *recorded) Fingerprint() uint64 { return 0 }

// Replayer runs goalloc against traces.
type Replayer struct {
	*Engine
	side *recorded
	code prog.Code
}

// ErrNoProfile says that goalloc has no profile of what was recorded.
var ErrNoProfile = errors.New("goalloc has no such profile")

// NewReplayer makes a replayer for traces of a profile.
func NewReplayer(profile string) (*Replayer, error) {
	if _, err := goalloc.ProfileByName(profile); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoProfile, err)
	}
	g, err := NewGo()
	if err != nil {
		return nil, err
	}
	r := &Replayer{side: &recorded{GoSubject: g}}
	r.Engine = newEngineOf(r.side, g, nil)
	r.SidesOnly = true
	return r, nil
}

// Check runs goalloc on the program of a trace and compares what it gives with what was recorded.
func (r *Replayer) Check(t *Trace) Verdict {
	r.side.t = t
	t.Program.LowerInto(&r.code)
	return r.Run(&r.code)
}

// Close gives the address space back.
func (r *Replayer) Close() error { return r.side.GoSubject.Close() }

// Tell writes about a verdict: where it differs, and what was recorded and what goalloc gave.
func (r *Replayer) Tell(name string, t *Trace, v *Verdict) string {
	if v.Div == nil {
		return fmt.Sprintf("%s: %s: %s", name, v.Class, v.Reason)
	}
	s := &r.code.Steps[v.Div.Step]
	before := t.before(v.Div.Step)
	text := fmt.Sprintf("%s:%d: %s\n  %s\n  recorded  %s\n  goalloc   %s", name, t.Program.Ops[v.Div.Op].Line,
		v.Div.Signature, t.Program.OpText(v.Div.Op), resultText(s, before, &v.Div.C), resultText(s, before, &v.Div.Go))
	for _, line := range r.rec.State {
		text += "\n  " + line
	}
	if v.Div.Oracle == OSTrace {
		for _, c := range r.side.Calls(int(before.OSCalls)) {
			if int(c.Step) == v.Div.Step {
				text += "\n            " + callText(&c)
			}
		}
	}
	return text
}

// DrawForTrace draws a program of a profile that is worth recording: over all operations, with 1 to 4 threads.
func DrawForTrace(seed uint64, profile string) *prog.Program {
	cfg := prog.GenConfig{
		Ops: 24 + int(seed*7%48), Threads: 1 + int(seed%4), Profile: profile, Heaps: true, Arenas: true, Aligned: true,
		Exits: seed%4 != 0, Options: true, Faults: seed%5 == 0, MaxLive: 64 << 20, MaxBulk: 160,
	}
	if seed%3 == 0 {
		cfg.MaxSize = 128 << 10
	}
	return prog.Generate(seed, cfg)
}
