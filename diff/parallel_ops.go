// The operations of parallel runs on goalloc: one row per operation, where interp.go's cannot be used. See
// doc.go for an overview.

package diff

import (
	"math/bits"
	"slices"

	"midiff/cref/pthreads"
	"midiff/diff/prog"
	"midiff/goalloc"
)

// call is a step in the making.
type call struct {
	x *prog.Stitch
	s *prog.Step
	r *pthreads.Result
}

type threaded = func(s *strand, c *call)

// threadedOf is what a thread does for an operation, by Kind.
var threadedOf = func() []threaded {
	table := make([]threaded, len(prog.Table))
	for k := range prog.Table {
		switch {
		case allocOf[k] != nil:
			table[k] = (*strand).give
		case reallocOf[k] != nil:
			table[k] = (*strand).move
		}
	}
	for _, ops := range []map[string]threaded{threadedOps, threadedLater} {
		for name, run := range ops {
			table[mustKind(name)] = run
		}
	}
	return table
}()

// threadedOps are the others. What they ask about owners is asked and not told: it depends on who looked for
// memory when.
var threadedOps = map[string]threaded{
	"posix_memalign": func(s *strand, c *call) {
		p, code := s.th.PosixMemalign(num(c.s.A), num(c.s.B))
		if code != 0 {
			p = 0
		}
		s.gave(c, p)
	},
	"memalign":      func(s *strand, c *call) { s.gave(c, s.th.Memalign(num(c.s.A), num(c.s.B))) },
	"aligned_alloc": func(s *strand, c *call) { s.gave(c, s.th.AlignedAlloc(num(c.s.A), num(c.s.B))) },
	"valloc":        func(s *strand, c *call) { s.gave(c, s.th.Valloc(num(c.s.A))) },
	"pvalloc":       func(s *strand, c *call) { s.gave(c, s.th.Pvalloc(num(c.s.A))) },
	"reallocarray": func(s *strand, c *call) {
		old := s.source(c)
		p, _ := s.th.Reallocarray(old.addr, num(c.s.A), num(c.s.B))
		s.moved(c, old, p, false)
	},
	"reallocarr": func(s *strand, c *call) {
		old := s.source(c)
		p := old.addr
		code := s.th.Reallocarr(&p, num(c.s.A), num(c.s.B))
		gone := code == 0 && p == 0
		if code != 0 {
			p = 0
		}
		s.moved(c, old, p, gone)
	},
	"free": func(s *strand, c *call) {
		b := s.source(c)
		s.th.Free(b.addr)
	},
	"cfree": func(s *strand, c *call) {
		if b := s.source(c); s.beyondMap(b.addr) {
			s.th.Free(b.addr)
		} else {
			s.th.Cfree(b.addr)
		}
	},
	"expand": func(s *strand, c *call) {
		p := s.th.Expand(s.look(c), num(c.s.A))
		c.r.Value, c.r.Null = uint64(p), bit(p == 0)
	},
	"usable_size": func(s *strand, c *call) { c.r.Value = uint64(s.th.UsableSize(s.look(c))) },
	"good_size":   func(s *strand, c *call) { c.r.Value = uint64(s.proc.GoodSize(num(c.s.A))) },
	"is_in_heap_region": func(s *strand, c *call) {
		p := s.look(c)
		c.r.Value = uint64(bit(s.beyondMap(p) || s.th.IsInHeapRegion(p)))
	},
	"check_owned": func(s *strand, c *call) { s.th.CheckOwned(s.look(c)) },
	"heap_check_owned": func(s *strand, c *call) {
		if h, p := s.heapOf(c), s.look(c); !h.IsZero() {
			h.CheckOwned(p)
		}
	},
	"heap_contains_block": func(s *strand, c *call) {
		if h, p := s.heapOf(c), s.look(c); !h.IsZero() && p != 0 {
			h.Contains(p)
		}
	},
	"heap_visit_blocks": func(s *strand, c *call) {
		if h := s.heapOf(c); !h.IsZero() {
			h.VisitBlocks(c.s.A != 0, func(*goalloc.Area, goalloc.Addr, uintptr) bool { return true })
		}
	},
	"heap_new":     (*strand).newHeap,
	"heap_delete":  (*strand).deleteHeap,
	"heap_destroy": (*strand).destroyHeap,
	"heap_set_default": func(s *strand, c *call) {
		if h := s.heapOf(c); !h.IsZero() {
			s.th.SetDefault(h)
		}
	},
	"heap_get_default": func(s *strand, c *call) { c.r.Null = bit(s.th.Started().IsZero()) },
	"heap_get_backing": func(s *strand, c *call) { c.r.Null = bit(s.th.Backing().IsZero()) },
	"heap_collect": func(s *strand, c *call) {
		if h := s.heapOf(c); !h.IsZero() {
			h.Collect(c.s.A != 0)
		}
	},
	"collect":     func(s *strand, c *call) { s.th.Collect(c.s.A != 0) },
	"thread_init": func(s *strand, _ *call) { s.th.Init() },
	"thread_done": func(s *strand, _ *call) {
		s.th.Done()
		clear(s.mains)
	},
	"exit": func(s *strand, _ *call) { // other threads end behind it
		if s.number == 0 {
			s.th.Close()
			clear(s.mains)
		}
	},
	"exit_once": func(s *strand, _ *call) {
		s.th.Done()
		clear(s.mains)
	},
	"stats_merge": func(s *strand, _ *call) { s.th.MergeStats() },
	"option_get": func(s *strand, c *call) {
		v, _ := s.proc.Option(prog.OptionNames[c.s.A])
		c.r.Value = uint64(v)
	},
	"option_is_enabled": func(s *strand, c *call) {
		on, _ := s.proc.OptionIsEnabled(prog.OptionNames[c.s.A])
		c.r.Value = uint64(bit(on))
	},
	"aligned_recalloc": func(s *strand, c *call) {
		old := s.source(c)
		s.moved(c, old, s.th.AlignedRecalloc(old.addr, num(c.s.A), num(c.s.B), num(c.s.C)), false)
	},
	"aligned_offset_recalloc": func(s *strand, c *call) {
		old := s.source(c)
		s.moved(c, old, s.th.AlignedOffsetRecalloc(old.addr, num(c.s.A), num(c.s.B), num(c.s.C), num(c.s.D)), false)
	},
	"free_size": func(s *strand, c *call) {
		b := s.source(c)
		s.th.FreeSize(b.addr, b.usable)
	},
	"free_size_aligned": func(s *strand, c *call) {
		b := s.source(c)
		s.th.FreeSizeAligned(b.addr, b.usable, alignmentOf(b.addr))
	},
	"free_aligned": func(s *strand, c *call) {
		b := s.source(c)
		s.th.FreeAligned(b.addr, alignmentOf(b.addr))
	},
	"malloc_size":        func(s *strand, c *call) { c.r.Value = uint64(s.th.MallocSize(s.look(c))) },
	"malloc_usable_size": func(s *strand, c *call) { c.r.Value = uint64(s.th.MallocUsableSize(s.look(c))) },
	"malloc_good_size":   func(s *strand, c *call) { c.r.Value = uint64(s.proc.MallocGoodSize(num(c.s.A))) },
	"_expand": func(s *strand, c *call) {
		p, _ := s.th.ExpandInPlace(s.look(c), num(c.s.A))
		c.r.Value, c.r.Null = uint64(p), bit(p == 0)
	},
	"mbsdup": func(s *strand, c *call) { s.gave(c, s.th.Mbsdup(textOf(c.s.A))) },
	"wcsdup": func(s *strand, c *call) { s.gave(c, s.th.Wcsdup(wideOf(c.s.A))) },
	"dupenv_s": func(s *strand, c *call) {
		p, _ := s.th.DupenvS(variableOf(c.s))
		s.gave(c, p)
	},
	"new_nothrow":         func(s *strand, c *call) { s.gave(c, s.th.NewNothrow(num(c.s.A))) },
	"new_aligned_nothrow": func(s *strand, c *call) { s.gave(c, s.th.NewAlignedNothrow(num(c.s.A), num(c.s.B))) },
	"clock":               func(*strand, *call) {}, // it is the system's
	"barrier":             func(*strand, *call) {},
}

// beyondMap tells of blocks that the allocator takes for those of others, as the reference of 2.0 does, since they
// lie where it has no map of its segments: cfree would lose them (corpus/known/README.md).
func (s *strand) beyondMap(p goalloc.Addr) bool {
	return p >= 20<<40 && !prog.IsLater(s.strands.Code.Profile)
}

func bit(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}

// maker names the thread and its life.
func (s *strand) maker() uint32 { return s.life<<8 | uint32(s.number) }

// heapOf gives the heap operand, zero for a null one.
func (s *strand) heapOf(c *call) goalloc.Heap {
	if c.s.Heap == prog.BackingSlot {
		return s.th.Backing()
	}
	if h := &s.heaps[c.s.Heap]; h.live {
		return h.heap
	}
	return goalloc.Heap{}
}

// from gives the heap to allocate from; false if there is none.
func (s *strand) from(c *call) (goalloc.Heap, bool) {
	if c.s.Heap == prog.NoSlot {
		return s.th.Default(), true
	}
	h := s.heapOf(c)
	return h, !h.IsZero()
}

// look verifies the block operand, which stays.
func (s *strand) look(c *call) goalloc.Addr {
	if c.s.Src == prog.NoSlot {
		return 0
	}
	b := &s.blocks[c.s.Src]
	s.verify(c.r, b, c.s.Src)
	return b.addr
}

// source takes the block operand out of its slot, verified.
func (s *strand) source(c *call) (old made) {
	if c.s.Src != prog.NoSlot {
		old = s.blocks[c.s.Src]
		s.blocks[c.s.Src] = made{}
		s.verify(c.r, &old, c.s.Src)
	}
	c.r.Remote = bit(old.addr != 0 && old.maker != s.maker())
	c.r.Until = s.since()
	return old
}

func (s *strand) verify(r *pthreads.Result, b *made, slot uint32) {
	if b.addr != 0 && !s.bare {
		noteThreaded(r, BadContents, slot, b.verifyAll(b.usable))
	}
}

func noteThreaded(r *pthreads.Result, what uint8, slot uint32, bad uint64) {
	if bad != 0 && r.Bad == 0 {
		r.Bad, r.BadWhat, r.BadSlot = bad, what, slot
	}
}

// give makes a block.
func (s *strand) give(c *call) {
	var p goalloc.Addr
	if h, ok := s.from(c); ok {
		p = allocOf[c.s.Kind](h, c.s)
	}
	s.gave(c, p)
}

func (s *strand) gave(c *call, p goalloc.Addr) {
	if p == 0 {
		c.r.Null = 1
		s.blocks[c.s.Dst] = made{}
		return
	}
	s.fill(c, p, func(b *made) {
		if c.s.Kind.Row().Zeroes {
			noteThreaded(c.r, BadZero, c.s.Dst, zeroAll(b.addr, 0, b.usable))
		}
		if x := rules[c.s.Kind].text; x != noText {
			noteThreaded(c.r, BadPreserve, c.s.Dst, x.check(c.s, goalloc.Bytes(b.addr, uintptr(x.size(c.s)))))
		}
	})
}

// fill takes in a new block, after a look at what it holds.
func (s *strand) fill(c *call, p goalloc.Addr, look func(b *made)) {
	c.r.From = s.since()
	b := made{stamped{addr: p, usable: s.th.UsableSize(p), id: c.x.Step + 1}, s.maker()}
	c.r.Value, c.r.Usable = uint64(p), uint64(b.usable)
	if !s.bare {
		look(&b)
		b.stampAll()
	}
	s.blocks[c.s.Dst] = b
}

// move resizes a block.
func (s *strand) move(c *call) {
	old := s.source(c)
	h, ok := s.from(c)
	var p goalloc.Addr
	if ok {
		p = reallocOf[c.s.Kind](h, old.addr, c.s)
	}
	s.moved(c, old, p, ok && rules[c.s.Kind].freesOnFail)
}

func (s *strand) moved(c *call, old made, p goalloc.Addr, freed bool) {
	switch {
	case p == 0:
		c.r.Null = 1
		if freed {
			old = made{}
		}
		s.blocks[c.s.Dst] = old
	case p == old.addr:
		c.r.From = c.r.Until
		c.r.Value, c.r.Usable = uint64(p), uint64(s.th.UsableSize(p))
		s.blocks[c.s.Dst] = old
	default:
		s.fill(c, p, func(b *made) { checkMovedAll(c, b, &old) })
	}
}

// checkMovedAll is GoSubject.checkMoved for whole blocks.
func checkMovedAll(c *call, b, old *made) {
	size := num(c.s.A)
	if rules[c.s.Kind].counted {
		_, lo := bits.Mul64(c.s.A, c.s.B)
		size = num(lo)
	}
	if old.addr != 0 {
		was := stamped{addr: b.addr, usable: old.usable, id: old.id}
		noteThreaded(c.r, BadPreserve, c.s.Dst, was.verifyAll(min(old.usable, size)))
	}
	if c.s.Kind.Row().Zeroes && size > old.usable {
		noteThreaded(c.r, BadZero, c.s.Dst, zeroAll(b.addr, old.usable, size))
	}
}

func (s *strand) newHeap(c *call) {
	var h goalloc.Heap
	ok := !s.th.Backing().IsZero()
	if ok {
		h, ok = s.th.NewHeap()
	}
	s.heaps[c.s.Dst] = goHeap{heap: h, thread: s.number, live: ok}
	c.r.Null = bit(!ok)
	if ok {
		c.r.Value = uint64(h.Addr())
	}
	if s.number == 0 {
		s.mains[c.s.Dst] = true
	}
}

func (s *strand) deleteHeap(c *call) {
	if h := s.heapOf(c); !h.IsZero() {
		h.Delete()
	}
	s.forget(c)
}

func (s *strand) forget(c *call) {
	s.heaps[c.s.Heap] = goHeap{}
	delete(s.mains, c.s.Heap)
}

// destroyHeap ends the blocks that the program's text says go with the heap.
func (s *strand) destroyHeap(c *call) {
	c.r.Until = s.since()
	if h := s.heapOf(c); !h.IsZero() {
		for _, slot := range s.strands.Drops[c.x.FirstDrop : c.x.FirstDrop+c.x.Drops] {
			s.verify(c.r, &s.blocks[slot], slot)
			s.blocks[slot] = made{}
		}
		h.Destroy()
	}
	s.forget(c)
}

// heapsOfMain lists the heaps that the first thread still has, in order.
func (s *strand) heapsOfMain() []uint32 {
	var all []uint32
	for slot := range s.mains {
		all = append(all, slot)
	}
	slices.Sort(all)
	return all
}
