// Addresses and what lies there. See raw.go for why they are no pointers.

package raw

import (
	"testing"

	"github.com/stretchr/testify/require"
)

type record struct {
	a uint32
	b uint64
}

var aRecord = &record{1, 2}

func TestRecordAndAddress(t *testing.T) {
	*aRecord = record{1, 2}
	require.Same(t, aRecord, At[record](Of(aRecord)))
	At[record](Of(aRecord)).b = 7
	require.Equal(t, record{1, 7}, *aRecord)
}

// words do not lie on a goroutine's stack, which may move: an address would not follow.
var words = &[4]uint64{1, 2, 3, 4}

func TestWordsBytesAndCopies(t *testing.T) {
	*words = [4]uint64{1, 2, 3, 4}
	a := Of(words)
	require.Equal(t, Addr(2), Load(a+8))
	Store(a+8, 20)
	require.Equal(t, []uint64{1, 20, 3, 4}, Words(a, 4))
	require.Equal(t, []byte{20, 0, 0}, Bytes(a+8, 3))

	Store(a+3, 0x0102) // an odd address
	require.Equal(t, Addr(0x0102), Load(a+3))
	require.Equal(t, []byte{1, 0, 0, 2, 1, 0, 0, 0}, Bytes(a, 8))

	Copy(a+8, a, 16) // overlapping
	require.Equal(t, words[0], words[1])
	Zero(a+1, 7)
	require.Equal(t, uint64(1), words[0])
	require.Empty(t, Bytes(a, 0))
}

func TestAlign(t *testing.T) {
	for _, c := range []struct{ v, n, up, down uintptr }{
		{0, 8, 0, 0}, {1, 8, 8, 0}, {8, 8, 8, 8}, {9, 8, 16, 8}, {5, 1, 5, 5},
		{0, 12, 0, 0}, {1, 12, 12, 0}, {12, 12, 12, 12}, {13, 12, 24, 12}, // no power of two
		{^uintptr(0), 16, 0, ^uintptr(15)}, // wraps
	} {
		require.Equal(t, c.up, AlignUp(c.v, c.n), "%d up to %d", c.v, c.n)
		require.Equal(t, c.down, AlignDown(c.v, c.n), "%d down to %d", c.v, c.n)
		require.Equal(t, Addr(c.up), AlignUp(Addr(c.v), c.n))
	}
}
