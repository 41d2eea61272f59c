// Bytes to programs: total, and fast enough for the fuzz loop. See doc.go for an overview.

package prog

// DecodeConfig bounds what bytes can decode to. What lies beyond a bound is folded into it, so every
// input still gives a program, and a program within the bounds decodes as it was encoded. A zero
// number is no bound.
type DecodeConfig struct {
	MaxOps     int    // operations; the rest of the input is left
	MaxThreads int    // virtual threads
	MaxSize    uint64 // bytes of a request, unless it is so large that every allocator refuses it
	MaxAlign   uint64 // alignments, legal or not
	MaxTouched uint64 // bytes that all blocks of a run may touch; then requests fold below a slice
	MaxBulk    uint64 // blocks of all bulks of a program
	MaxSlow    int    // operations that may walk all abandoned segments, up to 2 ms each (slow.go)
	MaxArena   uint64 // bytes of all arenas of a program, those of all sizes counted as 32 MiB at least
	Heaps      bool   // first-class heaps
	Arenas     bool   // arenas, which want Heaps, too
	Aligned    bool   // aligned calls
	Exits      bool   // exit and thread_done
	Options    bool   // options in the header, and set in the middle of a run
	Barriers   bool   // barriers, which mean something to parallel runs only
	Parallel   bool   // nothing that parallel runs refuse (Untwine), as far as that is foreseeable
	Faults     bool   // faults of OS calls in the header
	Profiles   bool   // any of Profiles; else the first
	Later      bool   // beside Profiles: those of Later, too
}

// Everything bounds nothing: under it Decode is the exact inverse of Encode.
func Everything() DecodeConfig {
	return DecodeConfig{Heaps: true, Arenas: true, Aligned: true, Exits: true, Options: true, Faults: true,
		Barriers: true, Profiles: true, Later: true}
}

// Decode turns any bytes into a valid program.
func Decode(data []byte, cfg DecodeConfig) *Program { return NewDecoder(cfg).Decode(data) }

// Decoder decodes one input after another in the same memory. It is not safe for concurrent use.
type Decoder struct {
	ledger
	cfg     DecodeConfig
	prog    Program
	in      reader
	off     uint64
	later   bool
	table   [opLeads]Kind // what opening bytes mean under off, in a profile of Later or not
	absent  [numGroups]bool
	touched uint64 // bytes
	bulked  uint64 // blocks of bulks
	arenas  uint64 // bytes that arenas may still have
	slow    slowness
}

// NewDecoder gives a decoder for inputs under cfg.
func NewDecoder(cfg DecodeConfig) *Decoder {
	if cfg.MaxOps <= 0 {
		cfg.MaxOps = int(^uint(0) >> 1)
	}
	if cfg.MaxThreads < 1 || cfg.MaxThreads > MaxThreads {
		cfg.MaxThreads = MaxThreads
	}
	if cfg.MaxBulk == 0 || cfg.MaxBulk > MaxBulkBlocks {
		cfg.MaxBulk = MaxBulkBlocks
	}
	if cfg.MaxArena == 0 {
		cfg.MaxArena = largestUint
	}
	if cfg.MaxSlow <= 0 {
		cfg.MaxSlow = int(^uint(0) >> 1)
	}
	d := &Decoder{cfg: cfg}
	d.absent = absentGroups(&d.cfg, 0)
	d.table = leadTable(&d.cfg, &d.absent, false)
	return d
}

// Decode turns any bytes into a valid program, which is good until the next call.
func (d *Decoder) Decode(data []byte) *Program {
	d.in = newReader(data)
	p := &d.prog
	p.Options, p.Faults, p.Ops, p.Vars = p.Options[:0], p.Faults[:0], p.Ops[:0], p.Vars[:0]
	d.about = d.about[:0]
	d.reset()
	d.touched, d.bulked, d.arenas = 0, 0, d.cfg.MaxArena
	d.slow = slowness{left: d.cfg.MaxSlow}
	d.header()
	for len(p.Ops) < d.cfg.MaxOps {
		lead, ok := d.in.lead()
		if !ok {
			break
		}
		switch {
		case lead == leadOption:
			d.option()
		case lead == leadFault:
			d.fault()
		default:
			d.op(d.table[lead])
		}
	}
	return p
}

// header takes the two digits that every input starts with: profile and threads, and what is off.
func (d *Decoder) header() {
	first := int(d.in.digit())
	d.prog.Threads = 1 + first%MaxThreads%d.cfg.MaxThreads
	d.prog.Profile = Profiles[0]
	if d.cfg.Profiles {
		all := Profiles
		if d.cfg.Later {
			all = allProfiles
		}
		d.prog.Profile = all[first/MaxThreads%len(all)]
	}
	later := IsLater(d.prog.Profile)
	if off := d.in.digit(); off != d.off || later != d.later {
		d.off, d.later = off, later
		d.absent = absentGroups(&d.cfg, off)
		d.table = leadTable(&d.cfg, &d.absent, later)
	}
}

// option takes an option of the header; the first of a name counts.
func (d *Decoder) option() {
	name := OptionNames[foldOption(d.in.digit(), OptionsOf(d.prog.Profile))]
	value := int64(d.in.number(OptionValue))
	d.prog.Options = append(d.prog.Options, Option{name, value})
	last := len(d.prog.Options) - 1
	if !d.cfg.Options || d.prog.optionProblem(last) != "" {
		d.prog.Options = d.prog.Options[:last]
	}
}

// fault takes a fault of the header; the first for a call counts.
func (d *Decoder) fault() {
	call := d.in.digit() % uint64(len(faultCalls))
	how := d.in.digit() % (2 * uint64(len(errnos)))
	n := uint32(d.in.number(faultNum))
	d.prog.Faults = append(d.prog.Faults, Fault{
		Call: FaultCall(call), Sticky: how/uint64(len(errnos)) != 0,
		Errno: errnos[how%uint64(len(errnos))], N: max(n, 1),
	})
	last := len(d.prog.Faults) - 1
	if !d.cfg.Faults || d.prog.faultProblem(last) != "" {
		d.prog.Faults = d.prog.Faults[:last]
	}
}

// op takes one operation. Where it wants a live handle and there is none, it becomes the operation
// that makes one.
func (d *Decoder) op(kind Kind) {
	who := d.in.digit()
	o := Op{Kind: kind, Dst: NoHandle, Src: NoHandle, Heap: NoHandle}
	if kind != kindBarrier {
		o.Thread = uint8(int(who&threadMask) % d.prog.Threads)
	}
	heaped := who >= heapedDigit
	if like, ok := d.like(kind, who); ok {
		o.Kind, heaped, o.Thread = like.kind, like.heaped, uint8(int(who%likeBit)%d.prog.Threads)
	}
	if heaped && Table[o.Kind].Heaped && d.cfg.Heaps {
		o.Heaped = true
		d.heapOperand(&o)
	}
	row := &Table[o.Kind]
	for i := 0; i < len(row.Operands) && row.Operands[i] < Size; i++ {
		if instead, ok := d.handleOperand(&o, row.Operands[i]); !ok {
			o.Kind, o.Heaped, o.Heap = instead, false, NoHandle
			row = &Table[instead]
			break
		}
	}
	if row.Result == BulkResult && d.bulked >= d.cfg.MaxBulk || !d.slow.allows(row) ||
		makesArena(row) && d.arenas < segmentSize {
		o.Kind, o.Heap, row = kindMalloc, NoHandle, &Table[kindMalloc]
	}
	place := d.resultPlace(&o, row)
	num := 0
	for _, operand := range row.Operands {
		if operand >= Size {
			o.Num[num] = d.numberOperand(operand)
			num++
		}
	}
	d.bound(&o, row)
	if Padded(d.prog.Profile) {
		makeStrict(d.prog.Profile, &o, row)
	}
	d.slow.note(row)
	d.end(&o, row)
	if o.Dst = d.result(&o, row); o.Dst != NoHandle {
		d.bind(&o, row, place)
	}
	d.prog.Ops = append(d.prog.Ops, o)
}

// heapOperand takes a heap of the calling thread, or backing.
func (d *Decoder) heapOperand(o *Op) {
	o.Heap = Backing
	if place := d.in.place(); place != literalPlace {
		if h, ok := d.ownHeap(place, o.Thread); ok {
			o.Heap = h
		}
	}
}

// handleOperand takes a handle operand. If no live handle fits it says what to do instead.
func (d *Decoder) handleOperand(o *Op, kind Operand) (instead Kind, ok bool) {
	switch want := &wants[kind]; {
	case kind == HeapUse:
		d.heapOperand(o)
	case kind == HeapEnd:
		if o.Heap, ok = d.ownHeap(max(d.in.place(), 0), o.Thread); !ok {
			return kindHeapNew, false
		}
	case kind == SubprocEnd:
		if o.Src, ok = d.unjoined(max(d.in.place(), 0)); !ok {
			return kindMalloc, false
		}
	default:
		place := d.in.place()
		from := &d.shelves[want.sort]
		switch {
		case kind == ArenaMay && place == missingPlace:
			o.Src = Missing
		case want.literal == Null && (place == literalPlace || from.count == 0 && want.sort != BlockVar):
			o.Src = Null
		case from.count == 0 && want.sort == ArenaVar:
			return kindReserve, false
		case from.count == 0:
			return kindMalloc, false
		default:
			o.Src = from.handles[from.nextLive(max(place, 0))]
		}
	}
	return 0, true
}

var (
	kindHeapNew = mustKind("heap_new")
	kindReserve = mustKind("reserve_os_memory_ex")
)

// resultPlace takes the place of the result. A moved block keeps its own.
func (d *Decoder) resultPlace(o *Op, row *Row) int {
	switch {
	case row.Result < BlockResult:
		return 0
	case o.moves(row):
		return d.about[o.Src].place
	}
	place := max(d.in.place(), 0)
	to := &d.shelves[row.Result-BlockResult]
	return to.nextFree(min(place, len(to.handles)))
}

// numberOperand takes a number and folds it into the range of its kind.
func (d *Decoder) numberOperand(kind Operand) uint64 {
	return foldNumber(d.prog.Profile, kind, d.in.number(kind))
}

// foldNumber folds a number into the range of its kind.
func foldNumber(profile string, kind Operand, n uint64) uint64 {
	switch {
	case kind == SmallSize:
		n %= MaxSmallSize + 1
	case kind == Millis:
		n %= MaxMillis + 1
	case kind == Bool:
		n %= 2
	case kind == Stride && n < 1:
		n = 1
	case kind == OptionName:
		n = foldOption(n, OptionsOf(profile))
	case kind == MovableName:
		n = foldOption(n, movableOf(profile))
	case kind == CallbackName:
		n %= NumCallbacks
	case kind == HandlerName:
		n %= NumHandlers
	case kind == Length:
		n %= MaxLength + 1
	case kind == HeapTag:
		n %= MaxTag + 1
	case kind == VisitTag && n != largestUint:
		n %= MaxTag + 1
	case kind == Percent:
		n %= 101
	case kind == BulkCount && (n < 1 || n > MaxBulk):
		n = 1 + n%MaxBulk
	}
	return n
}

// foldNumbers folds all numbers of an operation.
func foldNumbers(profile string, o *Op, row *Row) {
	num := 0
	for _, kind := range row.Operands {
		if kind >= Size {
			o.Num[num] = foldNumber(profile, kind, o.Num[num])
			num++
		}
	}
}

// result gives the handle of the result: a fresh one, or that of the block that moved.
func (d *Decoder) result(o *Op, row *Row) Handle {
	switch {
	case row.Result < BlockResult:
		return NoHandle
	case o.moves(row):
		return o.Src
	}
	d.prog.Vars = append(d.prog.Vars, Var{Sort: Sort(row.Result - BlockResult)})
	d.about = append(d.about, aboutVar{})
	return Handle(len(d.prog.Vars) - 1)
}
