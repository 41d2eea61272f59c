// More of the same. See doc.go for an overview.

package mutate

import "midiff/diff/prog"

// mostCopies is how often a stretch is repeated at most.
const mostCopies = 8

// duplicate repeats a stretch. Each copy makes handles of its own; what comes behind it means those of the
// first copy, or of the last one.
func duplicate(e *edit) {
	from, to := e.stretch(len(e.p.Ops))
	copies, turn := e.few(mostCopies), uint8(0)
	if e.oneIn(3) {
		turn = uint8(1 + e.IntN(prog.MaxThreads-1))
	}
	e.copy(0, from)
	before := e.names.Clone()
	e.copy(from, to)
	last := e.names
	for n := range copies {
		last = before.Clone()
		for i := from; i < to; i++ {
			o := e.p.Ops[i]
			o.Thread += turn * uint8(n+1)
			e.w.Take(o, last)
		}
	}
	if e.oneIn(2) {
		e.names = last
	}
	e.copy(to, len(e.p.Ops))
}
