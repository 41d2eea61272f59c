// The oracles at rest, when all threads have ended. See doc.go for an overview.

package kernel

import "midiff/diff/explore/sim"

// atRest checks what must hold when nobody is at work, and notes how things stand as the outcome.
func (w *world) atRest() {
	for g := range w.segments {
		w.segmentAtRest(g)
	}
	var onHeaps [numSegments * slotsPer]int
	for h := 0; h < numHeaps; h++ {
		for b := w.s.Latest(delayedWord(h)); b != 0; b = uint64(w.next[b-1]) {
			onHeaps[int(b-1)/blocksPer]++
		}
	}
	for p := range w.pages {
		if w.pages[p].taken && !w.segments[p/slotsPer].ended {
			w.pageAtRest(p, onHeaps[p])
		}
	}
}

func (w *world) pageAtRest(p, delayed int) {
	shared, live := 0, 0
	tf := w.s.Latest(threadFree(p))
	for b := int(tf >> 2); b != 0; b = w.next[b-1] {
		shared++
	}
	for _, is := range w.live[p*blocksPer : (p+1)*blocksPer] {
		if is {
			live++
		}
	}
	own := len(w.pages[p].free)
	if own+shared+delayed+live != blocksPer {
		w.s.Fail(sim.LostBlock, "page %d: %d blocks in its own lists, %d in the shared one, %d in heaps' lists, %d live: not %d",
			p, own, shared, delayed, live, blocksPer)
	}
	if shared > 0 && tf&3 == useDelayed && delayed == 0 && w.pages[p].inFull && w.pages[p].queued != nobody {
		w.s.Fail(sim.LostBlock, "page %d is full, has blocks in its shared list, and nobody will look", p)
	}
	w.s.Note(uint64(own), uint64(shared), uint64(delayed))
}

func (w *world) segmentAtRest(g int) {
	seg := &w.segments[g]
	switch {
	case seg.ended:
		w.s.Note(9)
		return
	case seg.used == 0 && seg.owner == nobody:
		return // never in use
	}
	w.s.Note(uint64(seg.owner + 1))
	if id := w.s.Latest(ownerWord(g)); id != uint64(seg.owner+1) {
		w.s.Fail(sim.OwnerMismatch, "segment %d says that thread %d has it, and it is t%d", g, id, seg.owner)
	}
	if found := w.canBeClaimed(g); found == (seg.owner != nobody) {
		w.s.Fail(sim.OwnerMismatch, "segment %d: that it can be claimed is %v, and its owner is t%d", g, found, seg.owner)
	}
	for p := g * slotsPer; p < (g+1)*slotsPer; p++ {
		if pg := w.page(p); !pg.taken && pg.spanOf != seg.owner {
			w.s.Fail(sim.WrongQueue, "span %d is in the queue of t%d, and its segment is t%d's", p, pg.spanOf, seg.owner)
		}
	}
}

// canBeClaimed tells whether segment g is where abandoned ones are looked for.
func (w *world) canBeClaimed(g int) bool {
	if w.segments[g].huge { // by whoever frees its block
		return true
	}
	if w.new {
		for _, x := range w.osList {
			if x == g {
				return true
			}
		}
		return w.s.Latest(marksWord)>>g&1 != 0
	}
	for x := segmentOf(w.s.Latest(listWord)); x >= 0; x = int(w.s.Latest(nextWord(x))) - 1 {
		if x == g {
			return true
		}
	}
	for x := int(w.s.Latest(visitedWord)) - 1; x >= 0; x = int(w.s.Latest(nextWord(x))) - 1 {
		if x == g {
			return true
		}
	}
	return false
}
