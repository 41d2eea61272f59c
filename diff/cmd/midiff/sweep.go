package main

import (
	"fmt"
	"os"
	"time"

	"midiff/corpus"
	"midiff/diff"
	"midiff/diff/prog"
)

// sweep lets every OS call of every smoke program fail in turn.
func (f *soakFlags) sweep() int {
	s, err := diff.NewSession(list(f.without)...)
	if err != nil {
		return fail(err)
	}
	defer s.Close()
	s.Careful = true
	if f.without == "" { // a quirk that is off changes the state by intent
		s.StateEvery = 1
	}
	t, begun := diff.NewTally(), time.Now()
	for i, file := range corpus.Programs("smoke") {
		if f.share >= 0 && i%f.jobs != f.share {
			continue
		}
		p, err := prog.Parse(file.Path(), file.Text)
		if err != nil {
			return fail(err)
		}
		p.Profile = f.profile
		if err := p.Check(); err != nil { // what the build does not take would end the sweep
			fmt.Fprintf(os.Stderr, "midiff: %s left out: %v\n", file.Path(), err)
			continue
		}
		s.Sweep(p, t)
		if t.Failed != nil {
			break
		}
	}
	t.Elapsed = time.Since(begun)
	code := exitAgree
	if t.Failed != nil {
		code = failed(s, t)
	}
	f.print(os.Stdout, t)
	return code
}
