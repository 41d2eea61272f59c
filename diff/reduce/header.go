// The pass over options, faults and the profile. See doc.go for an overview.

package reduce

import (
	"slices"

	"midiff/diff/prog"
)

var kindOptionSet = mustKind("option_set")

// lessHeader takes options and faults away and makes what is left plain.
func lessHeader(c *cursor) {
	if p := *c.Best(); p.Profile != prog.Profiles[0] {
		p.Profile = prog.Profiles[0]
		offer(c, &p)
	}
	for i := len(c.Best().Options) - 1; i >= 0; i-- {
		p := *c.Best()
		p.Options = slices.Delete(slices.Clone(p.Options), i, i+1)
		c.Try(&p)
	}
	for i := len(c.Best().Faults) - 1; i >= 0; i-- {
		p := *c.Best()
		p.Faults = slices.Delete(slices.Clone(p.Faults), i, i+1)
		if !c.Try(&p) {
			faultChanged(c, i, func(f *prog.Fault) { f.Sticky = false })
		}
	}
	for i := len(c.Best().Ops) - 1; i >= 0; i-- {
		if i < len(c.Best().Ops) && c.Best().Ops[i].Kind == kindOptionSet {
			intoHeader(c, i)
		}
	}
}

// intoHeader sets an option from the start instead of by an operation.
func intoHeader(c *cursor, op int) {
	p := *c.Best()
	o := p.Ops[op]
	option := prog.Option{Name: prog.OptionNames[o.Num[0]], Value: int64(o.Num[1])}
	p.Options = append(slices.DeleteFunc(slices.Clone(p.Options), func(had prog.Option) bool {
		return had.Name == option.Name
	}), option)
	p.Ops = slices.Delete(slices.Clone(p.Ops), op, op+1)
	offer(c, &p)
}

// optionChanged offers the best with another value of an option.
func optionChanged(c *cursor, i int, value int64) bool {
	p := *c.Best()
	p.Options = slices.Clone(p.Options)
	p.Options[i].Value = value
	return offer(c, &p)
}

// faultChanged offers the best with one fault changed, if it is still a program.
func faultChanged(c *cursor, i int, change func(f *prog.Fault)) bool {
	p := *c.Best()
	p.Faults = slices.Clone(p.Faults)
	change(&p.Faults[i])
	return offer(c, &p)
}
