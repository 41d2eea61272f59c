// Operations drawn anew. See doc.go for an overview.

package mutate

// mostDrawn is how many operations are drawn in one place at most.
const mostDrawn = 12

// insert draws operations in up to three places, between those of p or in place of some.
func insert(e *edit) {
	drawn, skip := map[int]int{}, map[int]int{}
	for range e.few(3) {
		i := e.below(len(e.p.Ops) + 1)
		drawn[i] += e.few(mostDrawn)
		if e.oneIn(3) || len(e.p.Ops) >= e.cfg.Ops {
			skip[i] = drawn[i]
		}
	}
	for i := 0; i <= len(e.p.Ops); i++ {
		for range drawn[i] {
			e.w.Draw()
		}
		if skip[i] > 0 {
			i += skip[i]
		}
		if i < len(e.p.Ops) {
			e.copy(i, i+1)
		}
	}
}

// extend goes on from p, or from a point in it, with operations drawn anew: from a state that took some doing to
// get to, somewhere else.
func extend(e *edit) {
	keep := len(e.p.Ops)
	if keep >= e.cfg.Ops || e.oneIn(4) {
		keep = e.below(keep)
	}
	e.copy(0, keep)
	for range 1 + e.below(1+e.below(e.cfg.Ops-keep)) {
		e.w.Draw()
	}
}
