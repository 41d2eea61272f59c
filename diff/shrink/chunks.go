// Deleting from a sequence. See doc.go for an overview.

package shrink

import "math/bits"

// From is the end of a sequence from which it is gone through.
type From uint8

// The ends.
const (
	FromEnd From = iota
	FromStart
)

// Chunks deletes runs of items from a sequence of n, long runs first, beginning at one end. try deletes
// the items from up to to, and tells whether that was accepted and how many items are left; a deletion
// may take others with it. It returns when no single item can be deleted any more, or when done.
//
// Where k certain items are needed and any others are not, and a deletion takes nothing else with it,
// it makes at most ChunksBound(n, k) calls.
func Chunks(n int, begin From, done func() bool, try func(from, to int) (left int, ok bool)) {
	for size := highestPower(n); size > 0; size /= 2 {
		if begin == FromStart {
			n = forwards(n, size, done, try)
		} else {
			n = backwards(n, size, done, try)
		}
	}
}

// backwards tries to delete runs of one size, and gives how many items are left.
func backwards(n, size int, done func() bool, try func(from, to int) (int, bool)) int {
	for to := n; to > 0 && !done(); {
		from := max(to-size, 0)
		left, ok := try(from, to)
		if ok {
			n = left
		}
		to = min(from, n)
	}
	return n
}

func forwards(n, size int, done func() bool, try func(from, to int) (int, bool)) int {
	for from := 0; from < n && !done(); {
		left, ok := try(from, min(from+size, n))
		if ok {
			n = left
		} else {
			from += size
		}
	}
	return n
}

// highestPower is the largest power of two that is at most n; 0 for none.
func highestPower(n int) int {
	if n <= 0 {
		return 0
	}
	return 1 << (bits.Len(uint(n)) - 1)
}

// ChunksBound is the largest number of tries that Chunks makes on n items of which k are needed. After
// the tries of one size at most k runs of that size are left, each with a needed item, which are at
// most 2k runs of half that size, and one more where the sizes do not go even. The first size makes
// two tries at most.
func ChunksBound(n, k int) int {
	tries := 0
	for size, left := highestPower(n), n; size > 0; size /= 2 {
		tries += (left + size - 1) / size
		left = min(left, k*size)
	}
	return tries
}
