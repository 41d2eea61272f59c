// What padded builds do beside the usual: a canary behind each block, patterns in memory that nobody has
// written, and messages about misuse. See doc.go for an overview.

package goalloc

import (
	"golang.org/x/sys/unix"

	"midiff/goalloc/internal/raw"
)

// paddingBytes is what the padding behind a block takes, inside the page's block size. Its two halves are
// a canary, made of the block's address and the page's keys, and the distance from the end of what was
// asked for to the padding.
const paddingBytes = 8

// The patterns of debug builds.
const (
	fillFresh = 0xD0 // a block that was not asked to be cleared
	fillFreed = 0xDF // a freed block
	fillSlack = 0xDE // the first bytes behind what was asked for
)

// slackMost is how many bytes behind what was asked for are filled and looked at.
const slackMost = maxAlignSize

// maxAlignSize is the alignment of all blocks of that size and above.
const maxAlignSize = 16

// mallocHard is mallocZero in a build without a fast path.
//
// Counterpart: _mi_heap_malloc_zero_ex.
func (t *Thread) mallocHard(h *heap, size uintptr, zero bool) Addr {
	if size <= smallMax {
		if t.prof.padding != 0 && size == 0 {
			size = wordSize
		}
		// The last sizes are beyond the table with their padding: the twin has an entry for them that
		// is always empty.
		if padded := size + t.prof.padding; padded <= smallMax {
			if p := pageAt(h.direct[wordsOf(padded)]); p.free != 0 {
				return t.countMalloc(t.popHard(p, padded, zero))
			}
		}
	}
	return t.countMalloc(t.mallocGeneric(h, size+t.prof.padding, zero, 0)) // findPage knows of the overflow
}

// alignedPadded is mallocAligned with padding, where only the alignments that all blocks have need nothing
// special.
//
// Counterpart: mi_heap_malloc_aligned.
func (t *Thread) alignedPadded(h *heap, size, align uintptr) Addr {
	if size <= smallMax && (align == wordSize || align == maxAlignSize && size > maxAlignSize/2) {
		return t.malloc(h, size)
	}
	return t.alignedAt(h, size, align, 0, false)
}

// pad writes the padding of a block that was just taken for size bytes, padding included; fresh unless its
// memory was cleared. Only the ends of huge blocks are touched.
//
// Counterpart: none, a part of _mi_page_malloc.
func (t *Thread) pad(pg *page, b Addr, size uintptr, fresh bool) {
	s := segmentOf(b)
	room := t.blockSizeOf(s, pg) - paddingBytes
	if fresh && !s.huge {
		paint(b, room, fillFresh)
	}
	slack := room - (size - paddingBytes)
	raw.Store(b+Addr(room), t.canary(pg, b)|Addr(slack)<<32)
	if !s.huge {
		paint(b+Addr(room-slack), min(slack, slackMost), fillSlack)
	}
}

// canary is the lower half of a block's padding.
//
// Counterpart: none, a part of _mi_page_malloc.
func (t *Thread) canary(pg *page, b Addr) Addr {
	return pg.linkKeys().encode(t.proc.pageNull(pg), t.proc.pretended(b)) & (1<<32 - 1)
}

// padding reads the padding of a block: the room in front of it and how much of that is slack. False when
// it was overwritten.
//
// Counterpart: mi_page_decode_padding.
func (t *Thread) padding(pg *page, b Addr) (room, slack uintptr, ok bool) {
	room = t.blockSizeOf(segmentOf(b), pg) - paddingBytes
	w := raw.Load(b + Addr(room))
	slack = uintptr(w >> 32)
	return room, slack, w&(1<<32-1) == t.canary(pg, b) && slack <= room
}

// paddedSize is how many bytes of a block were asked for; 0 when its padding was overwritten.
//
// Counterpart: mi_page_usable_size_of.
func (t *Thread) paddedSize(pg *page, b Addr) uintptr {
	room, slack, ok := t.padding(pg, b)
	if !ok {
		return 0
	}
	return room - slack
}

// checkPadding reports a block that was written past its end.
//
// Counterpart: mi_check_padding.
func (t *Thread) checkPadding(pg *page, b Addr) {
	room, slack, ok := t.padding(pg, b)
	if ok && !segmentOf(b).huge {
		for _, c := range raw.Bytes(b+Addr(room-slack), min(slack, slackMost)) {
			ok = ok && c == fillSlack
		}
	}
	if !ok {
		t.fail(unix.EFAULT)
	}
}

// forget overwrites a block that is being freed by its owner, padding included.
//
// Counterpart: none, a part of mi_free.
// Of a huge block only what may matter once its memory serves others, and only where the reference does not look
// which kind of block it is: plain.
func (t *Thread) forget(pg *page, b Addr, plain bool) {
	t.checkPadding(pg, b)
	if s := segmentOf(b); !s.huge {
		paint(b, uintptr(pg.blockSize), fillFreed)
	} else if plain {
		paintStale(b, t.blockSizeOf(s, pg), fillFreed)
	}
}

// paintStale is paint for what a segment whose header comes to lie in [a, a+n) would keep.
//
// Counterpart: none, a part of memset.
func paintStale(a Addr, n uintptr, c byte) {
	for from, to := range Stale(a, n) {
		paint(a+Addr(from), min(to, n)-from, c)
	}
}

// forgetRemote overwrites a block that is being freed by another thread. Its padding stays, for the owner to
// check, but is made to leave room for a link.
//
// Counterpart: none, a part of _mi_free_block_mt.
func (t *Thread) forgetRemote(pg *page, b Addr) {
	t.checkPadding(pg, b)
	if room, slack, ok := t.padding(pg, b); ok && room-slack < wordSize {
		raw.Store(b+Addr(room), t.canary(pg, b)|Addr(room-wordSize)<<32)
	}
	if !segmentOf(b).huge {
		paint(b, t.paddedSize(pg, b), fillFreed)
	}
}

// misuse reports a request that cannot be met whatever there is; release builds just give null.
//
// Counterpart: none, messages of debug builds.
func (t *Thread) misuse() {
	if t.prof.padding != 0 {
		t.fail(unix.EOVERFLOW)
	}
}

// paint sets n bytes.
//
// Counterpart: none, memset there.
func paint(a Addr, n uintptr, c byte) {
	bytes := raw.Bytes(a, n)
	for done := copy(bytes, []byte{c}); done < len(bytes); {
		done += copy(bytes[done:], bytes[:min(done, 4096)]) // what is copied stays in the cache
	}
}
