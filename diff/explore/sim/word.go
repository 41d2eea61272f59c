// Words: store histories, floors, and how a word is found. See doc.go for an overview.

package sim

import (
	"cmp"
	"slices"
)

// store is one entry of a word's history.
type store struct {
	val   uint64
	gives knows // to whoever acquires it
	event int32 // of the trace, if one is recorded
	site  Site
	by    int8 // thread; -1 for the word's first value
	rmw   bool
	plain bool // by a plain or a range write
}

// mark says that the first event with a clock of at least clk has seen or made store idx.
type mark struct{ clk, idx uint32 }

// word is eight aligned bytes.
type word struct {
	addr    uintptr
	stores  []store            // empty until the first atomic access
	seen    [MaxThreads][]mark // monotone in both
	sc      []mark             // the seq_cst stores, by their number in the execution
	acc     clock              // last atomic access per thread
	accW    clock              // last atomic store per thread
	accSite [MaxThreads]Site
	accWAt  [MaxThreads]Site
	cells   []cell // plain accesses
	bare    *bare  // accesses at sites with order Plain; nil for none
	waiting uint32 // threads that await a store
	reload  bool   // a plain write changed it; its value is in real memory
}

func (x *word) reset(a uintptr) {
	x.addr, x.stores, x.sc, x.cells = a, x.stores[:0], x.sc[:0], x.cells[:0]
	for u := range x.seen {
		x.seen[u] = x.seen[u][:0]
	}
	x.acc, x.accW, x.waiting, x.reload, x.bare = clock{}, clock{}, 0, false, nil
}

// saw notes that thread t knows of store idx.
func (x *word) saw(t *thread, idx int) {
	seen := &x.seen[t.id]
	if n := len(*seen); n > 0 && (*seen)[n-1].idx == uint32(idx) {
		return
	}
	*seen = append(*seen, mark{t.now.hb[t.id], uint32(idx)})
}

// upTo is the index of the last mark with a clock of at most clk, but no less than least.
func upTo(marks []mark, clk uint32, least int) int {
	n := len(marks)
	if n == 0 || int(marks[n-1].idx) <= least {
		return least
	}
	if marks[n-1].clk > clk {
		n, _ = slices.BinarySearchFunc(marks, clk+1, func(m mark, clk uint32) int { return cmp.Compare(m.clk, clk) })
	}
	if n == 0 {
		return least
	}
	return max(least, int(marks[n-1].idx))
}

// floor is the oldest store of x that thread t may read with order o.
func (s *Sim) floor(t *thread, x *word, o Order) int {
	f := 0
	for u := 0; u < s.threads; u++ {
		clk := t.now.coh[u]
		if o == SeqCst && s.fenced.coh[u] > clk {
			clk = s.fenced.coh[u]
		}
		f = upTo(x.seen[u], clk, f)
	}
	seq := t.now.sc
	if o == SeqCst {
		seq = s.scStores
	}
	return upTo(x.sc, seq, f)
}

// wordTable finds words by address. Entries of earlier executions are void by their run number, so that a
// reset costs nothing.
type wordTable struct {
	slots []slot
	words []*word // the first used are this run's
	used  int
	run   uint32
}

type slot struct {
	key  uintptr
	run  uint32
	word int32
}

func (w *wordTable) clear() {
	w.used = 0
	w.run++
	if w.run == 0 || w.slots == nil {
		w.slots, w.run = make([]slot, max(256, len(w.slots))), 1
	}
}

func hashAddr(a uintptr) uint64 { return uint64(a>>3) * 0x9E3779B97F4A7C15 }

// find is the word at the aligned address a, or nil.
func (w *wordTable) find(a uintptr) *word {
	mask := uint64(len(w.slots) - 1)
	for i := hashAddr(a) >> 20 & mask; ; i = (i + 1) & mask {
		e := &w.slots[i]
		switch {
		case e.run != w.run:
			return nil
		case e.key == a:
			return w.words[e.word]
		}
	}
}

// add makes the word at a, which there is none of yet.
func (w *wordTable) add(a uintptr) *word {
	if w.used*2 >= len(w.slots) {
		w.grow()
	}
	if w.used == len(w.words) {
		w.words = append(w.words, new(word))
	}
	x := w.words[w.used]
	x.reset(a)
	w.insert(a, int32(w.used))
	w.used++
	return x
}

func (w *wordTable) insert(a uintptr, word int32) {
	mask := uint64(len(w.slots) - 1)
	i := hashAddr(a) >> 20 & mask
	for w.slots[i].run == w.run {
		i = (i + 1) & mask
	}
	w.slots[i] = slot{a, w.run, word}
}

func (w *wordTable) grow() {
	w.slots = make([]slot, 2*len(w.slots))
	for i := 0; i < w.used; i++ {
		w.insert(w.words[i].addr, int32(i))
	}
}
