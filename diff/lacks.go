// What a library that is opened at run time does not have. See doc.go for an overview.

package diff

import (
	"fmt"

	"midiff/diff/prog"
)

// noFunction stands for operations that are the rig's.
const noFunction = "-"

// cFunctions are the functions that operations call whose names are others.
var cFunctions = map[string]string{
	"exit": "thread_done", "exit_once": "thread_done", "clock": noFunction, "barrier": noFunction, "bulk": "malloc",
	"bulk_free": "free", "defer_free": "register_deferred_free", "option_set": noFunction, "option_get": noFunction,
	"option_is_enabled": noFunction,
	// Some versions have characters of four bytes, and which cannot be seen.
	"wcsdup": "wcsdup with characters of two bytes",
}

// lacks names the function that an operation calls, without mi_, if the library does not have it, else "".
func (s *SharedSubject) lacks(op string) string { return lacks(s.Library.Has, op) }

func lacks(has func(string) bool, op string) string {
	if cFunctions[op] != "" {
		op = cFunctions[op]
	}
	if op == noFunction || has(op) {
		return ""
	}
	return op
}

// Fit gives a program without what the library lacks, operations and options, and counts that by name. One that lacks
// nothing is given as it is.
func (s *SharedSubject) Fit(p *prog.Program) (*prog.Program, map[string]int) {
	left := map[string]int{}
	drops := make([]bool, len(p.Ops))
	for i := range p.Ops {
		if what := s.missing(&p.Ops[i]); what != "" {
			drops[i] = true
			left[what]++
		}
	}
	var options []prog.Option
	for _, o := range p.Options {
		if s.Library.HasOption(o.Name) {
			options = append(options, o)
		} else {
			left["option "+o.Name]++
		}
	}
	if len(left) == 0 {
		return p, nil
	}
	q := p.Renamed().Without(func(op int) bool { return drops[op] })
	q.Options = options
	return q, left
}

// missing names what an operation needs and the library does not have, "" for nothing.
func (s *SharedSubject) missing(o *prog.Op) string {
	if s.lacks(o.Name()) != "" {
		return o.Name()
	}
	if name := prog.OptionNames; prog.Table[o.Kind].Group == prog.Options && !s.Library.HasOption(name[o.Num[0]]) {
		return "option " + name[o.Num[0]]
	}
	return ""
}

// lacking tells of the first operation of a program that the library does not have.
func (s *SharedSubject) lacking(p *prog.Program) error {
	return lacking(s.Library.Has, s.Library.Release(), p)
}

func lacking(has func(string) bool, release string, p *prog.Program) error {
	for i := range p.Ops {
		o := &p.Ops[i]
		if name := lacks(has, o.Name()); name != "" {
			return fmt.Errorf("line %d: %s: the library (mimalloc %s) has no mi_%s: take the operation out, or open another library",
				o.Line, p.OpText(i), release, name)
		}
	}
	return nil
}

// Lacks lists the operations of a profile that the library does not have, in one of their forms, for prog.GenConfig.
func (s *SharedSubject) Lacks(profile string) []string { return allLacks(s.Library.Has, profile) }

func allLacks(has func(string) bool, profile string) (all []string) {
	for k := range prog.Table {
		row := &prog.Table[k]
		if !row.In(profile) || row.Group == prog.Meeting {
			continue
		}
		if lacks(has, row.Name) != "" || row.Heaped && lacks(has, "heap_"+row.Name) != "" {
			all = append(all, row.Name)
		}
	}
	return all
}
