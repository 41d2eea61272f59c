// Less of a program. See doc.go for an overview.

package mutate

import "midiff/diff/prog"

// squash drops or merges operations.
func squash(e *edit) {
	switch e.IntN(5) {
	case 0, 1:
		dropRuns(e)
	case 2:
		dropHandle(e)
	case 3:
		mergeMallocs(e)
	case 4:
		mergeResizes(e)
	}
}

// dropRuns drops up to three runs of operations.
func dropRuns(e *edit) {
	drop := make([]bool, len(e.p.Ops))
	for range e.few(3) {
		from, to := e.stretch(len(e.p.Ops))
		for i := from; i < to; i++ {
			drop[i] = true
		}
	}
	e.change(func(i int, _ *prog.Op) bool { return !drop[i] })
}

// dropHandle drops what makes a handle, and all that is done with it.
func dropHandle(e *edit) {
	first := e.find(func(o *prog.Op) bool { return o.Dst.IsVar() })
	if first < 0 {
		dropRuns(e)
		return
	}
	gone := e.p.Ops[first].Dst
	e.change(func(i int, o *prog.Op) bool {
		return i < first || o.Dst != gone && o.Src != gone && o.Heap != gone
	})
}

// find gives an operation of which f holds, any one; -1 if there is none.
func (e *edit) find(f func(o *prog.Op) bool) int {
	n := len(e.p.Ops)
	start := e.below(n)
	for i := range n {
		if at := (start + i) % n; f(&e.p.Ops[at]) {
			return at
		}
	}
	return -1
}

var (
	kindMalloc   = kindOf("malloc")
	kindBulk     = kindOf("bulk")
	kindBulkFree = kindOf("bulk_free")
)

// mergeMallocs makes a bulk of the mallocs of one size by one thread in some stretch, and frees it where the first of
// them is freed. What else is done with them is dropped.
func mergeMallocs(e *edit) {
	isMalloc := func(o *prog.Op) bool { return o.Kind == kindMalloc && !o.Heaped }
	first := e.find(isMalloc)
	if first < 0 {
		dropRuns(e)
		return
	}
	like, last := e.p.Ops[first], first+1+e.IntN(64)
	merged, count := map[prog.Handle]bool{}, uint64(0)
	for i := first; i < min(last, len(e.p.Ops)); i++ {
		if o := &e.p.Ops[i]; isMalloc(o) && o.Thread == like.Thread && o.Num[0] == like.Num[0] {
			merged[o.Dst] = true
			count++
		}
	}
	bulk := plain(kindBulk, like.Thread)
	bulk.Num = [4]uint64{count, like.Num[0]}
	freed := false
	e.change(func(i int, o *prog.Op) bool {
		switch {
		case i == first:
			*o = bulk
		case i > first && merged[o.Src]:
			if o.Dst.IsVar() || freed { // what moved is dropped with what it was
				return false
			}
			freed = true
			*o = plain(kindBulkFree, o.Thread)
			o.Num[0] = 1
		case merged[o.Dst] && i > first:
			return i >= last // a later use of the name
		}
		return true
	})
}

// mergeResizes makes a block as large at once as a resize would make it, here and there.
func mergeResizes(e *edit) {
	grown := map[int]uint64{} // the sizes of what makes blocks, by operation
	maker := map[prog.Handle]int{}
	drop := map[int]bool{}
	for i := range e.p.Ops {
		o := &e.p.Ops[i]
		at, size := sizeOf(o)
		was, known := maker[o.Src]
		switch {
		case !o.Dst.IsVar() || at < 0:
		case known && o.Src == o.Dst && e.oneIn(2):
			drop[i], grown[was] = true, size
			continue
		default:
			maker[o.Dst] = i
		}
	}
	if len(drop) == 0 {
		dropRuns(e)
		return
	}
	e.change(func(i int, o *prog.Op) bool {
		if size, ok := grown[i]; ok {
			at, _ := sizeOf(o)
			o.Num[at] = size
		}
		return !drop[i]
	})
}

// sizeOf gives the place of an operation's size among its numbers, -1 if it has none, and the size.
func sizeOf(o *prog.Op) (at int, size uint64) {
	for i, kind := range o.Kind.Row().Numbers() {
		if kind == prog.Size || kind == prog.SmallSize {
			return i, o.Num[i]
		}
	}
	return -1, 0
}
