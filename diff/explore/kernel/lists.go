// The lists of blocks that other threads free. See doc.go for an overview.

package kernel

// use is the program writing a block that is its own, and the oracle that it is.
func (w *world) use(b int) { w.s.PlainWrite(blockAt(b)+8, blockSize-8, atUse) }

// free is a free of block b by the running thread.
// Counterpart: mi_free.
func (w *world) free(b int) {
	p := b / blocksPer
	w.live[b] = false
	if w.load(freeOwner, ownerWord(p/slotsPer)) == w.id() {
		w.freeLocal(p, b)
		return
	}
	if w.segments[p/slotsPer].huge {
		w.freeHuge(p, b)
		return
	}
	if w.new && w.reclaimOnFree(p/slotsPer) {
		w.freeLocal(p, b)
		return
	}
	w.freeRemote(p, b)
}

// freeRemote pushes a block on its page's list, or if the page is full, the first one on its heap's.
// Counterpart: _mi_free_block_mt.
func (w *world) freeRemote(p, b int) {
	tf := w.load(pushLoad, threadFree(p))
	for {
		x := tf&^3 | freeing
		if w.v.Has("not-freeing") {
			x = tf&^3 | noDelayed
		}
		if tf&3 != useDelayed {
			w.setNext(b, int(tf>>2), false)
			x = uint64(b+1)<<2 | tf&3
		}
		if w.cas(push, threadFree(p), &tf, x) {
			break
		}
	}
	if tf&3 != useDelayed {
		return
	}
	if h := w.load(pushHeap, pageHeap(p)); h != 0 {
		w.pushDelayed(int(h-1), b)
	}
	if w.v.Has("never-done") {
		return
	}
	tf = w.load(doneLoad, threadFree(p))
	for !w.cas(doneFreeing, threadFree(p), &tf, tf&^3|noDelayed) {
	}
}

func (w *world) pushDelayed(h, b int) {
	d := w.load(pushDelayedLoad, delayedWord(h))
	for {
		w.setNext(b, int(d), true)
		if w.cas(pushDelayed, delayedWord(h), &d, uint64(b+1)) {
			return
		}
	}
}

func (w *world) setNext(b, next int, delayed bool) {
	if delayed {
		w.writes(atDelayedNext, blockAt(b))
	} else {
		w.writes(atPushNext, blockAt(b))
	}
	w.next[b] = next
}

// tryUseDelayed sets a page's flag and tells whether that was possible: not while a free is under way. It
// tries twice where the reference does five times.
// Counterpart: _mi_page_try_use_delayed_free.
func (w *world) tryUseDelayed(p int, to uint64, overrideNever bool) bool {
	for try := 0; ; {
		tf := w.load(flagLoad, threadFree(p))
		switch old := tf & 3; {
		case old == freeing:
			if try++; try > 1 {
				return false
			}
			continue
		case old == to && !w.v.Has("append-swaps"), old == neverDelayed && !overrideNever:
			return true
		}
		if w.cas(setFlag, threadFree(p), &tf, tf&^3|to) {
			return true
		}
	}
}

// useDelayed sets a page's flag, whatever it takes.
// Counterpart: _mi_page_use_delayed_free.
func (w *world) useDelayed(p int, to uint64, overrideNever bool) {
	for !w.tryUseDelayed(p, to, overrideNever) {
		w.s.Await(threadFree(p), flagLoad)
	}
}

// collectThreadFree takes the blocks that others freed into the page's own list.
// Counterpart: _mi_page_thread_free_collect.
func (w *world) collectThreadFree(p int) {
	tf := w.load(takeLoad, threadFree(p))
	for !w.cas(take, threadFree(p), &tf, tf&3) {
	}
	head := int(tf >> 2)
	if head == 0 {
		return
	}
	w.writes(atCollect, pageInfo(p))
	for b := head; b != 0; {
		w.reads(atTakeNext, blockAt(b-1))
		w.page(p).free = append(w.page(p).free, b-1)
		w.page(p).used--
		b = w.next[b-1]
	}
}

// freeDelayed frees the blocks on a heap's list, and tells whether all could be.
// Counterpart: _mi_heap_delayed_free_partial.
func (w *world) freeDelayed(h int) bool {
	block := w.load(takeDelayedLoad, delayedWord(h))
	for block != 0 && !w.cas(takeDelayed, delayedWord(h), &block, 0) {
	}
	all := true
	for block != 0 {
		b := int(block - 1)
		w.reads(atDelayedTakeNext, blockAt(b))
		next := w.next[b]
		if !w.freeDelayedBlock(b) {
			all = false
			d := w.load(backLoad, delayedWord(h))
			for {
				w.setNext(b, int(d), true)
				if w.cas(back, delayedWord(h), &d, uint64(b+1)) {
					break
				}
			}
		}
		block = uint64(next)
	}
	return all
}

// Counterpart: _mi_free_delayed_block.
func (w *world) freeDelayedBlock(b int) bool {
	p := b / blocksPer
	if !w.tryUseDelayed(p, useDelayed, false) {
		return false
	}
	w.collectThreadFree(p)
	w.freeLocal(p, b)
	return true
}

// Counterpart: _mi_heap_delayed_free_all.
func (w *world) freeAllDelayed(h int) {
	for !w.freeDelayed(h) {
		w.s.AwaitAny(takeDelayedLoad)
	}
}

func (w *world) page(p int) *page { return &w.pages[p] }
