// The lowered form of a program, which the interpreters run. See doc.go for an overview.

package prog

// Step is one call on an allocator with every operand resolved to a slot or a number.
type Step struct {
	A, B, C uint64 // the numbers in the order of the call, as in Op.Num
	D       uint64 // the fourth
	Op      uint32 // index into Program.Ops of the operation it comes from
	// Dst is the slot of the block, heap or arena that it makes, NoSlot if none. A block that defer_free queues
	// moves to a slot of its own, behind those of all variables, so that the queue is the slots in their order.
	Dst    uint32
	Src    uint32 // block or arena slot operand; NoSlot for the literal null or no such operand
	Heap   uint32 // heap slot operand; BackingSlot for the literal backing, NoSlot if none
	Kind   Kind   // row in Table; never bulk or bulk_free, which lower to malloc and free
	Thread uint8
	Heaped bool // the heap_ variant
	Flags  uint8
}

// The slot numbers that stand for no slot.
const (
	NoSlot      = ^uint32(0)
	BackingSlot = NoSlot - 1 // the calling thread's backing heap
	MissingSlot = NoSlot - 2 // the arena of a number that no arena has
)

// Code is a program lowered to steps. LowerInto reuses its memory.
type Code struct {
	Profile  string
	Steps    []Step
	Blocks   int // block slots needed
	Heaps    int // heap slots needed
	Arenas   int // arena slots needed
	Subprocs int // sub-process slots needed
	Threads  int
	Options  []Option // shared with the program
	Faults   []Fault  // shared with the program

	slots []uint32 // per variable: its first slot
	room  []uint32 // per variable: the slots it takes (a bulk takes its largest count)
	held  []uint32 // per bulk, from its first slot on: the slots it still holds, in order
	nheld []uint32 // per variable: how many slots a bulk still holds
}
