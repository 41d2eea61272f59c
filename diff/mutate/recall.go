// Other calls with the same operands. See doc.go for an overview.

package mutate

import (
	"slices"

	"midiff/diff/prog"
)

// siblings gives, for every operation, the others that take the same operands and give the same sort of
// handle. For a block or bulk operand it does not matter whether its handle ends there.
var siblings = func() [][]prog.Kind {
	all := make([][]prog.Kind, len(prog.Table))
	for k := range prog.Table {
		for other := range prog.Table {
			if k != other && alike(&prog.Table[k], &prog.Table[other]) {
				all[k] = append(all[k], prog.Kind(other))
			}
		}
	}
	return all
}()

func alike(a, b *prog.Row) bool {
	shape := func(r *prog.Row) (all []prog.Operand) {
		for _, kind := range r.Operands {
			if kind == prog.BlockUse {
				kind = prog.BlockFree
			}
			all = append(all, kind)
		}
		return all
	}
	handle := func(r *prog.Row) prog.Result { return max(r.Result, prog.ValueResult) }
	return handle(a) == handle(b) && slices.Equal(shape(a), shape(b))
}

// recall changes what is called in up to four places: a sibling, or on a heap what was not.
func recall(e *edit) {
	to := map[int]prog.Op{}
	for range e.few(4) {
		i := e.find(func(o *prog.Op) bool { return len(siblings[o.Kind]) > 0 || o.Kind.Row().Heaped })
		if i < 0 {
			break
		}
		o := e.p.Ops[i]
		if other := siblings[o.Kind]; len(other) > 0 && !(o.Kind.Row().Heaped && e.oneIn(3)) {
			o.Kind = pick(e, other)
		} else {
			o.Heaped, o.Heap = !o.Heaped, prog.NoHandle
		}
		to[i] = o
	}
	e.change(func(i int, o *prog.Op) bool {
		if other, ok := to[i]; ok {
			*o = other
		}
		return true
	})
}
