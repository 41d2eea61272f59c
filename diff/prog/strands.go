// Programs for threads that run at once: who runs what, and who waits for whom. See doc.go for an
// overview.

package prog

import (
	"fmt"
	"slices"
	"strings"
)

// Strands is a lowered program taken apart into what each thread runs, in order. Threads wait for each
// other only where the program says so: at barriers, and where a handle goes from one to the other. All
// steps on one block follow each other as written, so that a thread that wants a block waits for the last
// step on it of another thread. A heap_destroy, which ends blocks, waits for the steps of others on all
// blocks that were in the heap. Since waiting never goes against the order of the text, it always ends.
type Strands struct {
	Code    *Code
	Threads [][]Stitch // by thread
	Waits   []Wait
	Drops   []uint32 // block slots that a heap_destroy makes null
}

// Stitch is a step of a thread.
type Stitch struct {
	Step        uint32 // index into Code.Steps; all threads have the same for a barrier
	FirstWait   uint32 // index into Waits
	Waits       uint32 // how many there are
	FirstDrop   uint32 // index into Drops
	Drops       uint32 // how many there are
	Life        uint32 // how many threads of this number have ended before
	IsBarrier   bool   // the thread is seen to have come here before it waits
	EndsThread  bool   // exit and exit_once
	UsesDefault bool   // a plain allocation
}

// Wait is for a thread to have done that many of its stitches.
type Wait struct{ Thread, Stitches uint32 }

// Untwine takes a lowered program apart. The error says why a program makes no sense with threads that
// run at once, or would be undefined in C.
func Untwine(c *Code) (*Strands, error) {
	if len(c.Faults) > 0 {
		return nil, fmt.Errorf("parallel runs are on the real system: take out the line %q", c.Faults[0])
	}
	if !slices.Contains(AtOnce, c.Profile) {
		return nil, fmt.Errorf("parallel runs have the profiles %s, not %s", strings.Join(AtOnce, " and "), c.Profile)
	}
	u := newUntwiner(c)
	for i := range c.Steps {
		if err := u.step(uint32(i)); err != nil {
			return nil, &NotParallel{int(c.Steps[i].Op), fmt.Errorf("%s by t%d: %w", c.Steps[i].Name(), c.Steps[i].Thread, err)}
		}
	}
	return u.s, nil
}

// NotParallel says which operation is not for threads that run at once, and why.
type NotParallel struct {
	Op  int // index into Program.Ops
	why error
}

// Error gives the reason.
func (e *NotParallel) Error() string { return e.why.Error() }

// serial tells of operations on the state of the process, whose results depend on who comes first.
func serial(row *Row) bool {
	switch row.Group {
	case Arenas, Deferring:
		return true
	case News:
		return !strings.HasSuffix(row.Name, "_nothrow") // the others end the process where there is no memory
	case Options:
		return row.Result == NoResult
	}
	return slices.Contains(serialNames, row.Name)
}

// serialNames are those that are in groups with others. heap_new_ex is among them for its tag: the pages of a deleted
// heap with one belong to nobody, and whoever frees or finds the last block of one stops (heapless-page).
var serialNames = []string{"stats_reset", "heap_new_ex", "abandoned_visit_blocks", "subproc_new",
	"subproc_delete", "subproc_add_current_thread", "unsafe_heap_page_is_under_utilized"}

// unwanted tells of operations that programs for parallel runs are better without.
func unwanted(row *Row, exits bool) bool {
	return serial(row) || exits && row.Name == "heap_destroy"
}

// home is where the blocks of a slot come from: a heap slot, or backing of a thread.
type home struct {
	heap   uint32 // BackingSlot for a thread's own
	thread uint8
	unsure bool // a resize may have moved it there from was
	was    uint32
	lost   bool // that happened more than once
}

type untwiner struct {
	c        *Code
	s        *Strands
	touched  []Wait             // per block slot: the last stitch on it, none if Stitches is 0
	homes    []home             // per block slot, of a live one
	live     []bool             // per block slot
	defaults [MaxThreads]uint32 // default heap
	lives    [MaxThreads]uint32
	met      [MaxThreads][MaxThreads]uint32 // how much of each other thread a thread has waited for
	visited  []map[uint32]uint32            // per heap slot: steps of other threads on its blocks
	phase    int                            // barriers so far
	endings  int                            // 1 + the phase of the first thread's end; 0 none
	destroys int                            // 1 + the phase of the last heap_destroy; 0 none
}

func newUntwiner(c *Code) *untwiner {
	u := &untwiner{c: c, s: &Strands{Code: c, Threads: make([][]Stitch, c.Threads)},
		touched: make([]Wait, c.Blocks), homes: make([]home, c.Blocks), live: make([]bool, c.Blocks),
		visited: make([]map[uint32]uint32, c.Heaps)}
	for t := range u.defaults {
		u.defaults[t] = BackingSlot
	}
	return u
}

func (u *untwiner) step(i uint32) error {
	s := &u.c.Steps[i]
	if serial(s.Kind.Row()) {
		return fmt.Errorf("not in parallel runs, its result depends on who comes first, or it ends the process where there is no memory")
	}
	if s.Kind == kindBarrier {
		u.barrier(i)
		return nil
	}
	t := s.Thread
	x := Stitch{Step: i, FirstWait: uint32(len(u.s.Waits)), FirstDrop: uint32(len(u.s.Drops)),
		Life: u.lives[t], EndsThread: s.Kind == kindExit || s.Kind == kindExitOnce,
		UsesDefault: s.Heap == NoSlot}
	row := s.Kind.Row()
	if row.Result == BlockResult || hasBlock(row) {
		u.follow(t, s.Src)
		u.follow(t, s.Dst)
	}
	if s.Kind == kindHeapDestroy {
		if err := u.destroy(t, s.Heap); err != nil {
			return err
		}
	}
	x.Waits, x.Drops = uint32(len(u.s.Waits))-x.FirstWait, uint32(len(u.s.Drops))-x.FirstDrop
	u.s.Threads[t] = append(u.s.Threads[t], x)
	now := Wait{uint32(t), uint32(len(u.s.Threads[t]))}
	for _, slot := range u.s.Drops[x.FirstDrop:] {
		u.touched[slot] = now
	}
	u.blocks(s, row, now)
	return u.heaps(s, row)
}

// hasBlock tells whether the operand Src is a block.
func hasBlock(row *Row) bool {
	return len(row.Operands) > 0 && (row.Operands[0] <= BlockMove ||
		len(row.Operands) > 1 && row.Operands[1] <= BlockMove)
}

// follow has a thread wait for the last step on a block.
func (u *untwiner) follow(t uint8, slot uint32) {
	if slot != NoSlot {
		u.await(t, u.touched[slot])
	}
}

// await has a thread wait for another, unless it has already or it is itself.
func (u *untwiner) await(t uint8, w Wait) {
	if w.Thread == uint32(t) || u.met[t][w.Thread] >= w.Stitches {
		return
	}
	u.met[t][w.Thread] = w.Stitches
	u.s.Waits = append(u.s.Waits, w)
}

// barrier gives every thread a stitch that is seen before it waits for all others'.
func (u *untwiner) barrier(i uint32) {
	u.phase++
	for t := range u.s.Threads {
		u.s.Threads[t] = append(u.s.Threads[t], Stitch{Step: i, Life: u.lives[t], IsBarrier: true})
	}
	for t := range u.s.Threads {
		x := &u.s.Threads[t][len(u.s.Threads[t])-1]
		x.FirstWait = uint32(len(u.s.Waits))
		for o := range u.s.Threads {
			u.await(uint8(t), Wait{uint32(o), uint32(len(u.s.Threads[o]))})
		}
		x.Waits = uint32(len(u.s.Waits)) - x.FirstWait
	}
}

// blocks notes what a step does to the blocks it names.
func (u *untwiner) blocks(s *Step, row *Row, now Wait) {
	if row.Result != BlockResult && !hasBlock(row) {
		return
	}
	if s.Src != NoSlot {
		u.touched[s.Src] = now
		if h := u.homes[s.Src]; u.live[s.Src] && h.heap != BackingSlot && h.thread != s.Thread {
			u.visited[h.heap][now.Thread] = now.Stitches
		}
	}
	was := home{}
	moves := row.Operands[0] == BlockMove && s.Src != NoSlot && u.live[s.Src]
	if moves {
		was = u.homes[s.Src]
	}
	if row.Operands[0] == BlockFree || row.Operands[0] == BlockMove {
		if s.Src != NoSlot {
			u.live[s.Src] = false
		}
	}
	if row.Result != BlockResult {
		return
	}
	to := home{heap: s.Heap, thread: s.Thread}
	if s.Heap == NoSlot {
		to.heap = u.defaults[s.Thread]
	}
	if moves && (to.heap != was.heap || to.thread != was.thread || was.unsure) {
		to.unsure, to.was, to.lost = true, was.heap, was.unsure
	}
	u.touched[s.Dst], u.homes[s.Dst], u.live[s.Dst] = now, to, true
}

// heaps notes what a step does to heaps.
func (u *untwiner) heaps(s *Step, row *Row) error {
	switch {
	case row.Result == HeapResult:
		u.visited[s.Dst] = map[uint32]uint32{}
	case s.Kind == kindHeapSetDefault:
		u.defaults[s.Thread] = s.Heap
	case s.Kind == kindHeapDelete || s.Kind == kindHeapDestroy:
		u.leave(s.Thread, func(h uint32) bool { return h == s.Heap })
	case row.EndsTied:
		u.leave(s.Thread, func(uint32) bool { return true })
		u.lives[s.Thread]++
		if u.endings == 0 {
			u.endings = u.phase + 1
		}
		if u.destroys == u.phase+1 {
			return fmt.Errorf("%s", destroyRule)
		}
	}
	return nil
}

// destroyRule is why some programs with heap_destroy are refused.
const destroyRule = "a heap_destroy may end blocks that threads left behind which ended before it (a bug of the " +
	"reference, destroy-reclaimed): put a barrier behind the last heap_destroy, and end threads after it only"

// leave gives the blocks of a thread's heaps that end to its own.
func (u *untwiner) leave(t uint8, gone func(heap uint32) bool) {
	for slot := range u.homes {
		h := &u.homes[slot]
		if u.live[slot] && h.thread == t && h.heap != BackingSlot && gone(h.heap) {
			h.heap = BackingSlot
		}
	}
	if h := u.defaults[t]; h != BackingSlot && gone(h) {
		u.defaults[t] = BackingSlot
	}
}

// destroy ends the blocks of a heap, once everybody has done with them.
func (u *untwiner) destroy(t uint8, heap uint32) error {
	if u.endings > 0 {
		return fmt.Errorf("%s", destroyRule)
	}
	u.destroys = u.phase + 1
	for o := range uint32(u.c.Threads) {
		u.await(t, Wait{o, u.visited[heap][o]})
	}
	for slot := range u.homes {
		h := &u.homes[slot]
		if !u.live[slot] {
			continue
		}
		if h.unsure && (h.lost || h.heap == heap || h.was == heap) {
			return fmt.Errorf("whether a block that was resized is in the heap depends on whether it moved: " +
				"free it first")
		}
		if h.heap == heap {
			u.await(t, u.touched[slot])
			u.s.Drops = append(u.s.Drops, uint32(slot))
			u.live[slot] = false
		}
	}
	return nil
}

var (
	kindBarrier        = mustKind("barrier")
	kindExit           = mustKind("exit")
	kindExitOnce       = mustKind("exit_once")
	kindHeapDestroy    = mustKind("heap_destroy")
	kindHeapSetDefault = mustKind("heap_set_default")
)
