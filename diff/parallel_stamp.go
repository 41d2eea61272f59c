// Contents of whole blocks, for parallel runs. See doc.go for an overview.

package diff

import "midiff/goalloc"

// Parallel runs stamp and verify every word, up to wholeUpTo bytes; of larger blocks it is one in every
// page. The words are those of stamp.go, and package pthreads has the same rule.
const (
	wholeUpTo   = 64 << 20
	wholeStride = 4096
)

func (b *stamped) stampAll() {
	if b.usable <= wholeUpTo {
		b.stampRange(0, b.usable)
		return
	}
	for o := uintptr(0); o+8 <= b.usable; o += wholeStride {
		b.stampRange(o, o+8)
	}
}

// verifyAll is verify for what stampAll wrote.
func (b *stamped) verifyAll(limit uintptr) uint64 {
	limit = min(limit, b.usable)
	if b.usable <= wholeUpTo {
		return b.verifyRange(0, limit)
	}
	for o := uintptr(0); o < limit; o += wholeStride {
		if bad := b.verifyRange(o, min(o+8, limit)); bad != 0 {
			return bad
		}
	}
	return 0
}

// zeroAll is zeroRange, but looks at a word in every page where a block is large.
func zeroAll(a goalloc.Addr, from, to uintptr) uint64 {
	if to <= wholeUpTo {
		return zeroRange(a, from, to)
	}
	for o := (from + 7) &^ 7; o < to; o += wholeStride {
		if bad := zeroRange(a, o, min(o+8, to)); bad != 0 {
			return bad
		}
	}
	return 0
}
