// Programs of one version made into those of another. See doc.go for an overview.

package prog

import "slices"

// renamed are the options of 2.0 that later versions have by other names.
var renamed = map[string]string{
	"decommit_delay": "purge_delay", "decommit_extend_delay": "purge_extend_delay",
	"abandoned_page_decommit": "abandoned_page_purge", "limit_os_alloc": "disallow_os_alloc",
}

// As gives the program as one of a profile, ported if that is of a later version. The error says why there is no such
// program.
func (p *Program) As(profile string) (*Program, error) {
	if IsLater(profile) {
		return p.Ported(profile)
	}
	q := *p
	q.Profile = profile
	return &q, q.Check()
}

// Ported gives the program as one of a profile of Later: options have the names that they have there, and those that
// there are none of are left out. The error says why there is no such program.
func (p *Program) Ported(profile string) (*Program, error) {
	q := *p
	q.Profile, q.Options, q.Ops = profile, nil, slices.Clone(p.Ops)
	names := optionNamesOf(profile)
	for _, o := range p.Options {
		if to, ok := renamed[o.Name]; ok {
			o.Name = to
		}
		if slices.Contains(names, o.Name) {
			q.Options = append(q.Options, o)
		}
	}
	kept := q.Ops[:0]
	for _, o := range q.Ops {
		if row := &Table[o.Kind]; row.Group == Options {
			name := OptionNames[o.Num[0]]
			if to, ok := renamed[name]; ok {
				name = to
			}
			if !slices.Contains(names, name) {
				continue
			}
			o.Num[0] = uint64(slices.Index(OptionNames, name))
		}
		kept = append(kept, o)
	}
	q.Ops = kept
	return &q, q.Check()
}
