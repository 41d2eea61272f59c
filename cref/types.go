// What goes across to C and comes back. See doc.go for an overview.

package cref

// Op is one call on the allocator with every operand resolved.
type Op struct {
	Code   uint8 // from Code
	Thread uint8 // virtual thread that makes the call
	Heaped uint8 // 1: the heap_ variant, on the heap operand
	Flags  uint8 // Sweep | HashState
	// ID is the step's number in the whole run, from 1. The block that the step makes is filled
	// with words that depend on it.
	ID      uint32
	Dst     uint32 // slot of the block, heap or arena that the step makes; or NoSlot
	Src     uint32 // block or arena slot; NoSlot is the null literal, or no such operand
	Heap    uint32 // heap slot, BackingSlot or NoSlot
	A, B, C uint64 // numbers in the order of the call
	D       uint64 // the fourth
}

// Operands that are no slot, and the flags of an Op.
const (
	NoSlot      = ^uint32(0)
	BackingSlot = NoSlot - 1
	MissingSlot = NoSlot - 2
	// NotCalled as the Value of reserve_os_memory: the thread could not start, so no call was made.
	NotCalled = ^uint32(0)
	// Sweep has every live block verified after the step.
	Sweep = 1
	// HashState has the canonical state and the statistics hashed after the step.
	HashState = 2
)

// Result is what a step gave.
//
// A step on a null heap handle makes no call: a block that was due is null, the realloc family
// keeps its old block, even the variant that frees it on failure.
type Result struct {
	// Value is the address of the block or heap, or the number asked for. For heap_destroy it is
	// the number of block handles that became null. For reserve_os_memory_ex and manage_os_memory_ex
	// it is the id given, as a uint32, and Usable the address of the arena.
	Value uint64
	// Usable is the usable size of the resulting block, 0 if it is null. For heap_destroy it tells
	// which handles became null: the XOR of m(slot+1), m(x) being y XOR y>>29 with
	// y = x*0x9E3779B97F4A7C15.
	Usable uint64
	Bad    uint64 // 0, or 1 + offset of the first wrong byte; or 1 if the run ended here
	OSHash uint64 // of all OS calls of the run so far
	State  uint64 // hash of the canonical state with HashState, else 0
	Stats  uint64 // hash of the statistics with HashState, else 0
	// Told is what a call told that tells the size of its block. Of urealloc it is the size after the call XOR
	// that before it << 32.
	Told     uint64
	OSCalls  uint32 // how many they are, failed ones included
	BadSlot  uint32 // block slot that Bad speaks of
	BadWhat  uint8  // Contents, NotZero or NotKept; or Assertion, Crash
	Null     uint8  // 1: a block or heap was due and is null
	Errors   uint8  // messages during the step, saturating
	Warnings uint8
	Errno    uint16 // last code given to the error handler, 0 for none
	Quirks   uint64 // always 0 on this side
	// Deferred tells of the calls of the deferred-free callback during the step: how many, at most 255, and
	// 256 times a hash of them (AddCallback).
	Deferred uint32
}

// Values of Result.BadWhat.
const (
	Contents = 1 // a live block does not hold what was written to it
	NotZero  = 2 // bytes that are promised to be zero are not
	NotKept  = 3 // a reallocation did not keep the contents
	// Assertion: an assertion of the library failed. The run ended there, and all its later steps give the
	// same, unless the assertion is known to be false.
	Assertion = 0xfd
	// Crash: the library crashed, and the run ended, likewise.
	Crash = 0xff
)

// OSCall is one call on the simulated operating system.
type OSCall struct {
	Kind  uint8 // MapCall ...
	Arg   uint16
	Errno uint8 // 0 for success
	// Step is the number of the step that made the call, from 0: its ID less 1.
	Step uint32
	Addr uint64 // of a map the result, 0 on failure
	Size uint64
}

// Values of OSCall.Kind, and the bits of OSCall.Arg.
const (
	MapCall      = 1
	UnmapCall    = 2
	ProtectCall  = 3
	DecommitCall = 4 // madvise DONTNEED
	ResetCall    = 5 // madvise FREE
	RandomCall   = 6 // getrandom; Size is the bytes asked for
	ClockCall    = 7 // Size is the milliseconds given
	OpenCall     = 8 // of the file of random bytes, which there is none
	AdviceCall   = 9 // madvise HUGEPAGE

	ArgWritable  = 1 // of a map or protect
	ArgHinted    = 2 // of a map: the caller asked for an address
	ArgNoReserve = 4 // of a map
)

// Range is memory that is mapped.
type Range struct{ Addr, Size uint64 }

// StateEntry is one word of the canonical state, or of the statistics, and where it stands.
type StateEntry struct {
	Field uint16 // an index into StateFields
	A, B  uint16 // thread and heap, segment and slice, slot of the cache, or arena
	C     uint16 // which of several: a bin, a direct entry, a word of a mask
	Pos   uint32 // place in a list
	Value uint64
}

// Visit is an area of a heap that heap_visit_blocks told of, or a block in use in the area before it.
type Visit struct {
	Addr, Size          uint64 // of an area: where its blocks begin, and the size of each
	Used                uint64 // of an area: blocks in use
	Committed, Reserved uint64 // of an area, bytes
	Step                uint32 // number of the step, from 0
	Block               uint32 // 1: a block
}

// Callback is a call of the deferred-free callback.
type Callback struct {
	Heartbeat uint64
	Step      uint32 // number of the step, from 0
	Force     uint8
	Wrong     uint8 // Nested or OtherArgument
}

// Bits of Callback.Wrong.
const (
	Nested        = 1 // inside another call
	OtherArgument = 2 // not with the argument that was registered
)

// AddCallback takes a call into what Result.Deferred tells.
func AddCallback(deferred uint32, c *Callback) uint32 {
	h := (uint64(deferred>>8) ^ (c.Heartbeat<<3 | uint64(c.Wrong)<<1 | uint64(c.Force))) * 0x9E3779B97F4A7C15
	return uint32(h>>40)<<8 | min(deferred&255+1, 255)
}

// FaultCall is a kind of OS call that can be made to fail.
type FaultCall uint8

// The kinds; madvise covers both kinds of it.
const (
	FaultMmap FaultCall = iota
	FaultMunmap
	FaultMprotect
	FaultMadvise
	FaultGetrandom
	FaultClock
)

// Fault makes a call fail, without any effect.
type Fault struct {
	N      uint64 // which call of its kind, from 1
	Call   FaultCall
	Sticky bool // every later one too
	Errno  uint16
}

// OptionValue sets a library option, by its name in the library.
type OptionValue struct {
	Name  string
	Value int64
}

// Setup describes a run.
type Setup struct {
	Threads  int // 1 to 8; thread 0 is the main thread
	Blocks   int // slots for block handles
	Heaps    int // slots for heap handles
	Arenas   int // slots for arena handles
	Subprocs int // slots for handles of sub-processes
	Options  []OptionValue
	Faults   []Fault
	Careful  bool // verify every live block after every step
}
