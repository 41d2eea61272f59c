// What the contract says of operations that only later versions have. See doc.go for an overview.

package diff

import (
	"math/bits"
	"slices"

	"midiff/diff/prog"
)

// visitOption is the option that allows visits of abandoned segments.
var visitOption = uint64(slices.Index(prog.OptionNames, "visit_abandoned"))

// efault is the error of a visit that is not allowed.
const efault = 14

// eoverflow is the code of a product that does not fit.
const eoverflow = 75

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

// request is what a step asks for, as the profile has it.
func (m *model) request(ru *rule, s *prog.Step) request {
	q := ru.requestIn(m.later, s)
	if m.outcomes && ru.alignAt >= 0 {
		if align := number(s, ru.alignAt); align == 0 || align&(align-1) != 0 || ru.codes == posixCode && align%8 != 0 {
			q.legal, q.beyond, q.align = true, true, 1
		}
	}
	if m.outcomes && ru.viaPointer && (s.A == 0 || s.B == 0) {
		q.legal, q.beyond = true, true // a block, or none
	}
	return q
}

// requestIn is request in a profile of a later version or not.
func (r *rule) requestIn(later bool, s *prog.Step) request {
	q := r.request(s)
	if later && (q.size > largestLater || r.viaPointer && (s.A == 0 || s.B == 0)) {
		q.legal = false
	}
	return q
}

// empties tells of a step that is to free its block, and succeeds with null.
func (m *model) empties(ru *rule, s *prog.Step) bool { return ru.empties(m.later, s) }

// empties is that in a profile of a later version or not.
func (r *rule) empties(later bool, s *prog.Step) bool {
	return later && r.viaPointer && s.A == 0 && s.B != 0
}

// code is the error code of a null result, as the profile has it.
func (m *model) code(ru *rule, s *prog.Step) uint64 {
	if ru.codes == handlerCode {
		return m.handlerCalls(ru, s)
	}
	if !m.later || ru.codes != memoryCode {
		return ru.code(s)
	}
	over, _ := bits.Mul64(s.A, s.B)
	switch {
	case ru.viaPointer && s.B == 0:
		return uint64(prog.Einval)
	case m.empties(ru, s):
		return 0
	case over != 0:
		return eoverflow
	}
	return uint64(prog.Enomem)
}
