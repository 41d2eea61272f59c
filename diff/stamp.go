// Contents of blocks on the Go side: stamping, verifying, checking for zero. See doc.go for an
// overview.

package diff

import (
	"math/bits"

	"midiff/diff/words"
	"midiff/goalloc"
)

// Word i of a block holds id*stampID + (i+1)*stampWord, so that a word that moved and a word of
// another block are both seen; a tail of less than 8 bytes holds the low bytes of its word. Blocks up
// to stampFull bytes are covered in full. Of larger ones the first and the last stampEdge bytes are,
// and between them one word at every multiple of a stride; and what lies where the header of another segment may
// come to be when the block is gone, as far as such a header keeps it, which is not looked at. cref has the same rule
// in C.
const (
	stampID   = 0x9E3779B97F4A7C15
	stampWord = 0xD1B54A32D192ED03
	stampFull = 64 << 10
	stampEdge = 4 << 10

	strideSmall     = 4 << 10
	strideSmallUpTo = 16 << 20
	strideLarge     = 64 << 10
)

// stamped is a block as it was stamped.
type stamped struct {
	addr   goalloc.Addr
	usable uintptr
	id     uint32 // the number of the step that stamped it, from 1
}

// word gives the stamp of the word at an offset.
func (b *stamped) word(offset uintptr) uint64 {
	return uint64(b.id)*stampID + uint64(offset/8+1)*stampWord
}

// stamp writes the block's contents.
func (b *stamped) stamp() {
	if b.usable <= stampFull {
		b.stampRange(0, b.usable)
		return
	}
	last, stride := b.sampling()
	b.stampRange(0, stampEdge)
	for o := stride; o < last; o += stride {
		goalloc.Words(b.addr+goalloc.Addr(o), 1)[0] = b.word(o)
	}
	b.stampRange(last, b.usable&^7)
	for from, to := range goalloc.Stale(b.addr, b.usable) {
		b.stampRange(from&^7, min((to+7)&^7, b.usable&^7))
	}
}

// sampling gives where the last full stretch of a large block begins, and the stride before it.
func (b *stamped) sampling() (last, stride uintptr) {
	last, stride = b.usable&^7-stampEdge, strideSmall
	if b.usable > strideSmallUpTo {
		stride = strideLarge
	}
	return last, stride
}

func (b *stamped) stampRange(from, to uintptr) {
	words.Fill(goalloc.Words(b.addr+goalloc.Addr(from), (to-from)/8), b.word(from), stampWord)
	if to%8 != 0 {
		putTail(goalloc.Bytes(b.addr+goalloc.Addr(to&^7), to%8), b.word(to))
	}
}

func putTail(tail []byte, v uint64) {
	for i := range tail {
		tail[i] = byte(v >> (8 * i))
	}
}

// verify gives 0 if the first limit bytes hold what was stamped, else 1 + the offset of the first byte
// that does not. Words that were not stamped are not looked at.
func (b *stamped) verify(limit uintptr) uint64 {
	if b.usable <= stampFull {
		return b.verifyRange(0, min(b.usable, limit))
	}
	if bad := b.verifyRange(0, min(stampEdge, limit)); bad != 0 {
		return bad
	}
	last, stride := b.sampling()
	for o := stride; o < min(last, limit); o += stride {
		if bad := b.verifyRange(o, min(o+8, limit)); bad != 0 {
			return bad
		}
	}
	if limit > last {
		return b.verifyRange(last, min(b.usable&^7, limit))
	}
	return 0
}

func (b *stamped) verifyRange(from, to uintptr) uint64 {
	all := goalloc.Words(b.addr+goalloc.Addr(from), (to-from)/8)
	if words.Differ(all, b.word(from), stampWord) != 0 {
		return firstWrong(all, from, b.word(from), stampWord)
	}
	if to%8 != 0 {
		return wrongTail(goalloc.Bytes(b.addr+goalloc.Addr(to&^7), to%8), to&^7, b.word(to))
	}
	return 0
}

// firstWrong finds the byte in words that should hold v, v+add, ... and lie at offset from.
func firstWrong(words []uint64, from uintptr, v, add uint64) uint64 {
	for i, w := range words {
		if w != v {
			return uint64(from) + uint64(i)*8 + uint64(bits.TrailingZeros64(w^v))/8 + 1
		}
		v += add
	}
	return 0
}

func wrongTail(tail []byte, from uintptr, v uint64) uint64 {
	for i, c := range tail {
		if c != byte(v>>(8*i)) {
			return uint64(from) + uint64(i) + 1
		}
	}
	return 0
}

// zero gives 0 if the block reads zero, else 1 + the offset of the first byte that does not. Large
// blocks are sampled as stamps are.
func (b *stamped) zero() uint64 {
	if b.usable <= stampFull {
		return zeroRange(b.addr, 0, b.usable)
	}
	if bad := zeroRange(b.addr, 0, stampEdge); bad != 0 {
		return bad
	}
	last, stride := b.sampling()
	for o := stride; o < last; o += stride {
		if bad := zeroRange(b.addr, o, o+8); bad != 0 {
			return bad
		}
	}
	return zeroRange(b.addr, last, b.usable&^7)
}

// zeroRange is zero for the bytes from up to to of the block at a; from need not be a multiple of 8.
func zeroRange(a goalloc.Addr, from, to uintptr) uint64 {
	if head := min((from+7)&^7, to); head > from {
		if bad := wrongTail(goalloc.Bytes(a+goalloc.Addr(from), head-from), from, 0); bad != 0 {
			return bad
		}
		from = head
	}
	if from >= to {
		return 0
	}
	all := goalloc.Words(a+goalloc.Addr(from), (to-from)/8)
	if words.Differ(all, 0, 0) != 0 {
		return firstWrong(all, from, 0, 0)
	}
	return wrongTail(goalloc.Bytes(a+goalloc.Addr(to&^7), to%8), to&^7, 0)
}
