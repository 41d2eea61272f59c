// What the model knows of the callback for deferred frees, and what is promised of it. See doc.go for an overview.

package diff

import (
	"cmp"
	"fmt"
	"slices"

	"midiff/diff/prog"
)

// The contract of register_deferred_free, for each side alone:
//
//   - no call where no callback is registered; none inside another; each with the argument that was registered
//   - the heartbeat grows from call to call of a thread, from its start to its end
//   - an allocation calls without force, and once more with force where there was no room; one that gives a new
//     block above the small sizes does call. So does a heap that is made, whose record is such a block. Where a handler
//     has an operation try again, each time counts as an allocation
//   - a collect of a heap calls once, with force if the collect is by force. A thread that has not started has no
//     heap; one that has allocated has
//   - a thread that started calls at its end, with force; but not the first thread, which keeps its heap. It may be
//     started anew while it ends (callback-restarts and ended-restarts in corpus/known/README.md), and then ends once more
//   - no other operation calls
//
// edition.go has what is otherwise in later versions.

// deferredModel is the callback of a run and the blocks that wait for it, which are in slots [from, to).
type deferredModel struct {
	kind     uint64
	from, to uint32
	beats    [prog.MaxThreads]uint64 // of the last call in each thread, 0 for none since its start
	started  [prog.MaxThreads]bool   // seen to have a heap, by what it gave
	mayFail  bool                    // in this step the callback asks for memory that it may not get
}

// smallSize is the most that is allocated without housekeeping.
const smallSize = 1024

// callbacks gives the calls of one side in the step that is judged.
func (e *Engine) callbacks(side Subject, r *Result) []Callback {
	if r.Deferred == 0 {
		return nil
	}
	all := side.Callbacks()
	byStep := func(c Callback, step uint32) int { return cmp.Compare(c.Step, step) }
	from, _ := slices.BinarySearchFunc(all, e.model.step, byStep)
	to, _ := slices.BinarySearchFunc(all, e.model.step+1, byStep)
	return all[from:to]
}

// queue moves a block to the end of the queue.
func (m *model) queue(s *prog.Step) {
	d := &m.deferred
	if d.from == d.to {
		d.from = s.Dst
	}
	d.to = s.Dst + 1
	if s.Src != prog.NoSlot {
		m.blocks[s.Dst], m.blocks[s.Src] = m.blocks[s.Src], block{}
	}
}

// called takes in what the calls of a step free. What the callback itself allocates is not known: it may lie in
// any arena.
func (m *model) called(s *prog.Step, calls []Callback) {
	d := &m.deferred
	ends := rules[s.Kind].promise == endThread
	d.mayFail = prog.CallbackMakes(d.kind, ends) && len(calls) > 0 && (m.arenas.known > 0 || m.arenas.bound[s.Thread] != 0)
	if d.mayFail {
		for i := range m.arenas.slots {
			fill(m.arenas.slots[i].touched, ^uint64(0))
		}
	}
	for _, c := range calls {
		if c.Wrong != 0 {
			continue
		}
		most := d.to - d.from
		if c.Force == 0 {
			most = prog.DeferredStep
		}
		for ; d.from < d.to && most > 0; d.from++ {
			if b := &m.blocks[d.from]; b.addr != 0 {
				m.dropBlock(b)
				most--
			}
		}
	}
}

// end takes in that a thread ends: the next one of its number counts anew. The first thread goes on.
func (d *deferredModel) end(thread uint8) {
	if thread != 0 {
		d.beats[thread], d.started[thread] = 0, false
	}
}

// checkCallbacks judges the calls of a step.
func (m *model) checkCallbacks(s *prog.Step, r *Result, calls []Callback) finding {
	d := &m.deferred
	if d.kind == 0 && len(calls) == 0 {
		return finding{}
	}
	beat := d.beats[s.Thread]
	for _, c := range calls {
		if c.Wrong != 0 || c.Heartbeat <= beat && !m.outcomes {
			return finding{Deferred, FieldCalls}
		}
		if beat = c.Heartbeat; rules[s.Kind].promise == endThread {
			beat = 0 // another call is that of the thread started anew
		}
	}
	if m.outcomes {
		return finding{}
	}
	must, forces := m.dueCallbacks(s, r)
	if d.kind == 0 || must && len(calls) == 0 || !m.later && !isPrefix(calls, forces) || m.later && !inOrder(calls, forces) {
		return finding{Deferred, FieldCalls}
	}
	return finding{}
}

// isPrefix tells whether the calls are the first of those that there may be.
func isPrefix(calls []Callback, forces []uint8) bool {
	if len(calls) > len(forces) {
		return false
	}
	for i, c := range calls {
		if c.Force != forces[i] {
			return false
		}
	}
	return true
}

// Which of the calls of an operation are by force, for as many as there may be.
var (
	allocForces = []uint8{0, 1}
	retryForces = []uint8{0, 1, 0, 1, 0, 1} // prog.HandlerTries times more
	endForces   = []uint8{1, 1, 1, 1}       // as often as the system runs destructors
	byForce     = [2][]uint8{{0}, {1}}
)

// forces says so of an operation that allocates, as often as its handler has it try.
func (m *model) forces(ru *rule) []uint8 {
	if ru.codes == handlerCode && m.handler == prog.HandlerRetries {
		return retryForces
	}
	return allocForces
}

// dueCallbacks tells whether a step must call, and which of its calls are by force, nil for no calls at all.
func (m *model) dueCallbacks(s *prog.Step, r *Result) (must bool, forces []uint8) {
	if m.later {
		return m.dueLater(s)
	}
	started := s.Thread == 0 || m.deferred.started[s.Thread]
	switch ru := &rules[s.Kind]; ru.promise {
	case gives:
		return r.Value != 0 && ru.request(s).size > smallSize, m.forces(ru)
	case moves:
		return r.Value != 0 && r.Value != m.source(s.Src).addr && ru.request(s).size > smallSize, m.forces(ru)
	case newHeap:
		return r.Value != 0, allocForces
	case endThread:
		if s.Thread == 0 {
			return false, nil
		}
		return started, endForces
	case tidies:
		if ru.collects {
			return started && !m.nullHeap(s), byForce[s.A&1]
		}
	}
	return false, nil
}

// beat takes in the calls of a step, and whether its thread has a heap.
func (m *model) beat(s *prog.Step, r *Result, calls []Callback) {
	d := &m.deferred
	if n := len(calls); n > 0 {
		d.beats[s.Thread] = calls[n-1].Heartbeat
	}
	ru := &rules[s.Kind]
	if r.Value != 0 && ru.makesRoom() && (ru.promise != moves || r.Value != m.source(s.Src).addr) {
		d.started[s.Thread] = true
	}
}

// expectCallbacks says which calls the contract asks for.
func (m *model) expectCallbacks(s *prog.Step) string {
	last := fmt.Sprintf("after heartbeat %d", m.deferred.beats[s.Thread])
	switch _, forces := m.dueCallbacks(s, &Result{}); {
	case m.deferred.kind == 0 || len(forces) == 0:
		return "no call of the callback for deferred frees"
	case forces[0] != 0:
		return "a call of the callback for deferred frees by force, " + last
	case len(forces) == 1:
		return "a call of the callback for deferred frees without force, " + last
	}
	return "a call of the callback for deferred frees without force if the allocation is no small one, and then by " +
		"force where there was no room, " + last
}
