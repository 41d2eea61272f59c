// Two programs in one. See doc.go for an overview.

package mutate

import "midiff/diff/prog"

// splice puts a stretch of the other program into p, before or in place of operations of p.
func splice(e *edit) {
	at := e.below(len(e.p.Ops) + 1)
	behind := at
	if e.oneIn(2) {
		behind += e.below(len(e.p.Ops) - at + 1)
	}
	from, to := e.stretch(len(e.other.Ops))
	takes := func(i int) bool { return from <= i && i < to }
	if e.oneIn(2) {
		needed := makers(e.other, from, to)
		takes = func(i int) bool { return needed[i] }
	}
	turn := e.turn()
	e.copy(0, at)
	names := prog.NamesOf(e.other)
	for i := range to {
		if o := e.other.Ops[i]; takes(i) {
			o.Thread += turn
			e.w.Take(o, names)
		}
	}
	e.copy(behind, len(e.p.Ops))
}

// turn says by how much the threads of the other program are turned.
func (e *edit) turn() uint8 {
	if e.oneIn(2) {
		return 0
	}
	return uint8(e.IntN(prog.MaxThreads))
}

// makers marks the operations from one to another, and those before that make what they use.
func makers(p *prog.Program, from, to int) []bool {
	marked := make([]bool, len(p.Ops))
	used := make([]bool, len(p.Vars))
	for i := to - 1; i >= 0; i-- {
		o := &p.Ops[i]
		makes := o.Dst.IsVar() && used[o.Dst]
		if i < from && !makes {
			continue
		}
		marked[i] = true
		if makes {
			used[o.Dst] = false
		}
		for _, h := range []prog.Handle{o.Src, o.Heap} {
			if h.IsVar() {
				used[h] = true
			}
		}
	}
	return marked
}

// interleave runs both programs in turn, some operations of each at a time.
func interleave(e *edit) {
	turn, names := e.turn(), prog.NamesOf(e.other)
	longest := 1 << e.IntN(6)
	for i, j := 0, 0; (i < len(e.p.Ops) || j < len(e.other.Ops)) && !e.w.Full(); {
		n := min(1+e.IntN(longest), len(e.p.Ops)-i)
		e.copy(i, i+n)
		i += n
		n = min(1+e.IntN(longest), len(e.other.Ops)-j)
		for _, o := range e.other.Ops[j : j+n] {
			o.Thread += turn
			e.w.Take(o, names)
		}
		j += n
	}
}
