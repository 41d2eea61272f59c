// Which variables may hold blocks of which heap. See doc.go for an overview.

package emit

import (
	"slices"

	"midiff/diff/prog"
)

// owners follows the heaps through a program. A block that is resized may stay its old heap's or become
// the new one's.
type owners struct {
	heaps    map[prog.Handle][]prog.Handle // by live block or bulk: heaps that it may belong to
	defaults map[uint8]prog.Handle         // by thread
	made     map[prog.Handle]uint8         // live heaps, and their threads
	arenas   map[prog.Handle]prog.Handle   // by heap: the arena that it is bound to
}

func newOwners() owners {
	return owners{map[prog.Handle][]prog.Handle{}, map[uint8]prog.Handle{}, map[prog.Handle]uint8{},
		map[prog.Handle]prog.Handle{}}
}

// ofHeap tells whether an operation allocates from a heap that it names.
func ofHeap(o *prog.Op) bool {
	row := o.Kind.Row()
	return o.Heaped || row.Result == prog.BlockResult && slices.Contains(row.Operands, prog.HeapUse)
}

// heapOf gives the heap that an operation allocates from.
func (x *owners) heapOf(o *prog.Op) prog.Handle {
	if ofHeap(o) {
		return o.Heap
	}
	if h, ok := x.defaults[o.Thread]; ok {
		return h
	}
	return prog.Backing
}

// after takes an operation in.
func (x *owners) after(o *prog.Op) {
	row := o.Kind.Row()
	var before []prog.Handle
	for _, operand := range row.Operands {
		switch {
		case operand == prog.BlockMove && o.Src.IsVar():
			before = x.heaps[o.Src]
			delete(x.heaps, o.Src)
		case operand == prog.BlockFree && o.Src.IsVar():
			delete(x.heaps, o.Src)
		case operand == prog.HeapEnd:
			x.end(o.Heap)
		}
	}
	switch {
	case row.Result == prog.BlockResult || row.Result == prog.BulkResult:
		x.heaps[o.Dst] = append(slices.Clone(before), x.heapOf(o))
	case row.Result == prog.HeapResult:
		x.made[o.Dst] = o.Thread
		delete(x.arenas, o.Dst)
		if o.Src.IsVar() {
			x.arenas[o.Dst] = o.Src
		}
	case o.Kind.String() == "heap_set_default":
		x.defaults[o.Thread] = o.Heap
	case row.EndsTied:
		for _, h := range x.of(o.Thread) {
			x.end(h)
		}
		delete(x.defaults, o.Thread)
	}
}

// of lists the live heaps of a thread.
func (x *owners) of(thread uint8) (heaps []prog.Handle) {
	for h, t := range x.made {
		if t == thread {
			heaps = append(heaps, h)
		}
	}
	slices.Sort(heaps)
	return heaps
}

func (x *owners) end(h prog.Handle) {
	delete(x.made, h)
	for t, d := range x.defaults {
		if d == h {
			delete(x.defaults, t)
		}
	}
	for b, all := range x.heaps {
		x.heaps[b] = slices.DeleteFunc(slices.Clone(all), func(o prog.Handle) bool { return o == h })
	}
}

// blocks lists the variables that may hold blocks of a heap.
func (x *owners) blocks(h prog.Handle) (all []prog.Handle) {
	for b, heaps := range x.heaps {
		if slices.Contains(heaps, h) {
			all = append(all, b)
		}
	}
	slices.Sort(all)
	return all
}
