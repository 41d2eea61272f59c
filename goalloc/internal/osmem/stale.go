// What a segment's header may keep of the memory that it comes to lie in. See osmem.go for an overview.

package osmem

import (
	"iter"

	"midiff/goalloc/internal/raw"
)

// The place of it, in bytes from the start of a segment.
const (
	StaleFrom = 40
	StaleTo   = 112
)

// Stale goes through the parts of [a, a+n) that would be kept, wherever a segment may begin in it: each from and to
// an offset from a.
func Stale(a raw.Addr, n uintptr) iter.Seq2[uintptr, uintptr] {
	return func(yield func(from, to uintptr) bool) {
		for at := uintptr(raw.AlignUp(a, SegmentAlign) - a); at+StaleFrom < n; at += SegmentAlign {
			if !yield(at+StaleFrom, min(at+StaleTo, n)) {
				return
			}
		}
	}
}
