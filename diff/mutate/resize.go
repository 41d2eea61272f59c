// Numbers of operations. See doc.go for an overview.

package mutate

import "midiff/diff/prog"

// resize changes up to four numbers, each there alone or wherever else it stands for the same.
func resize(e *edit) {
	type place struct{ op, num int }
	to := map[place]uint64{}
	for range e.few(4) {
		i := e.find(func(o *prog.Op) bool { return len(o.Kind.Row().Numbers()) > 0 })
		if i < 0 {
			break
		}
		numbers := e.p.Ops[i].Kind.Row().Numbers()
		at := e.IntN(len(numbers))
		kind, was := numbers[at], e.p.Ops[i].Num[at]
		now := e.number(kind, was)
		to[place{i, at}] = now
		if !e.oneIn(3) {
			continue
		}
		for j := range e.p.Ops {
			for n, other := range e.p.Ops[j].Kind.Row().Numbers() {
				if other == kind && e.p.Ops[j].Num[n] == was {
					to[place{j, n}] = now
				}
			}
		}
	}
	e.change(func(i int, o *prog.Op) bool {
		for n := range o.Num {
			if now, ok := to[place{i, n}]; ok {
				o.Num[n] = now
			}
		}
		return true
	})
}

// number gives another number for an operand: an edge or next to one, near what it was, or one that another
// operation has there.
func (e *edit) number(kind prog.Operand, was uint64) uint64 {
	switch kind {
	case prog.Bool:
		return 1 - was&1
	case prog.OptionName, prog.MovableName, prog.CallbackName, prog.HandlerName:
		return pick(e, prog.Edges(kind))
	}
	switch e.IntN(8) {
	case 0, 1:
		return pick(e, prog.Edges(kind))
	case 2:
		return pick(e, prog.Edges(kind)) + uint64(e.IntN(3)) - 1
	case 3:
		return was + uint64(e.IntN(3)) - 1
	case 4:
		return was + 8*uint64(e.IntN(9)) - 32
	case 5:
		return was * 2
	case 6:
		return was / 2
	}
	return e.alike(kind, was)
}

// alike gives a number that some operation has for such an operand.
func (e *edit) alike(kind prog.Operand, otherwise uint64) uint64 {
	at := -1
	i := e.find(func(o *prog.Op) bool {
		for n, other := range o.Kind.Row().Numbers() {
			if other == kind && o.Num[n] != otherwise {
				at = n
				return true
			}
		}
		return false
	})
	if i < 0 {
		return pick(e, prog.Edges(kind))
	}
	return e.p.Ops[i].Num[at]
}
