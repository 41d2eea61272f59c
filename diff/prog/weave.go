// Programs put together from parts of others. See doc.go for an overview.

package prog

import "slices"

// Weaver puts a program together, operation by operation, from operations of other programs and drawn ones.
// Whatever it is given, the program is valid: an operand that means nothing here is replaced by a live
// handle, and an operation for which there is none is left out. It costs no more to run than the dearest of
// its models, or than a drawn program may.
type Weaver struct {
	g     *generator
	spare costs
}

// Names tells what the handles of one program are in the one that is woven.
type Names struct{ now []Handle }

// NamesOf gives the names of a program of which nothing is woven in yet.
func NamesOf(p *Program) *Names {
	n := &Names{make([]Handle, len(p.Vars))}
	for i := range n.now {
		n.now[i] = NoHandle
	}
	return n
}

// Clone gives names that go their own way from here on.
func (n *Names) Clone() *Names { return &Names{append([]Handle(nil), n.now...)} }

func (n *Names) of(h Handle) Handle {
	if !h.IsVar() {
		return h
	}
	return n.now[h]
}

// NewWeaver begins a program with the header of the first model, as far as cfg allows it. cfg.Ops bounds the
// operations, and cfg.Threads the threads. The same seed and calls give the same program.
func NewWeaver(seed uint64, cfg GenConfig, models ...*Program) *Weaver {
	header := models[0]
	cfg.Profile = header.Profile
	cfg.Threads = max(1, min(cfg.Threads, header.Threads, MaxThreads))
	w := &Weaver{g: newGenerator(seed, cfg)}
	w.g.drawSwarm()
	p := w.g.p
	for _, o := range header.Options {
		p.Options = append(p.Options, o)
		if last := len(p.Options) - 1; !cfg.Options || p.optionProblem(last) != "" {
			p.Options = p.Options[:last]
		}
	}
	for _, f := range header.Faults {
		p.Faults = append(p.Faults, f)
		if last := len(p.Faults) - 1; !cfg.Faults || p.faultProblem(last) != "" {
			p.Faults = p.Faults[:last]
		}
	}
	w.spare = allowance(&w.g.cfg)
	for _, m := range models {
		w.spare.most(costsOf(m))
	}
	return w
}

// Program gives what was woven so far; it grows with the weaver.
func (w *Weaver) Program() *Program { return w.g.p }

// Full tells that no more operations are taken.
func (w *Weaver) Full() bool { return len(w.g.p.Ops) >= w.g.cfg.Ops }

// Draw appends an operation as Generate draws them.
func (w *Weaver) Draw() bool {
	if w.Full() {
		return false
	}
	w.g.mood()
	w.g.op(w.g.kind())
	o := &w.g.p.Ops[len(w.g.p.Ops)-1]
	w.spare.slow.note(&Table[o.Kind])
	return true
}

// Take appends an operation of another program, whose names are given, and tells whether it could.
func (w *Weaver) Take(o Op, names *Names) bool {
	g, row, dst := w.g, &Table[o.Kind], o.Dst
	if w.Full() || !g.cfg.has(row) {
		return false
	}
	o.Line, o.Dst = 0, NoHandle
	o.Thread %= uint8(g.p.Threads)
	if o.Kind == kindBarrier {
		o.Thread = 0
	}
	o.Heaped = o.Heaped && row.Heaped && g.cfg.Heaps
	at, ok := w.operands(&o, row, names)
	if !ok {
		return false
	}
	foldNumbers(g.p.Profile, &o, row)
	g.makeLegal(&o, row)
	if !w.spare.spend(&g.cfg, &o, row, g.live) {
		return false
	}
	g.account(&o, row, at)
	g.p.Ops = append(g.p.Ops, o)
	if dst.IsVar() && o.Dst.IsVar() {
		names.now[dst] = o.Dst
	}
	return true
}

// operands replaces the handles by those of the woven program. It gives the index of the block or bulk, -1 if
// there is none, and tells whether there was a handle for each.
func (w *Weaver) operands(o *Op, row *Row, names *Names) (at int, ok bool) {
	at = -1
	src, heap := names.of(o.Src), names.of(o.Heap)
	o.Src, o.Heap = NoHandle, NoHandle
	if o.Heaped {
		w.useHeap(o, heap)
	}
	for _, kind := range row.Operands {
		ok := true
		switch kind {
		case HeapUse:
			w.useHeap(o, heap)
		case HeapEnd:
			ok = w.endHeap(o, heap)
		case BulkDrain:
			at, ok = w.bulk(o, src)
		case ArenaUse:
			ok = w.arena(o, src)
		case ArenaMay:
			if src == Null || src == Missing {
				o.Src = src
			} else if !w.arena(o, src) {
				o.Src = Null
			}
		case SubprocUse, SubprocEnd:
			ok = w.subproc(o, kind, src)
		case BlockUse, BlockFree, BlockMove:
			if src == Null {
				o.Src = Null
			} else {
				at, ok = w.block(o, src)
			}
		}
		if !ok {
			return 0, false
		}
	}
	return at, true
}

// recent draws an index below n, rather a late one.
func (g *generator) recent(n int) int { return n - 1 - g.below(1+g.below(n)) }

func (w *Weaver) block(o *Op, h Handle) (at int, ok bool) {
	all := w.g.blocks
	for i := len(all) - 1; i >= 0 && h.IsVar(); i-- {
		if all[i].handle == h {
			o.Src = h
			return i, true
		}
	}
	if len(all) == 0 {
		return 0, false
	}
	at = w.g.recent(len(all))
	o.Src = all[at].handle
	return at, true
}

func (w *Weaver) bulk(o *Op, h Handle) (at int, ok bool) {
	all := w.g.bulks
	if len(all) == 0 {
		return 0, false
	}
	at = -1
	for i := range all {
		if all[i].handle == h {
			at = i
		}
	}
	if at < 0 {
		at = w.g.recent(len(all))
	}
	o.Src = all[at].handle
	return at, true
}

func (w *Weaver) arena(o *Op, h Handle) bool {
	all := w.g.arenas
	if len(all) == 0 {
		return false
	}
	if o.Src = h; !h.IsVar() {
		o.Src = all[w.g.recent(len(all))]
	}
	return true
}

// subproc takes the sub-process itself, the main one, or for an end one that no thread ever joined.
func (w *Weaver) subproc(o *Op, kind Operand, h Handle) bool {
	if kind == SubprocEnd {
		at := w.g.unjoined()
		if at >= 0 {
			o.Src = w.g.subprocs[at].handle
		}
		return at >= 0
	}
	if o.Src = Null; slices.ContainsFunc(w.g.subprocs, func(s liveSubproc) bool { return s.handle == h }) {
		o.Src = h
	}
	return true
}

// useHeap makes the owner of a heap the thread of an operation on it; one that has ended is replaced.
func (w *Weaver) useHeap(o *Op, h Handle) {
	o.Heap = Backing
	for _, live := range w.g.heaps {
		if live.handle == h {
			o.Heap, o.Thread = h, live.thread
			return
		}
		if h != Backing && live.thread == o.Thread {
			o.Heap = live.handle
		}
	}
}

func (w *Weaver) endHeap(o *Op, h Handle) bool {
	all := w.g.heaps
	if len(all) == 0 {
		return false
	}
	with := all[w.g.recent(len(all))]
	for _, live := range all {
		if live.handle == h {
			with = live
		}
	}
	o.Heap, o.Thread = with.handle, with.thread
	return true
}
