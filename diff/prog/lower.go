// Lowering: handles become slots, bulks become plain calls. See doc.go for an overview.

package prog

import "strconv"

// The calls that a bulk is lowered to.
var (
	kindMalloc = mustKind("malloc")
	kindFree   = mustKind("free")
	kindDefer  = mustKind("defer_free")
	kindJoin   = mustKind("subproc_add_current_thread")
)

func mustKind(name string) Kind {
	k, ok := KindOf(name)
	if !ok {
		panic("prog: Table has no row " + name)
	}
	return k
}

// Lower gives the steps of a valid program.
func (p *Program) Lower() *Code {
	c := new(Code)
	p.LowerInto(c)
	return c
}

// LowerInto is Lower in the memory of c, whose former content is lost. It allocates nothing once c
// has been used for a program as large. The program must be valid and must outlive c.
func (p *Program) LowerInto(c *Code) {
	c.Profile, c.Threads, c.Options, c.Faults = p.Profile, p.Threads, p.Options, p.Faults
	c.Steps = c.Steps[:0]
	c.place(p)
	for i := range p.Ops {
		o := &p.Ops[i]
		switch {
		case Table[o.Kind].Result == BulkResult:
			c.lowerBulk(o, uint32(i))
		case o.Src.IsVar() && p.Vars[o.Src].Sort == BulkVar:
			c.lowerDrain(o, uint32(i))
		default:
			c.Steps = append(c.Steps, Step{
				A: o.Num[0], B: o.Num[1], C: o.Num[2], D: o.Num[3],
				Op:  uint32(i),
				Dst: c.slotOf(o.Dst), Src: c.slotOf(o.Src), Heap: c.slotOf(o.Heap),
				Kind: o.Kind, Thread: o.Thread, Heaped: o.Heaped,
			})
			if o.Kind == kindDefer {
				c.Steps[len(c.Steps)-1].Dst = uint32(c.Blocks)
				c.Blocks++
			}
		}
	}
}

// place gives every variable its slots.
func (c *Code) place(p *Program) {
	c.slots = resize(c.slots, len(p.Vars))
	c.room = resize(c.room, len(p.Vars))
	c.nheld = resize(c.nheld, len(p.Vars))
	clear(c.room)
	bulks := false
	for i := range p.Ops {
		o := &p.Ops[i]
		if Table[o.Kind].Result == BulkResult {
			c.room[o.Dst] = max(c.room[o.Dst], uint32(o.Num[0]))
			bulks = true
		}
	}
	c.Blocks, c.Heaps, c.Arenas, c.Subprocs = 0, 0, 0, 0
	for v := range p.Vars {
		switch p.Vars[v].Sort {
		case BlockVar:
			c.slots[v] = uint32(c.Blocks)
			c.Blocks++
		case HeapVar:
			c.slots[v] = uint32(c.Heaps)
			c.Heaps++
		case ArenaVar:
			c.slots[v] = uint32(c.Arenas)
			c.Arenas++
		case SubprocVar:
			c.slots[v] = uint32(c.Subprocs)
			c.Subprocs++
		case BulkVar:
			c.slots[v] = uint32(c.Blocks)
			c.Blocks += int(c.room[v])
		}
	}
	if bulks {
		c.held = resize(c.held, c.Blocks)
	}
}

func resize(s []uint32, n int) []uint32 {
	if cap(s) < n {
		return make([]uint32, n, n+n/2)
	}
	return s[:n]
}

func (c *Code) slotOf(h Handle) uint32 {
	if h.IsVar() {
		return c.slots[h]
	}
	switch h {
	case Backing:
		return BackingSlot
	case Missing:
		return MissingSlot
	}
	return NoSlot
}

// lowerBulk emits one malloc per block.
func (c *Code) lowerBulk(o *Op, op uint32) {
	first := c.slots[o.Dst]
	for n := uint32(0); n < uint32(o.Num[0]); n++ {
		c.held[first+n] = first + n
		c.Steps = append(c.Steps, Step{
			A: o.Num[1], Op: op, Dst: first + n, Src: NoSlot, Heap: NoSlot,
			Kind: kindMalloc, Thread: o.Thread,
		})
	}
	c.nheld[o.Dst] = uint32(o.Num[0])
}

// lowerDrain emits one free for the first slot still held and every stride-th after it.
func (c *Code) lowerDrain(o *Op, op uint32) {
	first := c.slots[o.Src]
	held := c.held[first : first+c.nheld[o.Src]]
	kept := held[:0]
	for i, slot := range held {
		if uint64(i)%o.Num[0] != 0 {
			kept = append(kept, slot)
			continue
		}
		c.Steps = append(c.Steps, Step{
			Op: op, Dst: NoSlot, Src: slot, Heap: NoSlot,
			Kind: kindFree, Thread: o.Thread,
		})
	}
	c.nheld[o.Src] = uint32(len(kept))
}

// SlotName gives the handle that a block slot of c, lowered from p, stands for: "a", or "k[17]" for
// the 18th block of a bulk, "a, queued" for one that waits for the callback.
func (p *Program) SlotName(c *Code, slot uint32) string {
	for v := range p.Vars {
		first := c.slots[v]
		switch {
		case p.Vars[v].Sort == BlockVar && first == slot:
			return p.Name(Handle(v))
		case p.Vars[v].Sort == BulkVar && first <= slot && slot-first < c.room[v]:
			return p.Name(Handle(v)) + "[" + strconv.Itoa(int(slot-first)) + "]"
		}
	}
	for i := range c.Steps {
		if s := &c.Steps[i]; s.Kind == kindDefer && s.Dst == slot {
			return p.Name(p.Ops[s.Op].Src) + ", queued"
		}
	}
	return "slot " + strconv.Itoa(int(slot))
}
