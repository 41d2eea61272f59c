// The interpreter of the Go side, continued: arenas. See doc.go for an overview.

package diff

import (
	"golang.org/x/sys/unix"

	"midiff/cref"
	"midiff/diff/prog"
	"midiff/goalloc"
)

// Large pages are never granted, so that allow_large (C of a reserve) makes no difference and goalloc has
// no such operand.

// reserve starts the thread first, as the C side does: on a thread that has not started, the library
// draws a random number from the shared empty heap, which cannot be written.
func (g *GoSubject) reserve(t *goalloc.Thread, s *prog.Step, r *Result) {
	if t.Backing().IsZero() {
		r.Value = uint64(cref.NotCalled)
		return
	}
	_, e := t.ReserveOSMemory(num(s.A), s.B != 0, s.C != 0, false)
	r.Value = uint64(e)
}

func (g *GoSubject) reserveEx(t *goalloc.Thread, s *prog.Step, r *Result) {
	id, e := goalloc.NoArena, unix.ENOMEM
	if !t.Backing().IsZero() {
		id, e = t.ReserveOSMemory(num(s.A), s.B != 0, s.C != 0, s.D != 0)
	}
	g.added(s, r, id, e == 0)
}

// manage gives memory of the program, and takes it back if there will be no arena. Large pages are
// always committed.
func (g *GoSubject) manage(t *goalloc.Thread, s *prog.Step, r *Result) {
	if _, ok := g.managed(t, s, s.D != 0, false); ok {
		r.Value = 1
	}
}

func (g *GoSubject) manageEx(t *goalloc.Thread, s *prog.Step, r *Result) {
	id, ok := g.managed(t, s, true, s.D != 0)
	g.added(s, r, id, ok)
}

func (g *GoSubject) managed(t *goalloc.Thread, s *prog.Step, zero, exclusive bool) (goalloc.ArenaID, bool) {
	committed, large := s.B != 0, s.C != 0
	a := g.proc.Take(num(s.A), committed || large)
	if a == 0 {
		return goalloc.NoArena, false
	}
	id, ok := t.ManageOSMemory(a, num(s.A), committed, large, zero, exclusive)
	if !ok {
		g.proc.Drop(a, num(s.A))
	}
	return id, ok
}

// added says what was given as the arena's id, and where the arena lies.
func (g *GoSubject) added(s *prog.Step, r *Result, id goalloc.ArenaID, ok bool) {
	g.arenas[s.Dst] = id
	r.Value = uint64(uint32(id))
	if !ok {
		r.Null = 1
		return
	}
	a, _ := g.proc.ArenaArea(id)
	r.Usable = g.rel(a)
}

func (g *GoSubject) arenaArea(_ *goalloc.Thread, s *prog.Step, r *Result) {
	a, size := g.proc.ArenaArea(g.arenas[s.Src])
	r.Value, r.Usable = g.rel(a), uint64(size)
}

func (g *GoSubject) heapNewInArena(t *goalloc.Thread, s *prog.Step, r *Result) {
	g.newHeap(t, s, r, func() (goalloc.Heap, bool) { return t.NewHeapInArena(g.arenas[s.Src]) })
	g.heaps[s.Dst].kept = g.later
}
