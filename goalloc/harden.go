// What hardened builds do beside the usual: random numbers, shuffled free lists, guard pages, and a look
// for blocks that are freed twice. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

// mainHeapName is where the main heap is taken to lie: a static in the twin, whose random numbers are
// seeded as if it lay here.
const mainHeapName = 0x1000

// heapSeed seeds a heap's random numbers with a key, or with another heap's, and draws its keys.
//
// Counterpart: none, a part of _mi_heap_init, mi_heap_main_init and mi_heap_new_in_arena.
func (p *Process) heapSeed(h *heap, key [seedBytes]byte, from *heap) {
	if !p.profile.random {
		return
	}
	if from != nil {
		h.random.split(&from.random, p.nonce(h))
	} else {
		h.random.init(key, p.nonce(h))
	}
	h.random.next() // a cookie there
	h.keys = linkKeys{h.random.next(), h.random.next()}
}

// nonce is where the twin's random numbers of a heap lie: it makes the stream the heap's own.
//
// Counterpart: none, an address there.
func (p *Process) nonce(h *heap) uint64 {
	if h == p.mainHeap {
		return mainHeapName
	}
	return uint64(raw.Of(h)-p.bias) + uint64(p.profile.refRandomOffset)
}

// hint draws where the first request for aligned memory is to lie. The answer does not depend on it, but
// what is drawn later does.
//
// Counterpart: mi_os_get_aligned_hint.
func (t *Thread) hint() {
	first := uint64(0)
	if t.prof.hints && t.proc.hinted.CasStrongAcqRel(atom.HintInit, &first, 1) { // pairs with itself
		t.heap.random.next()
	}
}

// popHard is pop in a hardened build.
//
// Counterpart: _mi_page_malloc.
func (t *Thread) popHard(p *page, size uintptr, zero bool) Addr {
	b := p.free
	p.used++
	p.free = t.next(p, b)
	t.countPop(p)
	if zero {
		raw.Zero(b, uintptr(p.blockSize)-t.prof.padding)
	} else if t.prof.shuffles {
		raw.Store(b, 0) // the link is nobody's business
	}
	if t.prof.padding != 0 {
		t.pad(p, b, size, !zero)
	}
	return b
}

// extendHard threads count blocks from first on into the page's free list, in a random order if the
// profile says so.
//
// Counterpart: mi_page_free_list_extend.
func (t *Thread) extendHard(p *page, first Addr, size, count uintptr) {
	if t.prof.shuffles && count > 1 {
		t.extendShuffled(p.owner(), p, first, size, count)
		return
	}
	last := first + Addr((count-1)*size)
	for b := first; b < last; b += Addr(size) {
		t.setNext(p, b, b+Addr(size))
	}
	t.setNext(p, last, p.free)
	p.free = first
}

// extendShuffled threads count blocks from first on into the page's free list in a random order: the
// range is cut into runs, and the list goes on in another run at each step.
//
// Counterpart: mi_page_free_list_extend_secure.
func (t *Thread) extendShuffled(h *heap, p *page, first Addr, size, count uintptr) {
	const mostRuns = 64
	runs := uintptr(mostRuns)
	for count < runs {
		runs /= 2
	}
	var at [mostRuns]Addr
	var left [mostRuns]uintptr
	for i := range runs {
		at[i], left[i] = first+Addr(i*(count/runs)*size), count/runs
	}
	left[runs-1] += count % runs

	r := h.random.next()
	run := uintptr(r) % runs
	left[run]--
	head := at[run]
	rnd := shuffle(r | 1)
	for i := uintptr(1); i < count; i++ {
		round := i % 8
		if round == 0 {
			rnd = shuffle(rnd)
		}
		to := uintptr(rnd>>(8*round)) & (runs - 1)
		for left[to] == 0 {
			to = (to + 1) % runs
		}
		left[to]--
		b := at[run]
		at[run] = b + Addr(size)
		t.setNext(p, b, at[to])
		run = to
	}
	t.setNext(p, at[run], p.free)
	p.free = head
}

// guardSlices is how many slices the guard page at a segment's end costs.
//
// Counterpart: none, a part of mi_segment_alloc.
func (p *Profile) guardSlices() uintptr {
	if p.guardPages {
		return 1
	}
	return 0
}

// guard makes the last OS page of the header and of the segment inaccessible. The segment's last slice is
// not used then.
//
// Counterpart: none, a part of mi_segment_alloc.
func (t *Thread) guard(s *segment) {
	if !t.prof.guardPages {
		return
	}
	header, end := s.guards()
	t.osProtect(header, false)
	t.ensureCommitted(s, end, osPageSize)
	t.osProtect(end, false)
	if s.sliceEntries == s.segmentSlices {
		s.sliceEntries--
	}
}

// unguard makes the guard pages accessible again; false when the OS refused.
//
// Counterpart: none, a part of mi_segment_os_free.
func (t *Thread) unguard(s *segment) bool {
	if !t.prof.guardPages {
		return true
	}
	header, end := s.guards()
	first := t.osProtect(header, true)
	return t.osProtect(end, true) && first
}

// guards gives the addresses of a segment's guard pages.
//
// Counterpart: none, computed at each use there.
func (s *segment) guards() (header, end Addr) {
	header = raw.Of(s) + Addr(s.infoSlices*sliceSize-osPageSize)
	end = raw.Of(s) + Addr(s.segmentSlices*sliceSize-osPageSize)
	return header, end
}

// osProtect makes an OS page inaccessible or accessible; false when the OS refused.
//
// Counterpart: mi_os_protectx.
func (t *Thread) osProtect(a Addr, accessible bool) bool {
	e := t.proc.os.Protect(a, osPageSize, accessible)
	if e != 0 {
		t.warnProtect(unix.Errno(e))
	}
	return e == 0
}

// warnProtect warns that protection could not be changed; with guard pages, twice when the system has no
// room for more mappings.
//
// Counterpart: mi_mprotect_hint.
func (t *Thread) warnProtect(e unix.Errno) {
	t.warn()
	if t.prof.guardPages && e == unix.ENOMEM {
		t.warn()
	}
}

// freedTwice tells whether a block that is being freed is free already, and reports it. A block that was
// overwritten since would have to look like a link by chance to be searched for.
//
// Counterpart: mi_check_is_double_free.
func (t *Thread) freedTwice(pg *page, b Addr) bool {
	n := t.proc.link(pg, b)
	if n%wordSize != 0 || n != 0 && !t.inSamePage(b, n) {
		return false
	}
	for _, list := range []Addr{pg.free, pg.localFree, pg.threadFreeBlock()} {
		for a := list; a != 0; a = t.next(pg, a) {
			if a == b {
				t.fail(unix.EAGAIN)
				return true
			}
		}
	}
	return false
}
