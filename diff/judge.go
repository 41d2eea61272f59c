// The model's judgement: a result against the contract, before it is taken in. See doc.go for an
// overview.

package diff

import (
	"math/bits"
	"slices"

	"midiff/diff/prog"
)

// finding is what an oracle found; the zero value is nothing.
type finding struct {
	oracle Oracle
	field  Field
}

// check judges a result of step s, given the state before it. It changes nothing.
func (m *model) check(s *prog.Step, r *Result) finding {
	if r.Bad != 0 || r.BadWhat != 0 {
		return badFinding(r.BadWhat)
	}
	ru := &rules[s.Kind]
	if (r.Errors != 0 || r.Errno != 0) && !m.outcomes && !m.mayComplain(ru, r) {
		return finding{Messages, FieldErrors}
	}
	switch ru.promise {
	case gives:
		return m.checkRoom(ru, s, r)
	case moves:
		return m.checkMove(ru, s, r)
	case newHeap:
		return m.checkHeap(r)
	case tellsAny, visitsLeft:
		return m.checkLater(ru, s, r)
	case newArena:
		return m.checkArena(s, r)
	case addsArena:
		return m.checkAdded(s, r, added(ru, r))
	case tellsArea:
		return m.checkArea(s, r)
	case fits:
		return m.checkFit(s, r)
	case measures:
		if b := m.source(s.Src); r.Value != b.usable && (!m.outcomes || r.Value < b.asked) {
			return finding{Usable, FieldValue}
		}
		r = &Result{}
	case rounds:
		if f := m.checkGood(s.A, r.Value); f.oracle != NoOracle {
			return f
		}
		r = &Result{}
	case sweepHeap:
		return m.checkSweep(s, r)
	case picksHeap:
		return finding{}
	case tellsHeap:
		return m.checkTold(ru, s, r)
	case visits:
		return m.checkVisits(s, r)
	case tellsOption:
		if o := &m.options[s.A]; o.known && r.Value != o.told(ru) {
			return finding{ResultValue, FieldValue}
		}
		r = &Result{Usable: r.Usable, Null: r.Null}
	case inRegion:
		if want := m.mapped(s); r.Value&^askNext != want && (!m.outcomes || r.Value&askFirst != want&askFirst) {
			return finding{ResultValue, FieldValue}
		}
		r = &Result{Usable: r.Usable, Null: r.Null}
	case owns:
		if want, may := m.answer(ru, s); r.Value != want && (!may || r.Value != 0) {
			return finding{Owner, FieldValue}
		}
		r = &Result{Usable: r.Usable, Null: r.Null}
	}
	if r.Value != 0 || r.Usable != 0 || r.Null != 0 {
		return finding{ResultValue, FieldValue}
	}
	return finding{}
}

func badFinding(w uint8) finding {
	switch w {
	case BadZero:
		return finding{Zero, FieldContents}
	case BadPreserve:
		return finding{Preserve, FieldContents}
	case BadInside:
		return finding{Invariant, FieldState}
	case BadCrash:
		return finding{Crash, FieldNone}
	case BadAssertion:
		return finding{Assertion, FieldNone}
	}
	return finding{Contents, FieldContents}
}

// mayComplain tells whether an error message is in order: something failed.
func (m *model) mayComplain(ru *rule, r *Result) bool {
	return m.os.refused || m.os.blind || m.limited || ru.resultIsRoom && r.Null != 0 || m.deferred.mayFail ||
		mayNotVisit(ru, r)
}

// checkRoom judges a block that is new: its address is not that of the block operand.
func (m *model) checkRoom(ru *rule, s *prog.Step, r *Result) finding {
	q := m.request(ru, s)
	if r.Null != 0 || r.Value == 0 {
		if q.legal && !q.beyond && !m.mayRefuse(s, &q) {
			return finding{Null, FieldNull}
		}
		if r.Usable != m.code(ru, s) && !m.outcomes {
			return finding{ErrorCode, FieldErrno}
		}
		return finding{}
	}
	switch {
	case !q.legal:
		return finding{Null, FieldNull}
	case r.Usable < q.size:
		return finding{Usable, FieldUsable}
	case !q.aligned(r.Value):
		return finding{Align, FieldValue}
	case !m.os.holds(r.Value, max(r.Usable, 1)):
		return finding{Mapped, FieldValue}
	case m.arenas.known > 0 && m.misplaced(m.arenaOf(s), span{r.Value, r.Value + max(r.Usable, 1)}):
		return finding{Arena, FieldValue}
	}
	if m.padded {
		return checkExact(&q, r)
	}
	if !q.asked && q.size <= m.goodLimit() && !m.outcomes {
		if e := m.good[q.size]; e.run == m.run && uint64(e.usable) != r.Usable {
			return finding{GoodSize, FieldUsable}
		}
	}
	return finding{}
}

// handlerCalls is how often the handler has been called when s gives null.
func (m *model) handlerCalls(ru *rule, s *prog.Step) uint64 {
	switch {
	case m.handler == prog.HandlerNone || m.nullHeap(s):
		return 0
	case m.handler == prog.HandlerRetries && !(ru.counted && overflows(s)):
		return prog.HandlerTries + 1
	}
	return 1
}

func overflows(s *prog.Step) bool {
	hi, _ := bits.Mul64(s.A, s.B)
	return hi != 0
}

// checkExact judges the usable size of a padded block that was asked for without an alignment.
func checkExact(q *request, r *Result) finding {
	want := q.size
	if want == 0 {
		want = emptyPadded
	}
	if !q.asked && r.Usable != want {
		return finding{Usable, FieldUsable}
	}
	return finding{}
}

// mayRefuse tells whether a legal request may give null in this step.
func (m *model) mayRefuse(s *prog.Step, q *request) bool {
	return m.os.refused || m.os.blind || m.nullHeap(s) || m.mayLack(m.arenaOf(s), q) || m.mayNotPass(s)
}

// mayLack tells whether there may be no room in an arena, 1 + its slot, or, for 0, anywhere.
func (m *model) mayLack(bound uint32, q *request) bool {
	if bound != 0 {
		return m.unplaced || m.outcomes || !m.roomIn(bound, q)
	}
	return m.limited
}

func (m *model) checkMove(ru *rule, s *prog.Step, r *Result) finding {
	b := m.source(s.Src)
	if b.addr == 0 || r.Value != b.addr {
		return m.checkRoom(ru, s, r)
	}
	q := m.request(ru, s)
	switch {
	case !q.legal || r.Null != 0:
		return finding{Null, FieldNull}
	case r.Usable < q.size || r.Usable != b.usable && !m.outcomes:
		return finding{Usable, FieldUsable}
	case !q.aligned(r.Value) && (q.asked || !b.atOffset):
		return finding{Align, FieldValue}
	}
	return finding{}
}

// skewedBefore tells which known finding explains a misaligned block: one that was misaligned when it
// was made and has been resized in place.
func (m *model) skewedBefore(s *prog.Step, r *Result) (known int, ok bool) {
	b := m.operand(s)
	return int(b.skewed) - 1, b.skewed != 0 && r.Value == b.addr
}

func (m *model) checkFit(s *prog.Step, r *Result) finding {
	b := m.source(s.Src)
	want := Result{Value: b.addr, Usable: b.usable}
	if b.addr == 0 || m.padded || s.A > b.usable {
		want = Result{Null: 1, Usable: rules[s.Kind].code(s)}
	}
	switch {
	case m.outcomes && r.Null != 0:
		return finding{}
	case m.outcomes && b.addr != 0 && r.Usable >= s.A:
		want = Result{Value: b.addr, Usable: r.Usable}
	}
	switch {
	case r.Null != want.Null:
		return finding{Null, FieldNull}
	case r.Value != want.Value:
		return finding{ResultValue, FieldValue}
	case want.Null != 0 && r.Usable != want.Usable:
		return finding{ErrorCode, FieldErrno}
	case r.Usable != want.Usable:
		return finding{Usable, FieldUsable}
	}
	return finding{}
}

// checkGood judges good_size(n). Sizes that cannot be allocated have no good size.
func (m *model) checkGood(n, good uint64) finding {
	if n > maxSize {
		return finding{}
	}
	if good < n {
		return finding{GoodSize, FieldValue}
	}
	if n <= m.goodLimit() && !m.padded && !m.outcomes {
		if e := m.good[n]; e.run == m.run && uint64(e.usable) != good {
			return finding{GoodSize, FieldValue}
		}
	}
	return finding{}
}

func (m *model) checkHeap(r *Result) finding {
	switch {
	case r.Null != 0 || r.Value == 0:
		if !m.os.refused && !m.os.blind && !m.limited {
			return finding{Null, FieldNull}
		}
	case r.Value%smallestAligned != 0:
		return finding{Align, FieldValue}
	case !m.os.holds(r.Value, heapRecord):
		return finding{Mapped, FieldValue}
	case m.misplaced(0, span{r.Value, r.Value + heapRecord}): // the backing heap's
		return finding{Arena, FieldValue}
	}
	return finding{}
}

// checkTold judges which heap a thread says it has.
func (m *model) checkTold(ru *rule, s *prog.Step, r *Result) finding {
	switch {
	case r.Null != 0 || r.Value == 0:
		if r.Value != 0 || !m.os.refused && !m.os.blind && !m.limited {
			return finding{Null, FieldNull}
		}
	case r.Usable != 0:
		return finding{ResultValue, FieldUsable}
	case ru.name == "heap_get_default" && m.defaults[s.Thread] != 0:
		if r.Value != m.recordOf(m.defaults[s.Thread]) {
			return finding{Owner, FieldValue}
		}
	case s.Thread == 0 || r.Value == mainHeapName:
		if s.Thread != 0 || r.Value != mainHeapName {
			return finding{Owner, FieldValue}
		}
	case m.backing[s.Thread] != 0 && r.Value != m.backing[s.Thread]:
		return finding{Owner, FieldValue}
	case m.backing[s.Thread] == 0 && slices.Contains(m.backing[:], r.Value):
		return finding{Owner, FieldValue}
	case !m.os.holds(r.Value, heapRecord):
		return finding{Mapped, FieldValue}
	}
	return finding{}
}

func (m *model) checkSweep(s *prog.Step, r *Result) finding {
	count, mix := m.owned(m.heaps[s.Heap].birth)
	if m.heaps[s.Heap].kept {
		count, mix = 0, 0
	}
	if r.Value != count || r.Usable != mix {
		return finding{Owner, FieldValue}
	}
	if r.Null != 0 {
		return finding{ResultValue, FieldNull}
	}
	return finding{}
}

// checkDropped judges what the step gave back to the OS, given the state after it: nothing that is
// live may lie there. What the step itself made is left out: its memory may have been given back and
// taken again within the step.
func (m *model) checkDropped(s *prog.Step) finding {
	made, madeHeap := s.Dst, prog.NoSlot
	if rules[s.Kind].promise == newHeap {
		made, madeHeap = prog.NoSlot, s.Dst
	}
	for _, d := range m.os.dropped {
		if !m.regions.any(d) {
			continue
		}
		if _, ok := m.meets(d.start, d.end-d.start, made); ok {
			return finding{Mapped, FieldCalls}
		}
		if h, ok := m.meetsHeap(d.start, d.end-d.start); ok && h != madeHeap {
			return finding{Mapped, FieldCalls}
		}
	}
	return finding{}
}

// blame judges the result of one side where the sides differ. Unlike check it looks for overlap too.
func (m *model) blame(s *prog.Step, r *Result) finding {
	f := m.check(s, r)
	if f.oracle != NoOracle || r.Value == 0 {
		return f
	}
	switch ru := &rules[s.Kind]; {
	case ru.promise == newHeap && m.regions.any(span{r.Value, r.Value + heapRecord}),
		(ru.promise == gives || ru.promise == moves && r.Value != m.source(s.Src).addr) &&
			m.regions.any(span{r.Value, r.Value + max(r.Usable, 1)}):
		return finding{Overlap, FieldValue}
	}
	return f
}
