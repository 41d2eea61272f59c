// Operations that set options: to what, and when. See doc.go for an overview.

package diff

import "midiff/diff/prog"

// setting says to what an operation sets an option.
type setting struct {
	to      func(s *prog.Step) uint64 // nil: the second number
	ifUnset bool                      // only if it was not set before
}

func one(*prog.Step) uint64  { return 1 }
func none(*prog.Step) uint64 { return 0 }

var settingOps = map[string]setting{
	"option_set_default": {ifUnset: true}, "option_set_enabled_default": {ifUnset: true},
	"option_enable": {to: one}, "option_disable": {to: none},
}

var kindSetHandler = mustKind("set_new_handler")

// sets takes in an operation that sets an option.
func (m *model) sets(ru *rule, s *prog.Step) {
	value := s.B
	if ru.sets.to != nil {
		value = ru.sets.to(s)
	}
	switch o := &m.options[s.A]; {
	case !ru.sets.ifUnset:
		m.setOption(s.A, value)
	case !o.set:
		o.value, o.known = value, true
		m.limit(s.A, value)
	}
}
