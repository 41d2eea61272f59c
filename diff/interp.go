// The interpreter of the Go side: one row per operation. See doc.go for an overview.

package diff

import (
	"math/bits"
	"slices"

	"midiff/diff/prog"
	"midiff/goalloc"
)

type (
	goAlloc   = func(h goalloc.Heap, s *prog.Step) goalloc.Addr
	goRealloc = func(h goalloc.Heap, p goalloc.Addr, s *prog.Step) goalloc.Addr
	goRun     = func(g *GoSubject, t *goalloc.Thread, s *prog.Step, r *Result)
	heapOf    = goalloc.Heap
	addrOf    = goalloc.Addr
	stepOf    = prog.Step
)

// goOp is how goalloc does an operation: one of the three.
type goOp struct {
	name    string
	alloc   goAlloc
	realloc goRealloc
	run     goRun
}

func num(v uint64) uintptr { return uintptr(v) }

// The operations that make a block.
var goAllocs = []goOp{
	{name: "malloc", alloc: func(h heapOf, s *stepOf) addrOf { return h.Malloc(num(s.A)) }},
	{name: "zalloc", alloc: func(h heapOf, s *stepOf) addrOf { return h.Zalloc(num(s.A)) }},
	{name: "calloc", alloc: func(h heapOf, s *stepOf) addrOf { return h.Calloc(num(s.A), num(s.B)) }},
	{name: "mallocn", alloc: func(h heapOf, s *stepOf) addrOf { return h.Mallocn(num(s.A), num(s.B)) }},
	{name: "malloc_small", alloc: func(h heapOf, s *stepOf) addrOf { return h.MallocSmall(num(s.A)) }},
	{name: "zalloc_small", alloc: func(h heapOf, s *stepOf) addrOf { return h.ZallocSmall(num(s.A)) }},
	{name: "malloc_aligned", alloc: func(h heapOf, s *stepOf) addrOf {
		return h.MallocAligned(num(s.A), num(s.B))
	}},
	{name: "zalloc_aligned", alloc: func(h heapOf, s *stepOf) addrOf {
		return h.ZallocAligned(num(s.A), num(s.B))
	}},
	{name: "calloc_aligned", alloc: func(h heapOf, s *stepOf) addrOf {
		return h.CallocAligned(num(s.A), num(s.B), num(s.C))
	}},
	{name: "malloc_aligned_at", alloc: func(h heapOf, s *stepOf) addrOf {
		return h.MallocAlignedAt(num(s.A), num(s.B), num(s.C))
	}},
	{name: "zalloc_aligned_at", alloc: func(h heapOf, s *stepOf) addrOf {
		return h.ZallocAlignedAt(num(s.A), num(s.B), num(s.C))
	}},
	{name: "calloc_aligned_at", alloc: func(h heapOf, s *stepOf) addrOf {
		return h.CallocAlignedAt(num(s.A), num(s.B), num(s.C), num(s.D))
	}},
}

// The operations that resize a block.
var goReallocs = []goOp{
	{name: "realloc", realloc: func(h heapOf, p addrOf, s *stepOf) addrOf {
		return h.Realloc(p, num(s.A))
	}},
	{name: "reallocn", realloc: func(h heapOf, p addrOf, s *stepOf) addrOf {
		return h.Reallocn(p, num(s.A), num(s.B))
	}},
	{name: "reallocf", realloc: func(h heapOf, p addrOf, s *stepOf) addrOf {
		return h.Reallocf(p, num(s.A))
	}},
	{name: "rezalloc", realloc: func(h heapOf, p addrOf, s *stepOf) addrOf {
		return h.Rezalloc(p, num(s.A))
	}},
	{name: "recalloc", realloc: func(h heapOf, p addrOf, s *stepOf) addrOf {
		return h.Recalloc(p, num(s.A), num(s.B))
	}},
	{name: "realloc_aligned", realloc: func(h heapOf, p addrOf, s *stepOf) addrOf {
		return h.ReallocAligned(p, num(s.A), num(s.B))
	}},
	{name: "rezalloc_aligned", realloc: func(h heapOf, p addrOf, s *stepOf) addrOf {
		return h.RezallocAligned(p, num(s.A), num(s.B))
	}},
	{name: "recalloc_aligned", realloc: func(h heapOf, p addrOf, s *stepOf) addrOf {
		return h.RecallocAligned(p, num(s.A), num(s.B), num(s.C))
	}},
	{name: "realloc_aligned_at", realloc: func(h heapOf, p addrOf, s *stepOf) addrOf {
		return h.ReallocAlignedAt(p, num(s.A), num(s.B), num(s.C))
	}},
	{name: "rezalloc_aligned_at", realloc: func(h heapOf, p addrOf, s *stepOf) addrOf {
		return h.RezallocAlignedAt(p, num(s.A), num(s.B), num(s.C))
	}},
	{name: "recalloc_aligned_at", realloc: func(h heapOf, p addrOf, s *stepOf) addrOf {
		return h.RecallocAlignedAt(p, num(s.A), num(s.B), num(s.C), num(s.D))
	}},
}

// The others.
var goOthers = []goOp{
	{name: "expand", run: (*GoSubject).expand},
	{name: "reallocarray", run: (*GoSubject).reallocarray},
	{name: "reallocarr", run: (*GoSubject).reallocarr},
	{name: "posix_memalign", run: (*GoSubject).posixMemalign},
	{name: "memalign", run: (*GoSubject).memalign},
	{name: "aligned_alloc", run: (*GoSubject).alignedAlloc},
	{name: "valloc", run: (*GoSubject).valloc},
	{name: "pvalloc", run: (*GoSubject).pvalloc},
	{name: "aligned_recalloc", run: (*GoSubject).alignedRecalloc},
	{name: "aligned_offset_recalloc", run: (*GoSubject).alignedOffsetRecalloc},
	{name: "free", run: (*GoSubject).free},
	{name: "free_size", run: (*GoSubject).freeSize},
	{name: "free_size_aligned", run: (*GoSubject).freeSizeAligned},
	{name: "free_aligned", run: (*GoSubject).freeAligned},
	{name: "malloc_size", run: (*GoSubject).mallocSize},
	{name: "malloc_usable_size", run: (*GoSubject).mallocUsableSize},
	{name: "malloc_good_size", run: (*GoSubject).mallocGoodSize},
	{name: "_expand", run: (*GoSubject).expandInPlace},
	{name: "cfree", run: (*GoSubject).cfree},
	{name: "usable_size", run: (*GoSubject).usableSize},
	{name: "good_size", run: (*GoSubject).goodSize},
	{name: "is_in_heap_region", run: (*GoSubject).isInHeapRegion},
	{name: "check_owned", run: (*GoSubject).checkOwned},
	{name: "heap_check_owned", run: (*GoSubject).heapCheckOwned},
	{name: "heap_contains_block", run: (*GoSubject).heapContainsBlock},
	{name: "heap_visit_blocks", run: (*GoSubject).heapVisitBlocks},
	{name: "heap_new", run: (*GoSubject).heapNew},
	{name: "heap_delete", run: (*GoSubject).heapDelete},
	{name: "heap_destroy", run: (*GoSubject).heapDestroy},
	{name: "heap_set_default", run: (*GoSubject).heapSetDefault},
	{name: "heap_get_default", run: (*GoSubject).heapGetDefault},
	{name: "heap_get_backing", run: (*GoSubject).heapGetBacking},
	{name: "collect", run: (*GoSubject).collect},
	{name: "heap_collect", run: (*GoSubject).heapCollect},
	{name: "thread_init", run: (*GoSubject).threadInit},
	{name: "thread_done", run: (*GoSubject).threadDone},
	{name: "exit", run: (*GoSubject).exit},
	{name: "exit_once", run: (*GoSubject).exitOnce},
	{name: "clock", run: (*GoSubject).clock},
	{name: "stats_merge", run: (*GoSubject).statsMerge},
	{name: "stats_reset", run: (*GoSubject).statsReset},
	{name: "reserve_os_memory", run: (*GoSubject).reserve},
	{name: "manage_os_memory", run: (*GoSubject).manage},
	{name: "reserve_os_memory_ex", run: (*GoSubject).reserveEx},
	{name: "manage_os_memory_ex", run: (*GoSubject).manageEx},
	{name: "arena_area", run: (*GoSubject).arenaArea},
	{name: "heap_new_in_arena", run: (*GoSubject).heapNewInArena},
	{name: "option_set", run: (*GoSubject).optionSet},
	{name: "option_get", run: (*GoSubject).optionGet},
	{name: "option_is_enabled", run: (*GoSubject).optionIsEnabled},
	{name: "option_set_default", run: (*GoSubject).optionSetDefault},
	{name: "option_set_enabled", run: (*GoSubject).optionSetEnabled},
	{name: "option_set_enabled_default", run: (*GoSubject).optionSetEnabledDefault},
	{name: "option_enable", run: (*GoSubject).optionEnable},
	{name: "option_disable", run: (*GoSubject).optionDisable},
	{name: "register_deferred_free", run: (*GoSubject).registerDeferredFree},
	{name: "defer_free", run: (*GoSubject).deferFree},
	{name: "barrier", run: func(*GoSubject, *goalloc.Thread, *prog.Step, *Result) {}},
}

var (
	allocOf   = byKind(slices.Concat(goAllocs, goLater, goTexts), func(o goOp) goAlloc { return o.alloc })
	reallocOf = byKind(goReallocs, func(o goOp) goRealloc { return o.realloc })
	runOf     = byKind(slices.Concat(goAllocs, goReallocs, goOthers, goLater, goTexts), func(o goOp) goRun {
		switch {
		case o.alloc != nil:
			return (*GoSubject).give
		case o.realloc != nil:
			return (*GoSubject).move
		}
		return o.run
	})
)

// byKind makes rows found by name into a table by Kind.
func byKind[F any](rows []goOp, pick func(goOp) F) []F {
	table := make([]F, len(prog.Table))
	for _, o := range rows {
		k, ok := prog.KindOf(o.name)
		if !ok {
			panic("diff: the interpreter knows " + o.name + ", which prog.Table does not have")
		}
		table[k] = pick(o)
	}
	return table
}

// heap gives the heap that s allocates from; false if its handle is null, because heap_new failed.
func (g *GoSubject) heap(t *goalloc.Thread, s *prog.Step) (goalloc.Heap, bool) {
	switch s.Heap {
	case prog.NoSlot:
		return t.Default(), true
	case prog.BackingSlot:
		h := t.Backing()
		return h, !h.IsZero()
	}
	h := &g.heaps[s.Heap]
	return h.heap, h.live
}

// give makes a block.
func (g *GoSubject) give(t *goalloc.Thread, s *prog.Step, r *Result) {
	h, ok := g.heap(t, s)
	var p goalloc.Addr
	if ok {
		p = allocOf[s.Kind](h, s)
	}
	g.gave(t, s, r, p)
}

// gave takes in a block that a call made, or null.
func (g *GoSubject) gave(t *goalloc.Thread, s *prog.Step, r *Result, p goalloc.Addr) {
	b := &g.blocks[s.Dst]
	if p == 0 {
		*b = stamped{}
		r.Null = 1
		return
	}
	*b = stamped{addr: p, usable: t.UsableSize(p), id: g.step}
	r.Value, r.Usable = g.rel(p), uint64(b.usable)
	if s.Kind.Row().Zeroes {
		note(r, BadZero, s.Dst, b.zero())
	}
	if x := rules[s.Kind].text; x != noText {
		note(r, BadPreserve, s.Dst, x.check(s, goalloc.Bytes(p, uintptr(x.size(s)))))
	}
	b.stamp()
}

// move resizes a block.
func (g *GoSubject) move(t *goalloc.Thread, s *prog.Step, r *Result) {
	old := g.source(s, r)
	h, ok := g.heap(t, s)
	var p goalloc.Addr
	if ok {
		p = reallocOf[s.Kind](h, old.addr, s)
	}
	g.moved(t, s, r, old, p, ok && rules[s.Kind].freesOnFail)
}

// source takes the block that is to be resized out of its slot, after a look at its contents.
func (g *GoSubject) source(s *prog.Step, r *Result) (old stamped) {
	if s.Src != prog.NoSlot {
		old = g.blocks[s.Src]
		if old.addr != 0 {
			note(r, BadContents, s.Src, old.verify(old.usable))
		}
		g.blocks[s.Src] = stamped{}
	}
	return old
}

// moved takes in what became of a block that was to be resized; freed tells that it is gone where the
// result is null.
func (g *GoSubject) moved(t *goalloc.Thread, s *prog.Step, r *Result, old stamped, p goalloc.Addr,
	freed bool) {
	b := &g.blocks[s.Dst]
	switch {
	case p == 0:
		r.Null = 1
		*b = old
		if freed {
			*b = stamped{}
		} else if old.addr != 0 {
			note(r, BadContents, s.Src, old.verify(old.usable))
		}
	case p == old.addr:
		*b = old
		r.Value, r.Usable = g.rel(p), uint64(t.UsableSize(p))
	default:
		*b = stamped{addr: p, usable: t.UsableSize(p), id: g.step}
		r.Value, r.Usable = g.rel(p), uint64(b.usable)
		g.checkMoved(s, r, b, old)
		b.stamp()
	}
}

// checkMoved looks whether a block kept its contents in its new place, and whether what a zeroing
// operation added reads zero.
func (g *GoSubject) checkMoved(s *prog.Step, r *Result, b *stamped, old stamped) {
	size := num(s.A)
	if rules[s.Kind].counted {
		_, lo := bits.Mul64(s.A, s.B)
		size = num(lo)
	}
	if old.addr != 0 {
		moved := stamped{addr: b.addr, usable: old.usable, id: old.id}
		note(r, BadPreserve, s.Dst, moved.verify(min(old.usable, size)))
	}
	if s.Kind.Row().Zeroes && size > old.usable {
		note(r, BadZero, s.Dst, zeroRange(b.addr, old.usable, size))
	}
}

// operand gives the address of the block operand after a look at its contents; 0 for null.
func (g *GoSubject) operand(s *prog.Step, r *Result) goalloc.Addr {
	if s.Src == prog.NoSlot {
		return 0
	}
	b := &g.blocks[s.Src]
	if b.addr != 0 {
		note(r, BadContents, s.Src, b.verify(b.usable))
	}
	return b.addr
}

func (g *GoSubject) free(t *goalloc.Thread, s *prog.Step, r *Result) {
	t.Free(g.operand(s, r))
	if s.Src != prog.NoSlot {
		g.blocks[s.Src] = stamped{}
	}
}

func (g *GoSubject) cfree(t *goalloc.Thread, s *prog.Step, r *Result) {
	t.Cfree(g.operand(s, r))
	if s.Src != prog.NoSlot {
		g.blocks[s.Src] = stamped{}
	}
}

func (g *GoSubject) expand(t *goalloc.Thread, s *prog.Step, r *Result) {
	p := t.Expand(g.operand(s, r), num(s.A))
	if p == 0 {
		r.Null = 1
		return
	}
	r.Value, r.Usable = g.rel(p), uint64(t.UsableSize(p))
}

func (g *GoSubject) usableSize(t *goalloc.Thread, s *prog.Step, r *Result) {
	r.Value = uint64(t.UsableSize(g.operand(s, r)))
}

func (g *GoSubject) goodSize(_ *goalloc.Thread, s *prog.Step, r *Result) {
	r.Value = uint64(g.proc.GoodSize(num(s.A)))
}
