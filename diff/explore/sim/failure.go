// Failures: how an execution goes wrong. See doc.go for an overview.

package sim

import "fmt"

// Class is a kind of failure.
type Class uint8

// The classes. The simulator finds races, uses after free, deadlocks and livelocks itself; the others are
// found by oracles of the program under test, which call Fail.
const (
	DataRace Class = iota + 1
	UseAfterFree
	UseAfterDecommit
	LostBlock
	DoubleHandOut
	TwoOwners
	OwnerMismatch
	WrongQueue
	Deadlock
	Livelock
	Broken // an assertion of the program under test, or a panic in it
)

var classNames = [...]string{"none", "data race", "use after free", "use after decommit", "lost block",
	"double hand-out", "two owners", "owner mismatch", "span in the wrong queue", "deadlock", "livelock",
	"broken assertion"}

func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return fmt.Sprintf("class(%d)", uint8(c))
}

// Access is one side of a failure.
type Access struct {
	Thread int
	Atomic bool
	Write  bool
	Site   Site   // if atomic
	Place  Place  // if not
	Clock  uint32 // of the thread, then
}

// Failure is what ended an execution.
type Failure struct {
	Class  Class
	Addr   uintptr // 0 where it is about none
	Now    Access  // that failed
	Before Access  // what it is in conflict with: for races and uses after free
	Text   string  // of an oracle or a panic
	Stack  string  // of a panic
	Clocks [][]uint32
}

// HasBefore tells whether there is an earlier access to name.
func (f *Failure) HasBefore() bool {
	return f.Class == DataRace || f.Class == UseAfterFree || f.Class == UseAfterDecommit
}

// Same tells whether two failures are one and the same fault: the class and both places, in either order.
// Two oracles' failures are the same if their class is.
func (f *Failure) Same(g *Failure) bool {
	if f == nil || g == nil {
		return f == g
	}
	if f.Class != g.Class {
		return false
	}
	if !f.HasBefore() {
		return true
	}
	a, b := f.sides()
	c, d := g.sides()
	return a == c && b == d || a == d && b == c
}

func (f *Failure) sides() (a, b uint64) { return f.Now.where(), f.Before.where() }

func (a Access) where() uint64 {
	if a.Atomic {
		return uint64(a.Site)<<1 | 1
	}
	return uint64(a.Place) << 1
}

// Fail ends the execution: an oracle of the program under test has found something.
func (s *Sim) Fail(class Class, format string, args ...any) {
	if s.aborting {
		panic(unwind{})
	}
	t := s.running()
	s.fail(&Failure{Class: class, Text: fmt.Sprintf(format, args...),
		Now: Access{Thread: t.id, Atomic: true, Site: t.lastSite, Clock: t.now.hb[t.id]}})
}

func (s *Sim) fail(f *Failure) {
	if s.failure == nil && s.fault == nil {
		f.Clocks = make([][]uint32, s.threads)
		for i := range f.Clocks {
			f.Clocks[i] = append([]uint32(nil), s.all[i].now.hb[:s.threads]...)
		}
		s.failure = f
	}
	s.abort()
}

// unwind is the panic that ends all threads of an execution that is over.
type unwind struct{}

func (s *Sim) abort() {
	s.aborting = true
	panic(unwind{})
}
