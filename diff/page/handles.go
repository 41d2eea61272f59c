// Where the handles of a program lie. See doc.go for an overview.

package page

import (
	"cmp"
	"slices"

	"midiff/diff"
	"midiff/diff/prog"
)

// handles knows, of one side, where the blocks and heaps lie that a program holds.
type handles struct {
	program *prog.Program
	code    *prog.Code
	live    map[place]held
}

// place is a slot of the lowered program.
type place struct {
	heap bool
	slot uint32
}

type held struct {
	addr   uint64
	name   string
	thread uint8
}

func newHandles(p *prog.Program, code *prog.Code) *handles {
	return &handles{program: p, code: code, live: map[place]held{}}
}

// take takes in what a step gave.
func (h *handles) take(s *prog.Step, r *diff.Result) {
	row := s.Kind.Row()
	null := r.Null != 0
	for _, kind := range row.Operands {
		switch {
		case kind == prog.BlockFree, kind == prog.BlockMove && (!null || row.Name == "reallocf"):
			delete(h.live, place{slot: s.Src})
		case kind == prog.HeapEnd:
			delete(h.live, place{heap: true, slot: s.Heap})
		}
	}
	if row.EndsTied {
		for at, b := range h.live {
			if at.heap && b.thread == s.Thread {
				delete(h.live, at)
			}
		}
	}
	if null || s.Dst == prog.NoSlot {
		return
	}
	switch row.Result {
	case prog.BlockResult:
		h.live[place{slot: s.Dst}] = held{r.Value, h.program.SlotName(h.code, s.Dst), s.Thread}
	case prog.HeapResult:
		h.live[place{heap: true, slot: s.Dst}] = held{r.Value, "heap " + h.program.Name(h.program.Ops[s.Op].Dst), s.Thread}
	}
}

// drop forgets what a heap_destroy ended.
func (h *handles) drop(taken []diff.Taken) {
	for _, t := range taken {
		delete(h.live, place{slot: t.Slot})
	}
}

// within names what lies from one address up to another, in order.
func (h *handles) within(from, to uint64) (names []string) {
	var here []held
	for _, b := range h.live {
		if from <= b.addr && b.addr < to {
			here = append(here, b)
		}
	}
	slices.SortFunc(here, func(a, b held) int { return cmp.Compare(a.addr, b.addr) })
	for _, b := range here {
		names = append(names, b.name)
	}
	return names
}
