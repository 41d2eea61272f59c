// The interpreter of the Go side, continued: options in the middle of a run. See doc.go for an overview.

package diff

import (
	"midiff/diff/prog"
	"midiff/goalloc"
)

// The names are those of the table of programs, and a test holds that goalloc has them all.

func (g *GoSubject) optionSet(_ *goalloc.Thread, s *prog.Step, _ *Result) {
	if err := g.proc.SetOption(prog.OptionNames[s.A], int64(s.B)); err != nil {
		panic(err)
	}
}

func (g *GoSubject) optionGet(_ *goalloc.Thread, s *prog.Step, r *Result) {
	v, err := g.proc.Option(prog.OptionNames[s.A])
	if err != nil {
		panic(err)
	}
	r.Value = uint64(v)
}

func (g *GoSubject) optionIsEnabled(_ *goalloc.Thread, s *prog.Step, r *Result) {
	on, err := g.proc.OptionIsEnabled(prog.OptionNames[s.A])
	if err != nil {
		panic(err)
	}
	if on {
		r.Value = 1
	}
}
