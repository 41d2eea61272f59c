// Threads as coroutines. See doc.go for an overview.

package sim

import (
	"fmt"
	"iter"
	"runtime/debug"
)

// thread is a thread of one execution.
type thread struct {
	id        int
	now       knows
	released  knows // at the last release fence: what relaxed stores give
	pending   knows // of what relaxed loads saw: what an acquire fence takes in
	body      func()
	done      bool
	joining   uint32 // threads that wait for its end
	read      *word  // last read, and which store of it
	readIndex int
	lastSite  Site
	worker    *worker
}

// worker is a coroutine that runs one body after the other, so that an execution need not make any.
type worker struct {
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
	t     *thread
}

func newWorker(s *Sim) *worker {
	w := &worker{}
	w.next, w.stop = iter.Pull(func(yield func(struct{}) bool) {
		w.yield = yield
		for w.run(s); yield(struct{}{}); w.run(s) {
		}
	})
	return w
}

// run is a thread from its start to its end, which may be that of the execution.
func (w *worker) run(s *Sim) {
	defer func() {
		if r := recover(); r != nil {
			s.caught(w.t, r)
		}
	}()
	if s.aborting {
		panic(unwind{})
	}
	w.t.body()
	s.exit(w.t)
}

// caught is the end of a thread by a panic: of the execution's end, or of the program's own, which is a failure.
func (s *Sim) caught(t *thread, r any) {
	t.done = true
	if _, ours := r.(unwind); ours || s.aborting {
		return
	}
	s.aborting = true
	s.failure = &Failure{Class: Broken, Text: fmt.Sprint(r), Stack: string(debug.Stack()),
		Now: Access{Thread: t.id, Atomic: true, Site: t.lastSite, Clock: t.now.hb[t.id]}}
}

func (s *Sim) newThread(body func()) *thread {
	id := s.threads
	if id == MaxThreads {
		panic(fmt.Sprintf("more than %d threads", MaxThreads))
	}
	if s.all[id] == nil {
		s.all[id] = &thread{id: id, worker: newWorker(s)}
	}
	t := s.all[id]
	*t = thread{id: id, body: body, worker: t.worker}
	t.worker.t = t
	s.threads++
	s.runnable |= 1 << id
	return t
}

// Spawn starts a thread and gives its number. It knows all that the running one does. Nothing is chosen here:
// the new thread can come before the next visible operation of its parent, which is as good.
func (s *Sim) Spawn(at Place, body func()) int {
	t := s.quietly()
	s.fresh = false
	child := s.newThread(body)
	child.now = t.now
	child.now.hb[child.id], child.now.coh[child.id] = 0, 0
	s.noteThread(t, opSpawn, child.id, at)
	return child.id
}

// Skip takes the number of a thread that is left out, so that those after it keep theirs.
func (s *Sim) Skip() {
	t := s.newThread(nil)
	t.done = true
	s.runnable &^= 1 << t.id
}

// quietly is begin for what is no scheduling point, since no other thread can tell when it happens.
func (s *Sim) quietly() *thread {
	if s.aborting {
		panic(unwind{})
	}
	t := s.running()
	t.tick()
	return t
}

// Join waits for the end of a thread and then knows all that it did.
func (s *Sim) Join(at Place, id int) {
	t := s.quietly()
	other := s.all[id]
	if !other.done {
		other.joining |= 1 << t.id
		s.block(t)
	}
	t.now.join(&other.now, s.threads)
	s.noteThread(t, opJoin, id, at)
}

// exit is the end of t; who goes on is chosen here, for t has no more operations to do it at.
func (s *Sim) exit(t *thread) {
	t.tick()
	t.done = true
	s.noteThread(t, opExit, t.id, 0)
	s.runnable = s.runnable&^(1<<t.id) | t.joining
	s.progress(t)
	switch {
	case s.runnable != 0 || s.stuck():
		s.current = s.pick(t)
	case s.allDone():
		s.current = -1
	default:
		s.fail(&Failure{Class: Deadlock, Now: s.at(t), Text: s.waits()})
	}
}

func (s *Sim) allDone() bool {
	for _, t := range s.all[:s.threads] {
		if !t.done {
			return false
		}
	}
	return true
}

// Current is the number of the running thread; the first one's is 0.
func (s *Sim) Current() int { return s.current }

func (s *Sim) running() *thread { return s.all[s.current] }
