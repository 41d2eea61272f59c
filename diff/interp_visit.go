// The interpreter of the Go side, continued: heap_visit_blocks. See doc.go for an overview.

package diff

import (
	"midiff/diff/prog"
	"midiff/goalloc"
)

// heapVisitBlocks gives how many blocks are in use, as the blocks tell or else the areas, and a hash of
// all that was told; null if not all was.
func (g *GoSubject) heapVisitBlocks(t *goalloc.Thread, s *prog.Step, r *Result) {
	h, ok := g.heap(t, s)
	if !ok {
		return
	}
	if blocks := s.A != 0; !h.VisitBlocks(blocks, g.teller(r, blocks)) {
		r.Null = 1
	}
}

// abandonedVisitBlocks is heapVisitBlocks of the abandoned segments of a sub-process; null if there are no visits.
func (g *GoSubject) abandonedVisitBlocks(t *goalloc.Thread, s *prog.Step, r *Result) {
	var of goalloc.Subprocess // the main one
	if s.Src != prog.NoSlot {
		of = g.subprocs[s.Src]
	}
	if blocks := s.B != 0; !t.VisitAbandoned(of, int(int64(s.A)), blocks, g.teller(r, blocks)) {
		r.Null = 1
	}
}

// teller gives what takes in the areas of a visit, and with blocks those, too.
func (g *GoSubject) teller(r *Result, blocks bool) func(a *goalloc.Area, block goalloc.Addr, size uintptr) bool {
	return func(a *goalloc.Area, block goalloc.Addr, size uintptr) bool {
		v := Visit{Addr: g.rel(a.Blocks), Size: uint64(a.BlockSize), Used: uint64(a.Used),
			Committed: uint64(a.Committed), Reserved: uint64(a.Reserved), Step: g.step - 1}
		if block != 0 {
			v = Visit{Addr: g.rel(block), Size: uint64(size), Step: g.step - 1, Block: 1}
			r.Value++
		} else if !blocks {
			r.Value += v.Used
		}
		r.Usable = foldVisit(r.Usable, &v)
		g.visits = append(g.visits, v)
		return true
	}
}

// foldVisit adds a visit to the hash of those before it.
func foldVisit(h uint64, v *Visit) uint64 {
	for _, w := range [...]uint64{v.Addr + uint64(v.Block), v.Size, v.Used, v.Committed, v.Reserved} {
		h = (h ^ w) * fingerprintPrime
		h ^= h >> 29
	}
	return h
}
