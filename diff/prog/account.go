// Operands of generated operations, and what becomes of them. See doc.go for an overview.

package prog

import "slices"

// drawHandles draws the handle operands. It gives the index of the block or bulk in its list, -1 if
// there is none.
func (g *generator) drawHandles(o *Op, row *Row) int {
	at := -1
	for _, kind := range row.Operands {
		switch kind {
		case HeapUse, HeapEnd:
			g.drawHeap(o, kind)
		case BulkDrain:
			at = g.below(len(g.bulks))
			o.Src = g.bulks[at].handle
			if g.below(8) >= g.swarm.foreign {
				o.Thread = g.bulks[at].thread
			}
		case ArenaUse:
			o.Src = pick(&g.random, g.arenas)
		case ArenaMay:
			switch o.Src = Null; {
			case g.oneIn(16):
				o.Src = Missing
			case len(g.arenas) > 0 && g.oneIn(2):
				o.Src = pick(&g.random, g.arenas)
			}
		case SubprocUse:
			if o.Src = Null; len(g.subprocs) > 0 && !g.oneIn(4) {
				o.Src = pick(&g.random, g.subprocs).handle
			}
		case SubprocEnd:
			o.Src = g.subprocs[g.unjoined()].handle
		case BlockUse, BlockFree, BlockMove:
			at = g.drawBlock(o, kind)
		}
	}
	return at
}

// unjoined gives the index of a sub-process that no thread ever joined, -1 if there is none.
func (g *generator) unjoined() int {
	return slices.IndexFunc(g.subprocs, func(s liveSubproc) bool { return !s.joined })
}

// drawHeap draws a heap operand, and with it the thread.
func (g *generator) drawHeap(o *Op, kind Operand) {
	if len(g.heaps) == 0 || kind == HeapUse && g.oneIn(6) {
		o.Heap = Backing
		return
	}
	h := pick(&g.random, g.heaps)
	o.Heap, o.Thread = h.handle, h.thread
}

// drawBlock draws a block operand, and for most releases its maker as the thread.
func (g *generator) drawBlock(o *Op, kind Operand) int {
	if g.oneIn(100) {
		o.Src = Null
		return -1
	}
	at := g.below(len(g.blocks))
	switch {
	case kind == BlockMove && g.below(8) < g.swarm.chains:
		at = g.chainIndex(at)
	case kind == BlockFree && g.swarm.order == newestFirst:
		at = len(g.blocks) - 1
	case kind == BlockFree && g.swarm.order == oldestFirst:
		at = 0
	}
	b := &g.blocks[at]
	o.Src = b.handle
	if o.Heap == NoHandle && g.below(8) >= g.swarm.foreign {
		o.Thread = b.thread
	}
	return at
}

// chainIndex finds the block of the growth chain; the block at otherwise becomes it.
func (g *generator) chainIndex(otherwise int) int {
	for i := range g.blocks {
		if g.blocks[i].handle == g.chain {
			return i
		}
	}
	g.chain = g.blocks[otherwise].handle
	return otherwise
}

// drawExit chooses the thread that ends: seldom the main one.
func (g *generator) drawExit(o *Op) {
	if g.cfg.Threads > 1 && !g.oneIn(16) {
		o.Thread = uint8(1 + g.below(g.cfg.Threads-1))
	}
}

// drawNumbers draws the numbers; at is the index of the block or bulk operand.
func (g *generator) drawNumbers(o *Op, row *Row, at int) {
	room := g.room()
	whole := row.Zeroes || o.Src != NoHandle
	var align uint64
	if takesAlign(row) {
		align = g.alignment(room / 2)
		if align <= alignMax {
			room -= min(align, room/2)
		}
	}
	num, count := 0, -1
	for _, kind := range row.Operands {
		if kind < Size {
			continue
		}
		n := &o.Num[num]
		switch kind {
		case Count, BulkCount:
			count = num
		case Size, SmallSize:
			*n = g.requestSize(o, kind, whole, room, at)
			if row.Result == BulkResult {
				o.Num[count] = g.drawBulk(n)
			} else if count >= 0 {
				o.Num[count], *n = g.count(*n)
			}
		case Align:
			*n = align
		case Offset:
			*n = g.offset(o.Num[0], align)
		case Bool:
			*n = g.force(o)
		case ArenaSize:
			*n = g.arenaSize()
		case Millis:
			*n = g.millis()
		case OptionName:
			*n = pick(&g.random, OptionsOf(g.p.Profile))
		case MovableName:
			*n = pick(&g.random, movableOf(g.p.Profile))
		case CallbackName:
			*n = uint64(pick(&g.random, []int{CallbackFrees, CallbackFrees, CallbackAllocates, CallbackAllocatesAtEnd,
				CallbackNone}))
		case HandlerName:
			*n = uint64(pick(&g.random, []int{HandlerThrows, HandlerRetries, HandlerRetries, HandlerNone}))
		case Length:
			*n = g.length(room)
		case Most:
			*n = g.most(o.Num[0])
		case HeapTag:
			*n = pick(&g.random, []uint64{0, 0, 1, 2, 2, MaxTag})
		case VisitTag:
			*n = pick(&g.random, []uint64{largestUint, largestUint, 0, 1, 2})
		case Percent:
			*n = uint64(g.below(101))
		case OptionValue:
			*n = uint64(pick(&g.random, optionValues[o.Num[0]]))
		case Stride:
			*n = pick(&g.random, []uint64{1, 1, 2, 2, 3, 4, 7, 16, 64})
		}
		num++
	}
}

// requestSize draws the size of a request; for a block in a growth chain, what it grows to.
func (g *generator) requestSize(o *Op, kind Operand, whole bool, room uint64, at int) uint64 {
	if kind == SmallSize {
		return g.classSize(tinySizes) % (MaxSmallSize + 1)
	}
	if o.Src.IsVar() && o.Src == g.chain && at >= 0 {
		if had := g.blocks[at].bytes; had < min(room, g.maxSize(), 2*mebi)/2 {
			return had + had/pick(&g.random, []uint64{1, 2, 8}) + 1
		}
		g.chain = NoHandle
	}
	return g.size(whole, room)
}

// drawBulk draws the number of blocks of a bulk, and makes the blocks smaller if it is too much.
func (g *generator) drawBulk(size *uint64) uint64 {
	most := uint64(2 * mebi)
	if g.oneIn(16) {
		most = 32 * mebi
	}
	most = max(min(most, g.room()), sliceSize)
	if *size > most/2 {
		*size = g.between(1, min(smallMax, g.maxSize()))
	}
	n := min(g.bulkCount(*size), uint64(g.bulked), most/max(*size, 1))
	return max(n, 1)
}

// force draws the operand of a collect; by force where that is quick.
func (g *generator) force(o *Op) uint64 {
	quick := o.Thread == 0 && (o.Heap == NoHandle || o.Heap == Backing)
	if g.slow.ended && !quick && !g.oneIn(8) {
		return 0
	}
	return uint64(g.below(2))
}

// room gives the bytes that a request may make resident.
func (g *generator) room() uint64 {
	most := g.cfg.MaxLive - min(g.live, g.cfg.MaxLive)
	if g.huge >= mostHuge {
		most = min(most, largeMax)
	}
	return max(min(most, max(g.work, mediumMax)), 4096)
}

// account takes in what an operation makes and ends.
func (g *generator) account(o *Op, row *Row, at int) {
	for _, kind := range row.Operands {
		switch {
		case (kind == BlockFree || kind == BlockMove) && at >= 0:
			g.dropBlock(at)
		case kind == SubprocEnd:
			g.subprocs = slices.DeleteFunc(g.subprocs, func(s liveSubproc) bool { return s.handle == o.Src })
		case kind == HeapEnd:
			g.dropHeaps(func(h liveHeap) bool { return h.handle == o.Heap })
		case kind == BulkDrain:
			b := &g.bulks[at]
			left := leftAfter(b.held, o.Num[0])
			g.live -= (b.held - left) * b.size
			b.held = left
			if left == 0 {
				g.bulks = append(g.bulks[:at], g.bulks[at+1:]...)
			}
		}
	}
	switch o.Kind {
	case kindRegister:
		g.calls, g.queued = o.Num[0] != CallbackNone, 0
	case kindJoin:
		for i := range g.subprocs {
			g.subprocs[i].joined = g.subprocs[i].joined || g.subprocs[i].handle == o.Src
		}
	case kindDefer:
		if !g.calls {
			g.queued++
		}
	}
	if row.EndsTied {
		g.dropHeaps(func(h liveHeap) bool { return h.thread == o.Thread })
	}
	if makesArena(row) {
		g.areas--
	}
	switch row.Group {
	case Exiting:
		g.exits--
		g.slow.ended = true
		g.refusals = min(g.refusals, 2)
	case Collecting:
		g.collects--
		g.slow.note(row)
	}
	if row.Result >= BlockResult {
		g.bind(o, row)
	}
}

func (g *generator) dropBlock(at int) {
	b := g.blocks[at]
	g.live -= b.bytes
	if b.huge {
		g.huge--
	}
	g.blocks = append(g.blocks[:at], g.blocks[at+1:]...)
}

func (g *generator) dropHeaps(gone func(liveHeap) bool) {
	kept := g.heaps[:0]
	for _, h := range g.heaps {
		if !gone(h) {
			kept = append(kept, h)
		}
	}
	g.heaps = kept
}

// bind makes the handle of the result: a fresh one, or that of the block that moved.
func (g *generator) bind(o *Op, row *Row) {
	sort := Sort(row.Result - BlockResult)
	if o.Dst = o.Src; !o.moves(row) {
		o.Dst = Handle(len(g.p.Vars))
		g.p.Vars = append(g.p.Vars, Var{Sort: sort})
	}
	if sort == SubprocVar {
		g.subprocs = append(g.subprocs, liveSubproc{handle: o.Dst})
		return
	}
	if sort == ArenaVar {
		g.arenas = append(g.arenas, o.Dst)
		return
	}
	if sort == HeapVar {
		g.heaps = append(g.heaps, liveHeap{o.Dst, o.Thread})
		return
	}
	r, _ := requestOf(o, row)
	bytes := r.touches()
	g.live += bytes
	if sort == BulkVar {
		g.bulked -= int(*r.count)
		g.bulks = append(g.bulks, liveBulk{o.Dst, *r.count, *r.size, o.Thread})
		return
	}
	huge := bytes > largeMax/16 && (*r.size > largeMax || r.align != nil && *r.align > alignMax)
	if huge {
		g.huge++
	}
	if bytes > mediumMax {
		g.work -= min(bytes, g.work)
	}
	g.blocks = append(g.blocks, liveBlock{o.Dst, bytes, o.Thread, huge})
}
