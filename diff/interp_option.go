// The interpreter of the Go side, continued: options in the middle of a run. See doc.go for an overview.

package diff

import (
	"midiff/diff/prog"
	"midiff/goalloc"
)

// The names are those of the table of programs, and a test holds that goalloc has them all.

func (g *GoSubject) optionSet(_ *goalloc.Thread, s *prog.Step, _ *Result) {
	must(g.proc.SetOption(prog.OptionNames[s.A], int64(s.B)))
}

func (g *GoSubject) optionGet(_ *goalloc.Thread, s *prog.Step, r *Result) {
	v, err := g.proc.Option(prog.OptionNames[s.A])
	must(err)
	r.Value = uint64(v)
}

func (g *GoSubject) optionIsEnabled(_ *goalloc.Thread, s *prog.Step, r *Result) {
	on, err := g.proc.OptionIsEnabled(prog.OptionNames[s.A])
	must(err)
	if on {
		r.Value = 1
	}
}

// must takes an error for a mistake of the rig.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

func (g *GoSubject) optionSetDefault(_ *goalloc.Thread, s *prog.Step, _ *Result) {
	must(g.proc.SetOptionDefault(prog.OptionNames[s.A], int64(s.B)))
}

func (g *GoSubject) optionSetEnabled(_ *goalloc.Thread, s *prog.Step, _ *Result) {
	must(g.proc.EnableOption(prog.OptionNames[s.A], s.B != 0))
}

func (g *GoSubject) optionSetEnabledDefault(_ *goalloc.Thread, s *prog.Step, _ *Result) {
	must(g.proc.EnableOptionDefault(prog.OptionNames[s.A], s.B != 0))
}

func (g *GoSubject) optionEnable(_ *goalloc.Thread, s *prog.Step, _ *Result) {
	must(g.proc.EnableOption(prog.OptionNames[s.A], true))
}

func (g *GoSubject) optionDisable(_ *goalloc.Thread, s *prog.Step, _ *Result) {
	must(g.proc.EnableOption(prog.OptionNames[s.A], false))
}
