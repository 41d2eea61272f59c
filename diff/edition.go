// What the contract says otherwise of versions. See doc.go for an overview.

package diff

import (
	"slices"

	"midiff/diff/prog"
)

// The contract of a version that goalloc does not follow, or of a build that cannot be told (model.outcomes), is what all
// versions promise alike, for each operation:
//
//   - contents, zeroing, overlap, committed memory and arenas, as ever
//   - usable sizes at least the size asked, also where usable_size and good_size tell them, and no more: a build may keep
//     padding behind a block
//   - null where the size is illegal, and only where the system refused or a heap is bound to an arena, for realpath
//     also the default heap; an alignment that is no power of two may be taken or not
//   - expand gives null, or the block
//   - a visit of a heap tells of all live blocks; blocks that others have freed may be told of, too
//   - the first byte of a live block is in the region
//   - no error codes, messages or calls of the callback are due; none of these calls is inside another
//
// What is known of the versions that goalloc follows is not excused: without goalloc, nothing tells for what reason a
// promise was broken. A report says which finding has the same signature.

// largestLater is the largest request that is legal in later versions, in bytes: as many slices of 64 KiB as a word of
// 32 bits counts.
const largestLater = (1<<32 - 2) << 16

// mostArenasLater is how many arenas later versions have room for. They reserve some themselves, which take numbers, and
// at most one for each GiB of the space.
const (
	mostArenasLater = 132
	mostOwnArenas   = spaceSize >> 30
)

// mostArenas is how many arenas there can be. As many may be there before the program has made that many less own ones.
func (m *model) mostArenas() (most, own int) {
	if m.later {
		return mostArenasLater, mostOwnArenas
	}
	return mostArenas, 0
}

// The calls of the callback in later versions. An allocation does not always call: housekeeping is due now and then, and
// may collect; and once more by force where there was no room. Where a heap ends whose pages no other heap takes, they
// are given up, with a call by force: when it is deleted, and for each such heap of a thread that ends.
var (
	laterAllocForces = []uint8{0, 0, 1}
	laterHeapForces  = []uint8{1}
)

// dueLater is dueCallbacks of later versions.
func (m *model) dueLater(s *prog.Step) (must bool, forces []uint8) {
	started := s.Thread == 0 || m.deferred.started[s.Thread]
	switch ru := &rules[s.Kind]; {
	case ru.makesRoom():
		return false, laterAllocForces
	case ru.promise == endHeap || ru.promise == sweepHeap:
		return false, laterHeapForces
	case ru.promise == endThread && s.Thread != 0:
		return started, slices.Repeat(laterHeapForces, len(endForces)+m.heapsOf(s.Thread))
	case ru.promise == endThread:
		return false, slices.Repeat(laterHeapForces, m.heapsOf(0))
	case ru.collects:
		return started && !m.nullHeap(s), byForce[s.A&1]
	case ru.name == "collect_reduce":
		return started, laterHeapForces
	}
	return false, nil
}

// targetOptionLater is the option that has threads give up segments that are too many, as collect_reduce does. Whoever
// needs memory takes them over: who has the blocks in them is open from then on.
var targetOptionLater = uint64(slices.Index(prog.OptionNames, "target_segments_per_thread"))

var kindReduce = mustKind("collect_reduce")

// pathRoom is the size of the block that realpath of later versions has of the thread's default heap while it runs, in
// bytes, whichever heap the path is for.
const pathRoom = 4096 + 1

var kindRealpath = mustKind("realpath")

// passes tells whether an operation has a block of the default heap for itself while it runs.
func (m *model) passes(s *prog.Step) bool { return m.later && s.Kind == kindRealpath && !m.nullHeap(s) }

// mayNotPass tells whether there may be no such block.
func (m *model) mayNotPass(s *prog.Step) bool {
	return m.passes(s) && m.mayLack(m.arenas.bound[s.Thread], &request{size: pathRoom})
}

// passed takes in that there was one. It may have been the first in any block of the arenas that the heap may use.
func (m *model) passed(s *prog.Step) {
	if m.arenas.known == 0 || !m.passes(s) {
		return
	}
	bound := m.arenas.bound[s.Thread]
	for i := range m.arenas.slots {
		if a := &m.arenas.slots[i]; bound == uint32(i)+1 || bound == 0 && !a.exclusive {
			fill(a.touched, ^uint64(0))
		}
	}
}

// heapsOf counts the heaps that a thread has beside its own.
func (m *model) heapsOf(thread uint8) (n int) {
	for i := range m.heaps {
		if h := &m.heaps[i]; h.birth != 0 && h.thread == thread {
			n++
		}
	}
	return n
}

// inOrder tells whether the calls are some of those that there may be, in their order.
func inOrder(calls []Callback, forces []uint8) bool {
	for _, c := range calls {
		i := slices.Index(forces, c.Force)
		if i < 0 {
			return false
		}
		forces = forces[i+1:]
	}
	return true
}
