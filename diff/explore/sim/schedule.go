// Who runs next, and who waits for what. See doc.go for an overview.

package sim

import "math/bits"

// schedule is the point before a visible operation of the running thread, where another may come first.
func (s *Sim) schedule(site Site) {
	if s.aborting {
		panic(unwind{})
	}
	s.steps++
	if s.steps > s.MaxSteps {
		s.fail(&Failure{Class: Livelock, Now: s.at(s.running()), Text: "the execution does not end"})
	}
	if s.fresh || s.runnable&(s.runnable-1) == 0 {
		s.fresh = false
		return
	}
	t := s.running()
	t.lastSite = site
	n := s.candidates(t.id)
	if k := s.choose(Schedule, n, site); k != 0 {
		s.give(t, int(s.options[k]))
		s.fresh = false
	}
}

// Pause is a scheduling point without an operation: in a loop that retries a few times, say.
func (s *Sim) Pause(site Site) { s.schedule(site) }

// candidates fills options with the threads that may run: id if it may, then the next ones, around.
func (s *Sim) candidates(id int) int {
	n := 0
	if s.runnable>>id&1 != 0 {
		s.options[0], n = int8(id), 1
	}
	for m := s.runnable >> id >> 1; m != 0; m &= m - 1 {
		s.options[n] = int8(id + 1 + bits.TrailingZeros32(m))
		n++
	}
	for m := s.runnable & (1<<id - 1); m != 0; m &= m - 1 {
		s.options[n] = int8(bits.TrailingZeros32(m))
		n++
	}
	return n
}

// pick chooses who runs when t cannot. Whoever it is has been chosen for its next operation already.
func (s *Sim) pick(t *thread) int {
	s.fresh = true
	n := s.candidates(t.id)
	return int(s.options[s.choose(Schedule, n, t.lastSite)])
}

// give lets another thread run, until t is chosen again.
func (s *Sim) give(t *thread, to int) {
	s.switches++
	s.current, s.fresh = to, true
	t.worker.yield(struct{}{})
	if s.aborting {
		panic(unwind{})
	}
}

// block takes t out of the game until somebody puts it back.
func (s *Sim) block(t *thread) {
	s.runnable &^= 1 << t.id
	if s.runnable == 0 && !s.stuck() {
		s.fail(&Failure{Class: Deadlock, Now: s.at(t), Text: s.waits()})
	}
	if next := s.pick(t); next != t.id {
		s.give(t, next)
	}
}

func (s *Sim) at(t *thread) Access {
	return Access{Thread: t.id, Atomic: true, Site: t.lastSite, Clock: t.now.hb[t.id]}
}

// stuck is called when nobody can run: those that wait for anything at all may go on, for what they wait for
// may be of their own doing. It tells whether somebody can run now.
func (s *Sim) stuck() bool {
	if s.idle == 0 {
		return false
	}
	s.runnable |= s.idle
	s.idle = 0
	return true
}

// waits says who is not done when nobody can run.
func (s *Sim) waits() string {
	text := "waiting:"
	for _, t := range s.all[:s.threads] {
		if !t.done {
			text += " t" + string(rune('0'+t.id))
		}
	}
	return text
}

// Await ends a round of a loop that waits for another thread to store to the word at a: the newest store is
// visible from now on, and if the thread has seen that one, it goes on only when there is another.
func (s *Sim) Await(a uintptr, site Site) {
	t := s.begin(site)
	x := s.wordAt(a)
	last := len(x.stores) - 1
	seen := t.read == x && t.readIndex == last
	if last >= 0 {
		x.saw(t, last)
	}
	if seen || last < 0 {
		x.waiting |= 1 << t.id
		s.block(t)
	}
	if n := len(x.stores); n > 0 {
		x.saw(t, n-1)
	}
}

// AwaitLast is Await of what the running thread has read last.
func (s *Sim) AwaitLast(site Site) {
	if t := s.running(); t.read != nil {
		s.Await(t.read.addr, site)
		return
	}
	s.AwaitAny(site)
}

// AwaitAny ends a round of a loop that waits for progress of whatever kind: it goes on when another thread
// has stored anything or ended, or when nobody else can run.
func (s *Sim) AwaitAny(site Site) {
	t := s.begin(site)
	s.idle |= 1 << t.id
	s.block(t)
	s.idle &^= 1 << t.id
	for i := 0; i < s.words.used; i++ {
		if x := s.words.words[i]; len(x.stores) > 0 {
			x.saw(t, len(x.stores)-1)
		}
	}
}

// wake lets those go on that await a store to x.
func (s *Sim) wake(t *thread, x *word) {
	if x.waiting != 0 {
		s.runnable |= x.waiting
		x.waiting = 0
	}
	if s.idle != 0 {
		s.progress(t)
	}
}

// progress lets those go on that await anything at all of a thread other than themselves.
func (s *Sim) progress(t *thread) {
	s.runnable |= s.idle &^ (1 << t.id)
	s.idle &= 1 << t.id
}
