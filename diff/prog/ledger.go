// What the byte coding knows of live handles, the same on both ways. See doc.go for an overview.

package prog

import "math/bits"

// ledger holds the live handles at the places that bytes name them by.
type ledger struct {
	shelves [numSorts]shelf // by Sort
	about   []aboutVar      // per variable
}

// aboutVar is what the coding needs to know of a live variable.
type aboutVar struct {
	place  int    // on the shelf of its sort
	held   uint64 // blocks a bulk still has
	thread uint8  // owner of a heap
	joined bool   // a thread was in the sub-process
}

func (l *ledger) reset() {
	for s := range l.shelves {
		l.shelves[s].reset()
	}
}

// end takes in which handles an operation ends.
func (l *ledger) end(o *Op, row *Row) {
	for _, kind := range row.Operands {
		switch {
		case (kind == BlockFree || kind == BlockMove) && o.Src.IsVar():
			l.shelves[BlockVar].drop(l.about[o.Src].place)
		case kind == HeapEnd:
			l.shelves[HeapVar].drop(l.about[o.Heap].place)
		case kind == SubprocEnd:
			l.shelves[SubprocVar].drop(l.about[o.Src].place)
		case o.Kind == kindJoin && o.Src.IsVar():
			l.about[o.Src].joined = true
		case kind == BulkDrain:
			about := &l.about[o.Src]
			about.held = leftAfter(about.held, o.Num[0])
			if about.held == 0 {
				l.shelves[BulkVar].drop(about.place)
			}
		}
	}
	if row.EndsTied {
		l.dropTied(o.Thread)
	}
}

// dropTied takes the heaps of a thread off the shelf.
func (l *ledger) dropTied(thread uint8) {
	heaps := &l.shelves[HeapVar]
	for word, m := range heaps.live {
		for ; m != 0; m &= m - 1 {
			place := word*64 + bits.TrailingZeros64(m)
			if l.about[heaps.handles[place]].thread == thread {
				heaps.drop(place)
			}
		}
	}
}

// bind puts the handle of a result at its place.
func (l *ledger) bind(o *Op, row *Row, place int) {
	l.about[o.Dst] = aboutVar{place: place, held: o.Num[0], thread: o.Thread}
	l.shelves[row.Result-BlockResult].put(place, o.Dst)
}

// moves tells whether the result of an operation takes the place of its block operand.
func (o *Op) moves(row *Row) bool { return row.Result == BlockResult && o.Src.IsVar() }

// unjoined finds the first live sub-process from a place on that no thread ever joined, going round.
func (l *ledger) unjoined(place int) (Handle, bool) {
	all := &l.shelves[SubprocVar]
	for range all.count {
		place = all.nextLive(place)
		if h := all.handles[place]; !l.about[h].joined {
			return h, true
		}
		place++
	}
	return NoHandle, false
}

// ownHeap finds the first live heap of the thread from a place on, going round.
func (l *ledger) ownHeap(place int, thread uint8) (Handle, bool) {
	heaps := &l.shelves[HeapVar]
	for range heaps.count {
		place = heaps.nextLive(place)
		if h := heaps.handles[place]; l.about[h].thread == thread {
			return h, true
		}
		place++
	}
	return NoHandle, false
}
