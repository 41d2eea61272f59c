// The model's judgement of what a heap tells of itself. See doc.go for an overview.

package diff

import (
	"cmp"
	"slices"

	"midiff/diff/prog"
)

// livePiece is a live block or heap record that a heap holds, or may hold.
type livePiece struct {
	addr, size uint64
	must       bool
}

// checkVisits judges heap_visit_blocks: its own counts, then what it tells against what is live.
func (m *model) checkVisits(s *prog.Step, r *Result) finding {
	told := m.visitsOfStep()
	used, ok := addsUp(told, s.A != 0, m.padding())
	switch {
	case m.nullHeap(s):
		if r.Value != 0 || r.Usable != 0 || r.Null != 0 {
			return finding{ResultValue, FieldValue}
		}
		return finding{}
	case m.outcomes:
		if m.pieces(s); s.A != 0 && !holdsAll(told, m.lives) {
			return finding{Owner, FieldValue}
		}
		return finding{}
	case r.Null != 0:
		return finding{ResultValue, FieldNull}
	case !ok || used != r.Value:
		return finding{ResultValue, FieldUsable}
	}
	m.pieces(s)
	if s.A != 0 && !covers(told, m.lives) || s.A == 0 && !m.asMany(used) {
		return finding{Owner, FieldValue}
	}
	return finding{}
}

// visitsOfStep gives what the step that is judged visited.
func (m *model) visitsOfStep() []Visit {
	all := m.told()
	byStep := func(v Visit, step uint32) int { return cmp.Compare(v.Step, step) }
	from, _ := slices.BinarySearchFunc(all, m.step, byStep)
	to, _ := slices.BinarySearchFunc(all, m.step+1, byStep)
	return all[from:to]
}

// padding is how many bytes behind each block are not told of as the block's.
func (m *model) padding() uint64 {
	if m.padded {
		return 8
	}
	return 0
}

// addsUp looks at areas and their blocks alone, and counts the blocks in use.
func addsUp(told []Visit, blocks bool, padding uint64) (used uint64, ok bool) {
	var area Visit
	left, next := uint64(0), uint64(0) // blocks still to come in the area, and where at the earliest
	for _, v := range told {
		if v.Block == 0 {
			if left != 0 || v.Size == 0 || v.Used*v.Size > v.Committed || v.Committed > v.Reserved {
				return 0, false
			}
			area, next = v, v.Addr
			used += v.Used
			if blocks {
				left = v.Used
			}
			continue
		}
		if left == 0 || v.Size+padding != area.Size || v.Addr < next || (v.Addr-area.Addr)%area.Size != 0 ||
			v.Addr+v.Size > area.Addr+area.Committed {
			return 0, false
		}
		left--
		next = v.Addr + area.Size
	}
	return used, left == 0
}

// pieces collects what the heap of s must or may hold, by address.
func (m *model) pieces(s *prog.Step) {
	m.lives = m.lives[:0]
	asked, own, takes := m.askedHeap(s)
	for i := range m.blocks {
		b := &m.blocks[i]
		if b.addr == 0 {
			continue
		}
		given := m.gaveUp[b.thread]
		if owner := m.ownerOf(b.owner); owner == asked || takes && (owner == nobody || given) {
			m.lives = append(m.lives, livePiece{b.addr, b.usable, owner == asked && !given})
		}
	}
	for i := range m.heaps {
		h := &m.heaps[i]
		if given := m.gaveUp[h.thread]; h.addr != 0 && (own && h.thread == s.Thread || takes && given) {
			m.lives = append(m.lives, livePiece{h.addr, heapRecord, !given})
		}
	}
	slices.SortFunc(m.lives, func(a, b livePiece) int { return cmp.Compare(a.addr, b.addr) })
}

// musts counts the pieces that must be there.
func (m *model) musts() (n uint64) {
	for i := range m.lives {
		if m.lives[i].must {
			n++
		}
	}
	return n
}

// asMany tells whether a number of blocks in use is that of the pieces.
func (m *model) asMany(used uint64) bool {
	return m.musts() <= used && used <= uint64(len(m.lives))
}

// holdsAll tells whether every piece that must be there lies in a block told.
func holdsAll(told []Visit, lives []livePiece) bool {
	for _, p := range lives {
		in := func(v Visit) bool { return v.Block != 0 && v.Addr <= p.addr && p.addr < v.Addr+v.Size }
		if p.must && !slices.ContainsFunc(told, in) {
			return false
		}
	}
	return true
}

// covers tells whether every block told holds one piece, and every piece that must be there is in one.
func covers(told []Visit, lives []livePiece) bool {
	blocks := make([]Visit, 0, len(told))
	for _, v := range told {
		if v.Block != 0 {
			blocks = append(blocks, v)
		}
	}
	slices.SortFunc(blocks, func(a, b Visit) int { return cmp.Compare(a.Addr, b.Addr) })
	i := 0
	for _, v := range blocks {
		for ; i < len(lives) && lives[i].addr < v.Addr; i++ {
			if lives[i].must {
				return false
			}
		}
		if i == len(lives) || lives[i].addr+lives[i].size > v.Addr+v.Size {
			return false
		}
		i++
		if i < len(lives) && lives[i].addr < v.Addr+v.Size {
			return false
		}
	}
	return !slices.ContainsFunc(lives[i:], func(p livePiece) bool { return p.must })
}
