// The model's update: what a step changes once its result is accepted. See doc.go for an overview.

package diff

import (
	"math/bits"

	"midiff/diff/prog"
)

// apply takes in the result of step s. Overlap is found here, since finding it and marking the new
// region are the same work.
func (m *model) apply(s *prog.Step, r *Result) finding {
	ru := &rules[s.Kind]
	switch ru.promise {
	case gives:
		m.passed(s)
		return m.give(ru, s, r)
	case moves:
		return m.move(ru, s, r)
	case frees:
		if s.Src != prog.NoSlot {
			m.dropBlock(&m.blocks[s.Src])
		}
	case registers:
		m.deferred.kind, m.deferred.mayFail = s.A, false
	case queues:
		m.queue(s)
	case rounds:
		if s.A <= goodLimit {
			m.good[s.A] = goodEntry{m.run, uint32(r.Value)}
		}
	case newHeap:
		return m.openHeap(ru, s, r)
	case newArena:
		return m.addArena(s, r)
	case addsArena:
		if added(ru, r) {
			m.arenas.count++
		}
	case endHeap:
		m.closeHeap(&m.heaps[s.Heap])
	case sweepHeap:
		m.sweep(s, r)
	case picksHeap:
		if !m.nullHeap(s) {
			m.defaults[s.Thread] = m.owner(s)
			if s.Heap == prog.BackingSlot {
				m.defaults[s.Thread] = 0
			}
			m.arenas.bound[s.Thread] = m.arenaOf(s)
		}
	case endThread:
		for i := range m.heaps {
			if h := &m.heaps[i]; h.birth != 0 && h.thread == s.Thread {
				m.closeHeap(h)
			}
		}
		m.defaults[s.Thread], m.backing[s.Thread] = 0, 0
		m.endOwn(s.Thread)
		m.deferred.end(s.Thread)
		m.arenas.end(s.Thread)
	case sets:
		m.sets(ru, s)
	case tidies:
		switch s.Kind {
		case kindSetHandler:
			m.handler = s.A
		case kindReduce:
			m.gaveUp[s.Thread] = true
		}
	case tellsOption:
		if ru.name == "option_get" {
			m.options[s.A].value, m.options[s.A].known = r.Value, true
		}
	case tellsHeap:
		if m.defaults[s.Thread] == 0 || ru.name == "heap_get_backing" {
			m.backing[s.Thread] = r.Value
		}
	}
	return finding{}
}

// give enters a new block.
func (m *model) give(ru *rule, s *prog.Step, r *Result) finding {
	if r.Value == 0 || s.Dst == prog.NoSlot {
		return finding{}
	}
	q := m.request(ru, s)
	if !q.asked && q.size <= goodLimit {
		m.good[q.size] = goodEntry{m.run, uint32(r.Usable)}
	}
	b := &m.blocks[s.Dst]
	*b = block{
		addr: r.Value, asked: q.size, usable: r.Usable, owner: m.owner(s),
		align: uint8(bits.TrailingZeros64(q.align)), thread: s.Thread, zeroed: s.Kind.Row().Zeroes, skewed: m.skewed,
		atOffset: q.offset != 0,
	}
	m.skewed = 0
	if m.arenas.known > 0 {
		m.touch(span{b.addr, b.addr + m.taken(b)})
	}
	if m.mark(b.addr, max(b.usable, 1)) {
		return finding{}
	}
	b.loose = true
	return finding{Overlap, FieldValue}
}

// mark adds a live region; false if it overlaps another or lies nowhere.
func (m *model) mark(a, size uint64) bool {
	return a < spaceSize && size <= spaceSize-a && m.regions.add(a, size)
}

// move enters what a realloc did: the block stays, moves, or on failure stays or ends.
func (m *model) move(ru *rule, s *prog.Step, r *Result) finding {
	if s.Src == prog.NoSlot || m.blocks[s.Src].addr == 0 {
		return m.give(ru, s, r)
	}
	old := m.blocks[s.Src]
	m.blocks[s.Src] = block{}
	switch {
	case r.Value == old.addr:
		q := m.request(ru, s)
		old.asked, old.align = q.size, uint8(bits.TrailingZeros64(q.align))
		old.atOffset = old.atOffset || q.offset != 0
		if m.skewed != 0 {
			old.skewed, m.skewed = m.skewed, 0
		}
		m.blocks[s.Dst] = old
	case r.Value != 0:
		f := m.give(ru, s, r)
		m.dropBlock(&old)
		return f
	case ru.freesOnFail && !m.nullHeap(s), m.empties(ru, s):
		m.dropBlock(&old)
	default:
		m.blocks[s.Dst] = old
	}
	return finding{}
}

func (m *model) openHeap(ru *rule, s *prog.Step, r *Result) finding {
	if r.Value == 0 {
		return finding{}
	}
	h := &m.heaps[s.Dst]
	*h = heapState{addr: r.Value, birth: m.newBirth(), thread: s.Thread}
	switch {
	case ru.inArena && s.Src == prog.MissingSlot:
		h.arena = uint32(len(m.arenas.slots))
	case ru.inArena && s.Src != prog.NoSlot:
		h.arena = s.Src + 1
	}
	h.kept = m.later && ru.inArena && (ru.name != "heap_new_ex" || s.B == 0)
	h.apart = m.later && (h.arena != 0 || ru.name == "heap_new_ex" && s.A != 0)
	m.touch(span{h.addr, h.addr + heapRecord})
	if m.mark(h.addr, heapRecord) {
		return finding{}
	}
	h.loose = true
	return finding{Overlap, FieldValue}
}

// closeHeap ends a heap; its blocks live on and belong to no heap that has a handle.
func (m *model) closeHeap(h *heapState) {
	if m.defaults[h.thread] == h.birth {
		m.defaults[h.thread], m.arenas.bound[h.thread] = 0, 0
	}
	if h.birth != 0 {
		m.heirs[h.birth] = m.own[h.thread]
		if h.apart {
			m.heirs[h.birth] = nobody
		}
	}
	m.dropHeap(h)
}

// sweep ends a heap with its blocks. Where the sides took another set than the contract's, they have
// been dropped already (take) and the rest lives on, as it does on both sides.
func (m *model) sweep(s *prog.Step, r *Result) {
	h := &m.heaps[s.Heap]
	birth, kept := h.birth, h.kept
	m.closeHeap(h)
	if birth == 0 || kept {
		return
	}
	m.heirs[birth] = nobody // what lives on does so by a bug, and is no other heap's
	if count, mix := m.owned(birth); count != r.Value || mix != r.Usable {
		return
	}
	for i := range m.blocks {
		if b := &m.blocks[i]; b.addr != 0 && b.owner == birth {
			m.dropBlock(b)
		}
	}
}

// take drops the blocks that heap_destroy really took.
func (m *model) take(slots []Taken, step uint32) {
	for _, t := range slots {
		if t.Step == step {
			m.dropBlock(&m.blocks[t.Slot])
		}
	}
}
