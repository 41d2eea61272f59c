// What the model knows of arenas, and what is promised of them. See doc.go for an overview.

package diff

import (
	"midiff/cref"
	"midiff/diff/prog"
	"midiff/goalloc"
)

const (
	arenaBlock = segmentSize // arenas consist of blocks of this size
	mostArenas = 64
)

// The known bugs whose effect shows in later steps. Pages of an exclusive arena that a heap got which is
// not bound to it serve that heap from then on; so do those that a backing heap gets since no heap has their tag. A
// segment in memory that was not committed may serve nothing in the step that made it; memory that an arena got back
// with a guard page in it is handed out later; and a segment that is in no map is not asked for until later.
const (
	lastsInThread = uint64(goalloc.ArenaMixed | goalloc.TagLost)
	lastsInRun    = uint64(goalloc.ArenaCommit | goalloc.GuardKept | goalloc.MapLost)
	lasting       = lastsInThread | lastsInRun
)

// arenaState is what the model knows of an arena slot. size is 0 before it is made, and when that failed.
type arenaState struct {
	start, size uint64
	exclusive   bool
	// touched has a bit per block in which memory was ever handed out: it may be in use still, for what
	// is freed is kept for a while. All other blocks are free.
	touched []uint64
}

func (a *arenaState) span() span { return span{a.start, a.start + a.size} }

// arenaModel is the arenas of a run.
type arenaModel struct {
	slots []arenaState // the last one is for an arena that is missing
	count int          // arenas so far, those without a slot, too
	known int          // of these in slots
	// bound is for each thread's default heap 1 + the slot of the arena it is bound to, 0 for none.
	bound [prog.MaxThreads]uint32
	// mixed are the bugs that last in a thread and took effect there, refused those that last in the run.
	mixed   [prog.MaxThreads]uint64
	refused uint64
}

func (x *arenaModel) begin(slots int) {
	x.slots = cleared(x.slots, slots+1)
	x.count, x.known, x.refused = 0, 0, 0
	x.bound = [prog.MaxThreads]uint32{}
	x.mixed = [prog.MaxThreads]uint64{}
}

// last takes in which lasting bugs took effect.
func (x *arenaModel) last(thread uint8, quirks uint64) {
	x.mixed[thread] |= quirks & lastsInThread
	x.refused |= quirks & lastsInRun
}

// end takes in that a thread ends: the next one of its number has a backing heap of its own.
func (x *arenaModel) end(thread uint8) {
	x.bound[thread] = 0
	if thread != 0 {
		x.mixed[thread] = 0
	}
}

// arenaOf gives 1 + the slot of the arena that the heap of s is bound to, 0 for none.
func (m *model) arenaOf(s *prog.Step) uint32 {
	switch s.Heap {
	case prog.NoSlot:
		return m.arenas.bound[s.Thread]
	case prog.BackingSlot:
		return 0
	}
	return m.heaps[s.Heap].arena
}

// misplaced tells whether memory of a heap lies where it must not: outside the arena that the heap is
// bound to, or in an exclusive one that it is not bound to. It costs nothing where there are no arenas.
func (m *model) misplaced(bound uint32, p span) bool {
	if m.arenas.known == 0 {
		return false
	}
	for i := range m.arenas.slots {
		a := &m.arenas.slots[i]
		if a.size == 0 {
			continue
		}
		if own := bound == uint32(i)+1; own && (p.start < a.start || p.end > a.start+a.size) ||
			!own && a.exclusive && p.meets(a.span()) {
			return true
		}
	}
	return false
}

// touch notes that memory was handed out.
func (m *model) touch(p span) {
	for i := range m.arenas.slots {
		a := &m.arenas.slots[i]
		if a.size == 0 || !p.meets(a.span()) {
			continue
		}
		from, to := max(p.start, a.start)-a.start, min(p.end, a.start+a.size)-a.start
		for b := from / arenaBlock; b <= (to-1)/arenaBlock; b++ {
			a.touched[b/64] |= 1 << (b % 64)
		}
	}
}

// taken is how many bytes from its start on a block keeps from others. In a padded profile a segment of its own is
// larger than the usable size tells.
func (m *model) taken(b *block) uint64 {
	if m.padded && b.usable+m.padding() > largestShared {
		return b.usable + roundedBy
	}
	return max(b.usable, 1)
}

// follow looks for commits that the system refused. An allocation that cannot commit a page makes fresh
// segments until there are no more: then no block is certain to be free. That a header was refused is no
// reason for the arena to lose its block.
func (x *arenaModel) follow(calls []OSCall) {
	for _, c := range calls {
		if c.Kind != cref.ProtectCall || c.Errno == 0 || c.Size < arenaBlock && x.startsBlock(c.Addr) {
			continue
		}
		for i := range x.slots {
			fill(x.slots[i].touched, ^uint64(0))
		}
		return
	}
}

// startsBlock tells whether a block of an arena that has a name begins at an address.
func (x *arenaModel) startsBlock(addr uint64) bool {
	for i := range x.slots {
		a := &x.slots[i]
		if addr >= a.start && addr < a.start+a.size && (addr-a.start)%arenaBlock == 0 {
			return true
		}
	}
	return false
}

// roomIn tells whether an arena is certain to have room for a request: as many blocks in a row as it
// takes at most have never been touched.
func (m *model) roomIn(bound uint32, q *request) bool {
	if q.align > alignedBeyond {
		return false // that needs memory from the OS
	}
	a := &m.arenas.slots[bound-1]
	const slack = roundedBy + 64<<10 // and the header
	need := uint64(1)
	if q.size+q.align > largestShared {
		need = (q.size + q.align + slack + arenaBlock - 1) / arenaBlock
	}
	run := uint64(0)
	for b := uint64(0); b < a.size/arenaBlock; b++ {
		if run++; a.touched[b/64]>>(b%64)&1 != 0 {
			run = 0
		}
		if run >= need {
			return true
		}
	}
	return false
}

// roundedBy is the most that a request for a segment of its own is rounded up by, in bytes.
const roundedBy = 4 << 20

// largestShared is the largest block that does not get a segment of its own.
const largestShared = 16 << 20

// checkArena judges an arena that is new, with or without a name. Value is 1 + the number of arenas
// before it, Usable where it lies.
func (m *model) checkArena(s *prog.Step, r *Result) finding {
	size := m.arenaSize(s)
	if r.Null != 0 {
		if size != 0 && !m.mayRefuseArena() {
			return finding{Null, FieldNull}
		}
		return finding{}
	}
	p := span{r.Usable, r.Usable + size}
	switch {
	case size == 0 || m.noMoreArenas():
		return finding{Null, FieldNull}
	case r.Value != uint64(m.arenas.count)+1 && (!m.later || r.Value <= uint64(m.arenas.count)):
		return finding{ResultValue, FieldValue}
	case r.Usable%arenaBlock != 0 || p.end > mainSize:
		return finding{Arena, FieldUsable}
	case m.regions.any(p) || m.meetsArena(p):
		return finding{Overlap, FieldUsable}
	}
	return finding{}
}

// checkAdded judges an arena without a name: whether it was to be had.
func (m *model) checkAdded(s *prog.Step, r *Result, ok bool) finding {
	size := m.arenaSize(s)
	switch {
	case ok && (size == 0 || m.noMoreArenas()), !ok && size != 0 && !m.mayRefuseArena():
		return finding{Null, FieldValue}
	case r.Null != 0 || r.Usable != 0:
		return finding{ResultValue, FieldValue}
	}
	return finding{}
}

func (m *model) mayRefuseArena() bool {
	most, own := m.mostArenas()
	return m.os.refused || m.os.blind || m.arenas.count >= most-own
}

// noMoreArenas tells whether there are as many arenas as there can be.
func (m *model) noMoreArenas() bool {
	most, _ := m.mostArenas()
	return m.arenas.count >= most
}

// meetsArena tells whether a range shares a byte with an arena that has a name.
func (m *model) meetsArena(p span) bool {
	for i := range m.arenas.slots {
		if a := &m.arenas.slots[i]; a.size != 0 && p.meets(a.span()) {
			return true
		}
	}
	return false
}

// arenaSize is how large the arena is that s asks for; 0 if there cannot be one.
func (m *model) arenaSize(s *prog.Step) uint64 {
	size := s.A
	if rules[s.Kind].reserves {
		size += arenaBlock - 1
	}
	size = size / arenaBlock * arenaBlock
	if s.A > mainSize {
		return 0
	}
	return size
}

// added tells from the result of an operation without a name whether there is an arena.
func added(ru *rule, r *Result) bool {
	if ru.reserves {
		return r.Value == 0 // an error code
	}
	return r.Value == 1
}

// addArena enters an arena.
func (m *model) addArena(s *prog.Step, r *Result) finding {
	if r.Null != 0 {
		return finding{}
	}
	m.arenas.count++
	m.arenas.known++
	a := &m.arenas.slots[s.Dst]
	a.start, a.size, a.exclusive = r.Usable, m.arenaSize(s), s.D != 0
	a.touched = make([]uint64, (a.size/arenaBlock+63)/64)
	return finding{}
}

// checkArea judges what is said of where an arena lies.
func (m *model) checkArea(s *prog.Step, r *Result) finding {
	a := &m.arenas.slots[s.Src]
	if r.Null != 0 || r.Value != a.start || r.Usable != a.size {
		return finding{Arena, FieldValue}
	}
	return finding{}
}
