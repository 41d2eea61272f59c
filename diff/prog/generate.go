// Programs drawn at random. See doc.go for an overview.

package prog

// GenConfig says what generated programs may contain. The zero value of a number stands for the
// default given with it.
type GenConfig struct {
	Ops      int      // operations (50)
	Threads  int      // virtual threads (1)
	MaxSize  uint64   // bytes of a request that can be satisfied (no bound)
	MaxAlign uint64   // alignments (no bound)
	MaxLive  uint64   // bytes that live blocks make resident at any time, roughly (256 MiB)
	MaxWork  uint64   // bytes that requests above 128 KiB may touch in all (drawn: 32 MiB to 1 GiB)
	MaxBulk  int      // blocks of all bulks (256 and 2 more per operation)
	Heaps    bool     // first-class heaps
	Arenas   bool     // arenas in some programs, a few; wants Heaps
	Aligned  bool     // aligned calls
	Exits    bool     // exit and thread_done, a few per program
	Options  bool     // options, in some programs
	Faults   bool     // faults of OS calls, in some programs
	Barriers bool     // barriers
	Parallel bool     // nothing that parallel runs refuse (Untwine), as far as that is foreseeable
	Profile  string   // of the programs (the first of Profiles)
	Lacks    []string `json:",omitempty"` // operations that they do not have, by the names of their rows
}

// Generate draws a valid program. The same seed and config give the same program.
func Generate(seed uint64, cfg GenConfig) *Program {
	g := newGenerator(seed, cfg)
	g.drawSwarm()
	g.drawHeader()
	for len(g.p.Ops) < g.cfg.Ops {
		g.mood()
		if left := g.cfg.Ops - len(g.p.Ops); g.swarm.tidy && left <= len(g.blocks)+len(g.bulks)+1 {
			g.tidyOp()
			continue
		}
		g.op(g.kind())
	}
	return g.p
}

// generator holds what a program has come to.
type generator struct {
	random
	cfg       GenConfig
	p         *Program
	swarm     swarm
	blocks    []liveBlock // oldest first
	heaps     []liveHeap
	bulks     []liveBulk
	arenas    []Handle
	subprocs  []liveSubproc
	thread    uint8
	live      uint64 // bytes that live blocks make resident
	work      uint64 // bytes that requests above 128 KiB may still touch
	huge      int    // live blocks with a segment of their own
	chain     Handle // the block that grows and grows
	shrinking bool
	calls     bool // a callback is registered
	queued    int  // blocks queued since there was one
	until     int  // operations until the mood turns
	rations
}

// rations are how many more operations of a slow kind a program may have.
type rations struct {
	exits    int
	collects int
	slow     slowness // collects and refusals once a thread has ended
	refusals int
	bulked   int // blocks
	areas    int // arenas
}

// widen makes them fit a program of ops operations in which the slow kinds are as likely as any other.
// What such a program does in bulk is little, so that it does not hide the rest.
func (r *rations) widen(ops int) {
	r.exits, r.collects = 1+ops/25, 2+ops/25
	r.slow.left = 4 + ops/10
	r.bulked = min(r.bulked, ops/4)
	r.areas = mostArenas + ops/20
}

type liveBlock struct {
	handle Handle
	bytes  uint64 // resident
	thread uint8  // that made it
	huge   bool
}

type liveHeap struct {
	handle Handle
	thread uint8
}

type liveSubproc struct {
	handle Handle
	joined bool // by a thread, ever
}

type liveBulk struct {
	handle Handle
	held   uint64
	size   uint64
	thread uint8
}

// The operations that tidying is made of, besides free.
var (
	kindBulkFree = mustKind("bulk_free")
	kindCollect  = mustKind("collect")
	kindRegister = mustKind("register_deferred_free")
)

// mostArenas bounds the arenas of a program.
const mostArenas = 4

// mostQueued bounds the blocks that are queued while nothing frees them.
const mostQueued = 16

// mostHuge bounds the live segments of huge blocks.
const mostHuge = 48

func newGenerator(seed uint64, cfg GenConfig) *generator {
	if cfg.Ops <= 0 {
		cfg.Ops = 50
	}
	cfg.Threads = max(1, min(cfg.Threads, MaxThreads))
	if cfg.Profile == "" {
		cfg.Profile = Profiles[0]
	}
	if cfg.MaxLive == 0 {
		cfg.MaxLive = 256 * mebi
	}
	if cfg.MaxBulk <= 0 {
		cfg.MaxBulk = 256 + 2*cfg.Ops
	}
	cfg.MaxBulk = min(cfg.MaxBulk, MaxBulkBlocks)
	g := &generator{
		random: random{state: seed},
		cfg:    cfg,
		chain:  NoHandle,
		p: &Program{
			Profile: cfg.Profile, Threads: cfg.Threads,
			Ops: make([]Op, 0, cfg.Ops), Vars: make([]Var, 0, cfg.Ops/2),
		},
		rations: rations{
			exits: 1 + min(cfg.Ops/400, 3), collects: 2 + cfg.Ops/50, bulked: cfg.MaxBulk,
			areas: mostArenas,
			slow:  slowness{left: 4 + cfg.Ops/200}, refusals: 2 + cfg.Ops/100,
		},
	}
	if g.work = cfg.MaxWork; g.work == 0 {
		g.work = pick(&g.random, []uint64{32, 64, 64, 64, 128, 128, 256, 1024}) * mebi
	}
	return g
}

// mood turns between growing and shrinking, so that pages and segments run full and empty.
func (g *generator) mood() {
	if g.until--; g.until <= 0 {
		g.shrinking = !g.shrinking && len(g.p.Ops) > 0 && g.oneIn(2)
		g.until = 1 + g.below(1+min(g.cfg.Ops/4, 4*g.swarm.settle))
	}
	if g.cfg.Threads > 1 && g.oneIn(g.swarm.hop) {
		g.thread = uint8(g.below(g.cfg.Threads))
	}
}

// kind draws an operation that the rations allow.
func (g *generator) kind() Kind {
	sum := g.swarm.upTo[len(g.swarm.upTo)-1]
	drawn, kind := g.below(sum), Kind(0)
	for g.swarm.upTo[kind] <= drawn {
		kind++
	}
	row := &Table[kind]
	switch {
	case row.Result == BlockResult || row.Result == BulkResult:
		crowded := len(g.blocks) > g.swarm.settle && g.oneIn(2)
		if len(g.blocks) > 0 && (crowded || g.shrinking && !g.oneIn(4)) {
			return kindFree
		}
		if row.Result == BulkResult && g.bulked <= 0 {
			return kindMalloc
		}
	case makesArena(row) && g.areas <= 0:
		return kindMalloc
	case kind == kindDefer && g.queued >= mostQueued:
		return kindRegister
	case row.Group == Exiting && g.exits <= 0, row.Group == Collecting && g.collects <= 0:
		return kindMalloc
	case row.Group == Collecting && !g.slow.allows(row):
		return kindMalloc
	}
	return kind
}

// op appends an operation, or the one that makes what it needs.
func (g *generator) op(kind Kind) {
	row := &Table[kind]
	for _, operand := range row.Operands {
		switch {
		case operand == BulkDrain && len(g.bulks) == 0, operand < HeapUse && len(g.blocks) == 0:
			kind = kindMalloc
		case operand == ArenaUse && len(g.arenas) == 0:
			kind = kindReserve
			if g.areas <= 0 {
				kind = kindMalloc
			}
		case operand == HeapEnd && len(g.heaps) == 0:
			kind = kindHeapNew
		case operand == SubprocEnd && g.unjoined() < 0:
			kind = kindMalloc
		}
	}
	row = &Table[kind]
	o := Op{Kind: kind, Thread: g.thread, Dst: NoHandle, Src: NoHandle, Heap: NoHandle}
	if kind == kindBarrier {
		o.Thread = 0
	}
	if row.Heaped && g.cfg.Heaps && len(g.heaps) > 0 && g.oneIn(3) {
		o.Heaped = true
		g.drawHeap(&o, HeapUse)
	}
	at := g.drawHandles(&o, row)
	if row.Group == Exiting {
		g.drawExit(&o)
	}
	g.drawNumbers(&o, row, at)
	g.makeLegal(&o, row)
	g.account(&o, row, at)
	g.p.Ops = append(g.p.Ops, o)
}

// tidyOp frees one of what is left, at the end collects.
func (g *generator) tidyOp() {
	switch {
	case len(g.bulks) > 0:
		g.op(kindBulkFree)
	case len(g.blocks) > 0:
		g.op(kindFree)
	default:
		o := Op{Kind: kindCollect, Dst: NoHandle, Src: NoHandle, Heap: NoHandle}
		o.Num[0] = 1
		g.p.Ops = append(g.p.Ops, o)
	}
}
