// What the contract says of operations that only later versions have. See doc.go for an overview.

package diff

import (
	"slices"

	"midiff/diff/prog"
)

// visitOption is the option that allows visits of abandoned segments.
var visitOption = uint64(slices.Index(prog.OptionNames, "visit_abandoned"))

// efault is the error of a visit that is not allowed.
const efault = 14

// checkLater judges what is compared between the sides and not promised.
func (m *model) checkLater(ru *rule, s *prog.Step, r *Result) finding {
	switch {
	case ru.promise == visitsLeft && (r.Null != 0) != (m.options[visitOption].value == 0):
		return finding{ResultValue, FieldNull}
	case ru.name == "subproc_new" && r.Null != 0 && !m.os.refused && !m.os.blind:
		return finding{Null, FieldNull}
	case ru.promise != visitsLeft && r.Usable != 0:
		return finding{ResultValue, FieldUsable}
	}
	return finding{}
}

// mayNotVisit tells of the error that a visit gives which is not allowed.
func mayNotVisit(ru *rule, r *Result) bool {
	return ru.promise == visitsLeft && r.Null != 0 && r.Errno == efault
}
