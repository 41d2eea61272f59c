// Visiting what ended threads have left. See doc.go for an overview.

package goalloc

import "golang.org/x/sys/unix"

// VisitAbandoned is Heap.VisitBlocks for the pages of the abandoned segments of a sub-process, all of them or, with
// a tag that is not negative, those with the tag. It needs the option visit_abandoned from the start on, else an
// error is reported and the answer is false. Each segment goes back behind the others that were not in an arena.
//
// Counterpart: mi_abandoned_visit_blocks.
func (t *Thread) VisitAbandoned(sub Subprocess, tag int, blocks bool,
	visit func(a *Area, block Addr, size uintptr) bool) bool {
	if !t.proc.enabled(optVisitAbandoned) {
		t.fail(unix.EFAULT)
		return false
	}
	store, r := t.proc.abandoned, round{subproc: Addr(sub)}
	if sub == 0 {
		r.subproc = store.subprocess()
	}
	all := true
	store.begin(t, nil, roundVisit, &r)
	for all {
		s := store.pop(&r)
		if s == nil {
			break
		}
		all = t.visitSegment(s, tag, blocks, visit)
		store.pushVisited(s)
	}
	store.end(&r)
	return all
}

// visitSegment visits the pages of an abandoned segment that have a tag.
//
// Counterpart: _mi_segment_visit_blocks.
func (t *Thread) visitSegment(s *segment, tag int, blocks bool, visit func(*Area, Addr, uintptr) bool) bool {
	for i := headerSlices; i < s.sliceEntries; {
		p := s.slice(i)
		used := p.blockSize > 0 && (tag < 0 || int(p.tag) == tag)
		if used && !t.visitPage(p, blocks, visit) {
			return false
		}
		i += uintptr(p.sliceCount)
	}
	return true
}
