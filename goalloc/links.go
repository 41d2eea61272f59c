// The links of free lists, as they stand in free blocks. See doc.go for an overview.

package goalloc

import (
	"math/bits"

	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

// linkKeys encode links in a hardened build: two random words of a page or, on a heap's delayed list, of the
// heap; null is encoded as the address of the one whose keys they are. So the words that a program
// overwrites or frees twice give nothing that looks like a block. A simulated process encodes the
// addresses that it pretends to have, so that its words are those of its twin in C.
type linkKeys [2]uint64

// encode gives the word for a link to a; null stands for no link.
//
// Counterpart: mi_ptr_encode.
func (k *linkKeys) encode(null, a Addr) Addr {
	if a == 0 {
		a = null
	}
	return Addr(bits.RotateLeft64(uint64(a)^k[1], int(k[0]%64)) + k[0])
}

// decode is the inverse of encode, 0 for null.
//
// Counterpart: mi_ptr_decode.
func (k *linkKeys) decode(null, w Addr) Addr {
	a := Addr(bits.RotateLeft64(uint64(w)-k[0], -int(k[0]%64)) ^ k[1])
	if a == null {
		return 0
	}
	return a
}

// Where the keys of a segment's pages lie: behind the record, in front of a guard page.
const (
	linkKeysOffset = segmentRecord
	linkKeysBytes  = (slicesPerSegment + 1) * 16
)

// refSlicesOffset is where the page records begin in the reference's record of a segment.
const refSlicesOffset = 264

// linkKeys gives the keys of a page.
//
// Counterpart: none, a field there.
func (p *page) linkKeys() *linkKeys {
	s := segmentOf(raw.Of(p))
	return raw.At[linkKeys](raw.Of(s) + Addr(linkKeysOffset+16*s.index(p)))
}

// pageNull is how null is encoded on a page's lists: the address of the record in the twin, whose records
// have the keys in them.
//
// Counterpart: none, the page's address there.
func (p *Process) pageNull(pg *page) Addr {
	s := segmentOf(raw.Of(pg))
	return raw.Of(s) - p.bias + Addr(refSlicesOffset+p.profile.refPageBytes*s.index(pg))
}

// heapNull is how null is encoded on a heap's delayed list. The main heap is a static in the twin.
//
// Counterpart: none, the heap's address there.
func (p *Process) heapNull(h *heap) Addr {
	if h == p.mainHeap {
		return mainHeapName
	}
	return raw.Of(h) - p.bias
}

// pretended is the address to encode for a, which is not 0 unless a is.
//
// Counterpart: none, blocks lie where they lie there.
func (p *Process) pretended(a Addr) Addr {
	if a == 0 {
		return 0
	}
	return a - p.bias
}

// real undoes pretended.
//
// Counterpart: none, blocks lie where they lie there.
func (p *Process) real(a Addr) Addr {
	if a == 0 {
		return 0
	}
	return a + p.bias
}

// link reads the link of a block on one of the page's lists.
//
// Counterpart: mi_block_nextx.
func (p *Process) link(pg *page, b Addr) Addr {
	if !p.profile.encoded {
		return raw.Load(b)
	}
	return p.real(pg.linkKeys().decode(p.pageNull(pg), raw.Load(b)))
}

// next is link for what the allocator goes on with: in a hardened build, a link that leaves the page is an
// error and ends the list.
//
// Counterpart: mi_block_next.
func (t *Thread) next(pg *page, b Addr) Addr {
	if !t.prof.encoded {
		return raw.Load(b)
	}
	n := t.proc.link(pg, b)
	if n != 0 && !t.inSamePage(b, n) {
		t.fail(unix.EFAULT)
		return 0
	}
	return n
}

// setNext writes the link of a block on one of the page's lists.
//
// Counterpart: mi_block_set_next.
func (t *Thread) setNext(pg *page, b, next Addr) {
	if t.prof.encoded {
		next = pg.linkKeys().encode(t.proc.pageNull(pg), t.proc.pretended(next))
	}
	raw.Store(b, next)
}

// delayedLink reads the link of a block on the heap's delayed list.
//
// Counterpart: mi_block_nextx.
func (p *Process) delayedLink(h *heap, b Addr) Addr {
	if !p.profile.encoded {
		return raw.Load(b)
	}
	return p.real(h.keys.decode(p.heapNull(h), raw.Load(b)))
}

// setDelayedLink writes the link of a block on the heap's delayed list.
//
// Counterpart: mi_block_set_nextx.
func (p *Process) setDelayedLink(h *heap, b, next Addr) {
	if p.profile.encoded {
		next = h.keys.encode(p.heapNull(h), p.pretended(next))
	}
	raw.Store(b, next)
}

// inSamePage tells whether q lies in the blocks of the page that p lies in; q may be anything.
//
// Counterpart: mi_is_in_same_page.
func (t *Thread) inSamePage(p, q Addr) bool {
	s := segmentOf(p)
	if (q-1)&^segmentMask != raw.Of(s) {
		return false
	}
	start, bytes := t.pageStart(s, s.pageOf(p))
	return start <= q && q < start+Addr(bytes)
}
