// What the contract says, in words, for the report. See doc.go for an overview.

package diff

import (
	"fmt"

	"midiff/diff/prog"
)

// PlaceName writes a relative address as segment and offset, so that both sides' places read alike.
func PlaceName(a uint64) string {
	switch {
	case a == 0:
		return "null"
	case a >= mainSize:
		return fmt.Sprintf("small+0x%x", a-mainSize)
	}
	return fmt.Sprintf("seg%d+0x%x", a>>segmentShift, a&(segmentSize-1))
}

// expect says what the contract asks of the result of s, given the state before it.
func (m *model) expect(s *prog.Step) string {
	ru := &rules[s.Kind]
	b := m.operand(s)
	switch ru.promise {
	case gives, moves:
		q := m.request(ru, s)
		if m.empties(ru, s) {
			return "null" + m.withCode(ru, s) + ", and the block ends"
		}
		if !q.legal {
			return "null, since the request is illegal" + m.withCode(ru, s)
		}
		text := fmt.Sprintf("usable size at least %d, address a multiple of %d", q.size, q.align)
		if q.offset != 0 {
			text += fmt.Sprintf(" less %d", q.offset)
		}
		if q.beyond || m.mayRefuse(s, &q) {
			text = "null" + m.withCode(ru, s) + ", or " + text
		}
		if b.addr != 0 {
			text += "; it was " + b.String()
		}
		return text
	case fits:
		if b.addr == 0 || s.A > b.usable {
			return "null"
		}
		return fmt.Sprintf("%s, usable size %d", PlaceName(b.addr), b.usable)
	case measures:
		return fmt.Sprintf("%d, as when the block was made", b.usable)
	case rounds:
		return m.expectGood(s.A)
	case newHeap:
		return "a heap"
	case visits:
		m.pieces(s)
		text := fmt.Sprintf("all told, the %d live blocks of the heap and no others", m.musts())
		if n := uint64(len(m.lives)) - m.musts(); n > 0 {
			text += fmt.Sprintf(", but for %d of ended threads", n)
		}
		return text
	case tellsOption:
		if o := &m.options[s.A]; o.known {
			return fmt.Sprint(int64(o.told(ru)))
		}
	case tellsHeap:
		return m.expectTold(ru, s)
	case inRegion:
		return answerText(ru, m.mapped(s))
	case owns:
		want, may := m.answer(ru, s)
		if may {
			return "no, or " + answerText(ru, want)
		}
		return answerText(ru, want)
	case newArena, addsArena:
		return m.expectArena(s)
	case tellsArea:
		a := &m.arenas.slots[s.Src]
		return fmt.Sprintf("%s, %d bytes", PlaceName(a.start), a.size)
	case sweepHeap:
		count, _ := m.owned(m.heaps[s.Heap].birth)
		return fmt.Sprintf("the %d blocks of the heap end", count)
	}
	return ""
}

// withCode says which error code goes with null, of operations that give one.
func (m *model) withCode(ru *rule, s *prog.Step) string {
	if ru.codes == noCode {
		return ""
	}
	return fmt.Sprintf(" with code %d", m.code(ru, s))
}

func (m *model) expectTold(ru *rule, s *prog.Step) string {
	own := m.backing[s.Thread]
	switch {
	case ru.name == "heap_get_default" && m.defaults[s.Thread] != 0:
		return "the heap at " + PlaceName(m.recordOf(m.defaults[s.Thread]))
	case s.Thread == 0:
		return "the main heap"
	case own != 0:
		return "the heap at " + PlaceName(own)
	}
	return "a heap that is no other thread's"
}

// String says what the model knows of a live block.
func (b *block) String() string {
	zeroed := ""
	if b.zeroed {
		zeroed = "zeroed "
	}
	return fmt.Sprintf("%d %sbytes that t%d asked for at a multiple of %d, usable %d at %s", b.asked,
		zeroed, b.thread, uint64(1)<<b.align, b.usable, PlaceName(b.addr))
}

// operand gives the block operand of s, a null block where it has none.
func (m *model) operand(s *prog.Step) *block {
	switch rules[s.Kind].promise {
	case moves, fits, measures, frees, owns, inRegion, queues:
		return m.source(s.Src)
	}
	return &nullBlock
}

func (m *model) expectGood(n uint64) string {
	if n <= goodLimit {
		if e := m.good[n]; e.run == m.run {
			return fmt.Sprintf("%d, as earlier in this run", e.usable)
		}
	}
	return fmt.Sprintf("at least %d", n)
}

// explain says what the contract asks where both sides break it with result r.
func (m *model) explain(s *prog.Step, r *Result, f finding) string {
	switch f.oracle {
	case Contents:
		return "every live block holds what was last written to it"
	case Zero:
		return "the block reads zero where the operation promises it"
	case Preserve:
		return "a moved block holds what its old place held"
	case Crash:
		return "no operation stops the allocator"
	case Assertion:
		return "what the allocator asserts of itself is true"
	case Messages:
		return "no error, since nothing failed"
	case Deferred:
		return m.expectCallbacks(s)
	case Overlap:
		return m.explainOverlap(s, r)
	case Mapped:
		return m.explainMapped(s, r, f)
	case Arena:
		return m.explainArena(s)
	case Null:
		if r.Null != 0 && f.oracle == Null && rules[s.Kind].promise != fits {
			return "not null: the system refused nothing in this operation and the request is legal"
		}
	case GoodSize:
		if f.field == FieldUsable {
			return "usable size " + m.expectGood(m.request(&rules[s.Kind], s).size)
		}
	}
	return m.expect(s)
}

func (m *model) explainOverlap(s *prog.Step, r *Result) string {
	size := max(r.Usable, 1)
	if rules[s.Kind].promise == newHeap {
		size = heapRecord
	}
	except := s.Dst
	if rules[s.Kind].promise == newHeap {
		except = prog.NoSlot
	}
	if slot, ok := m.meets(r.Value, size, except); ok {
		b := &m.blocks[slot]
		return fmt.Sprintf("no byte shared with a live block; slot %d is %s", slot, b)
	}
	return "no byte shared with a live heap record or, in a move, with the old place"
}

func (m *model) expectArena(s *prog.Step) string {
	switch size := m.arenaSize(s); {
	case size == 0 || m.noMoreArenas():
		return "no arena"
	case m.mayRefuseArena():
		return "an arena, or none"
	default:
		return fmt.Sprintf("arena %d, of %d bytes", m.arenas.count+1, size)
	}
}

func (m *model) explainArena(s *prog.Step) string {
	if bound := m.arenaOf(s); bound != 0 && rules[s.Kind].promise != newHeap {
		a := &m.arenas.slots[bound-1]
		return fmt.Sprintf("a place in the arena of the heap: %s, %d bytes", PlaceName(a.start), a.size)
	}
	if promise := rules[s.Kind].promise; promise == newArena || promise == tellsArea {
		return m.expect(s)
	}
	return "a place in no exclusive arena"
}

func (m *model) explainMapped(s *prog.Step, r *Result, f finding) string {
	if f.field == FieldValue {
		return fmt.Sprintf("all of %s+%d in committed memory", PlaceName(r.Value), r.Usable)
	}
	for _, d := range m.os.dropped {
		if slot, ok := m.meets(d.start, d.end-d.start, s.Dst); ok {
			b := &m.blocks[slot]
			return fmt.Sprintf("memory of live blocks kept; %s+%d was given back, and slot %d is %s",
				PlaceName(d.start), d.end-d.start, slot, b)
		}
	}
	return "memory of live heap records kept"
}
