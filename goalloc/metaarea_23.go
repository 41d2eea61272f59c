// The area for small records of 2.3: those of arenas and sub-processes. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

const (
	metaAreaBytes = 4096
	metaAlign     = 16
	partBytes23   = subprocessBytes + metaAreaBytes
)

// metaAlloc gets zeroed memory for a record: of the area, while it lasts, and then of the OS.
//
// Counterpart: _mi_arena_meta_zalloc.
func (r *reservedSource) metaAlloc(t *Thread, size uintptr) (at Addr, inArea bool) {
	if at := r.areaAlloc(size); at != 0 {
		return at, true
	}
	if at = t.osAlloc(size); at != 0 {
		t.proc.os.NeedZero(at, size)
	}
	return at, false
}

// areaAlloc gets memory of the area; 0 when it is used up. What was not given out stays unused when two threads
// meet at its end.
//
// Counterpart: mi_arena_static_zalloc.
func (r *reservedSource) areaAlloc(size uintptr) Addr {
	more := uint64(size + metaAlign - 1)
	// Relaxed: a quick look; the addition decides.
	if r.top.LoadRlx(atom.MetaTopPeek)+more > metaAreaBytes {
		return 0
	}
	old := r.top.AddAcqRel(atom.MetaTopAdd, more) // pairs with itself
	if top := old + more; top > metaAreaBytes {
		r.top.CasStrongAcqRel(atom.MetaTopUndo, &top, old) // pairs with MetaTopAdd
		return 0
	}
	at := r.area + raw.AlignUp(Addr(old), metaAlign)
	raw.Zero(at, size)
	return at
}

// metaFree gives a record back, if it is the OS's.
//
// Counterpart: _mi_arena_meta_free.
func (r *reservedSource) metaFree(t *Thread, at Addr, size uintptr) {
	if at < r.area || at >= r.area+metaAreaBytes {
		t.osFree(at, size, true)
	}
}
