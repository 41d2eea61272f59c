// The contract model: what is live, and what the contract makes of a result. See doc.go for an
// overview.

package diff

import (
	"slices"

	"midiff/diff/prog"
)

// heapRecord is the size of a heap's own record, a block of the backing heap that has no handle.
const heapRecord = 3064

// goodLimit is the largest request whose usable size good_size promises, in 2.0; later versions promise half of it.
const goodLimit = 128 << 10

func (m *model) goodLimit() uint64 {
	if m.later {
		return goodLimit / 2
	}
	return goodLimit
}

// slotMix spreads slot numbers in the exclusive or that heap_destroy gives.
func slotMix(slot uint32) uint64 {
	m := (uint64(slot) + 1) * 0x9E3779B97F4A7C15
	return m ^ m>>29
}

// block is what the model knows of a block slot. A slot that is dead or null has addr 0.
type block struct {
	addr   uint64
	asked  uint64
	usable uint64
	owner  uint32 // the heap it was allocated from, by birth number: see owner.go for whose it is now
	align  uint8  // log2 of the alignment promised
	thread uint8  // who allocated it
	zeroed bool   // the allocation promised zero
	// atOffset: not the address is aligned, but the byte at some offset.
	atOffset bool
	loose    bool   // overlaps another by a known bug: not in regions
	skewed   uint16 // 1 + the known finding that explains why it is not aligned as promised; 0: it is
}

// heapState is what the model knows of a heap slot.
type heapState struct {
	addr   uint64
	birth  uint32 // its number, one for each heap of the run; 0: dead or null
	arena  uint32 // 1 + the slot of the arena it is bound to, 0 for none
	thread uint8
	loose  bool
	kept   bool // heap_destroy of it is heap_delete
	apart  bool // no other heap takes its pages: its blocks are nobody's when it ends
}

// model is the shadow of one run. begin and end keep its memory; nothing in between allocates.
//
// Birth numbers make heap_delete cheap: the heap's number dies, and blocks that carry it are the heir's.
type model struct {
	blocks   []block
	heaps    []heapState
	defaults [prog.MaxThreads]uint32 // birth number of each thread's default heap, 0 for backing
	// backing is the address of each thread's own heap, 0 as long as nobody asked for it.
	backing  [prog.MaxThreads]uint64
	births   uint32
	gaveUp   [prog.MaxThreads]bool   // segments of it that others may have taken over: see edition.go
	own      [prog.MaxThreads]uint32 // birth number of each thread's own heap
	heirs    []uint32                // by birth number; 0: the heap lives. See owner.go.
	skewed   uint16                  // for the next block made: see block
	limited  bool                    // the program forbids OS allocation: null is always right
	unplaced bool                    // the program forbids allocation in arenas: null is right for heaps bound to one
	padded   bool                    // the profile's blocks have exactly the size asked for
	later    bool                    // the version is a later one: see edition.go
	outcomes bool                    // only what all versions promise alike is asked: see edition.go
	library  *SharedSubject          // whose version goalloc does not follow, nil for none
	arenas   arenaModel
	deferred deferredModel
	options  [prog.NumOptions]optionState
	handler  uint64 // that calls named new have
	regions  *regions
	os       *osMemory
	// good remembers for each size what good_size or a plain allocation of it gave in this run.
	good []goodEntry
	run  uint32
	step uint32 // that is judged
	// told gives what the steps of the batch visited, on the side that is judged.
	told  func() []Visit
	lives []livePiece // of the heap that is visited
}

// optionState is what is known of an option.
type optionState struct {
	value uint64
	known bool
	set   bool // the program set it
}

// told is what an operation must tell of it.
func (o *optionState) told(ru *rule) uint64 {
	if ru.name == "option_is_enabled" && o.value != 0 {
		return 1
	}
	return o.value
}

// The options that forbid OS allocation, by the names that versions have for them.
var (
	limitOption      = uint64(slices.Index(prog.OptionNames, "limit_os_alloc"))
	limitOptionLater = uint64(slices.Index(prog.OptionNames, "disallow_os_alloc"))
	// The one that forbids arenas.
	arenaOptionLater = uint64(slices.Index(prog.OptionNames, "disallow_arena_alloc"))
)

func (m *model) setOption(option, value uint64) {
	m.options[option] = optionState{value, true, true}
	m.limit(option, value)
}

// limit takes in what an option is.
func (m *model) limit(option, value uint64) {
	switch option {
	case limitOption, limitOptionLater:
		m.limited = value != 0
	case targetOptionLater:
		for t := range m.gaveUp {
			m.gaveUp[t] = m.gaveUp[t] || value != 0
		}
	case arenaOptionLater:
		m.unplaced = value != 0
	}
}

type goodEntry struct{ run, usable uint32 }

func newModel() *model {
	return &model{
		regions: new(regions),
		os:      newOSMemory(),
		good:    make([]goodEntry, goodLimit+1),
	}
}

// begin makes ready for a program.
func (m *model) begin(code *prog.Code) {
	m.blocks = cleared(m.blocks, code.Blocks)
	m.heaps = cleared(m.heaps, code.Heaps)
	m.gaveUp = [prog.MaxThreads]bool{}
	m.defaults, m.backing = [prog.MaxThreads]uint32{}, [prog.MaxThreads]uint64{}
	m.beginOwners()
	m.arenas.begin(code.Arenas)
	m.deferred = deferredModel{}
	m.run++
	m.limited, m.unplaced, m.skewed, m.padded, m.later = false, false, 0, prog.Padded(code.Profile), prog.IsLater(code.Profile)
	if m.library != nil {
		m.later, m.outcomes, m.padded = m.library.later(), true, false
	}
	m.os.kept = m.later
	m.options, m.handler = [prog.NumOptions]optionState{}, prog.HandlerNone
	for _, o := range code.Options {
		m.setOption(uint64(slices.Index(prog.OptionNames, o.Name)), uint64(o.Value))
	}
}

func cleared[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/2)
	}
	s = s[:n]
	clear(s)
	return s
}

// end undoes what is live, so that the next run starts from nothing.
func (m *model) end() {
	for i := range m.blocks {
		m.dropBlock(&m.blocks[i])
	}
	for i := range m.heaps {
		m.dropHeap(&m.heaps[i])
	}
	m.os.reset()
}

func (m *model) dropBlock(b *block) {
	if b.addr != 0 {
		if !b.loose {
			m.regions.remove(b.addr, max(b.usable, 1))
		}
		b.addr, b.usable = 0, 0
	}
}

func (m *model) dropHeap(h *heapState) {
	if h.addr != 0 {
		if !h.loose {
			m.regions.remove(h.addr, heapRecord)
		}
		*h = heapState{}
	}
}

// source gives the block operand, or a null block.
func (m *model) source(slot uint32) *block {
	if slot == prog.NoSlot {
		return &nullBlock
	}
	return &m.blocks[slot]
}

var nullBlock block

// nullHeap tells whether s names a heap that is null because heap_new failed: then nothing is called.
func (m *model) nullHeap(s *prog.Step) bool {
	return s.Heap < prog.BackingSlot && m.heaps[s.Heap].birth == 0
}

// owner gives the birth number of the heap that s allocates from.
func (m *model) owner(s *prog.Step) uint32 {
	switch s.Heap {
	case prog.NoSlot:
		if d := m.defaults[s.Thread]; d != 0 {
			return d
		}
		return m.own[s.Thread]
	case prog.BackingSlot:
		return m.own[s.Thread]
	}
	return m.heaps[s.Heap].birth
}

// recordOf gives the address of a live heap's record.
func (m *model) recordOf(birth uint32) uint64 {
	for i := range m.heaps {
		if m.heaps[i].birth == birth {
			return m.heaps[i].addr
		}
	}
	return 0
}

// owned gives the number of live blocks of a heap and the mix of their slots.
func (m *model) owned(birth uint32) (count, mix uint64) {
	if birth == 0 {
		return 0, 0
	}
	for i := range m.blocks {
		if b := &m.blocks[i]; b.addr != 0 && b.owner == birth {
			count++
			mix ^= slotMix(uint32(i))
		}
	}
	return count, mix
}

// meets gives the slot of a live block that shares a byte with [a, a+size), other than except.
func (m *model) meets(a, size uint64, except uint32) (slot uint32, ok bool) {
	s := span{a, a + size}
	for i := range m.blocks {
		b := &m.blocks[i]
		if b.addr != 0 && uint32(i) != except && s.meets(span{b.addr, b.addr + max(b.usable, 1)}) {
			return uint32(i), true
		}
	}
	return 0, false
}

// meetsHeap is meets for heap records.
func (m *model) meetsHeap(a, size uint64) (slot uint32, ok bool) {
	s := span{a, a + size}
	for i := range m.heaps {
		h := &m.heaps[i]
		if h.addr != 0 && s.meets(span{h.addr, h.addr + heapRecord}) {
			return uint32(i), true
		}
	}
	return 0, false
}
