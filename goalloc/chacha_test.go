// Tests of the random stream. See doc.go for an overview.

package goalloc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The cipher's first words for the key and nonce zero, as published for ChaCha20.
func TestChacha(t *testing.T) {
	var c chacha
	c.init([seedBytes]byte{}, 0)
	for _, want := range []uint32{0xade0b876, 0x903df1a0, 0xe56a5d40, 0x28bd8653} {
		require.Equal(t, want, c.next32())
	}
	c.init([seedBytes]byte{}, 0)
	require.Equal(t, uint64(0xade0b876903df1a0), c.next())
}

// A stream that was split off has the key, a nonce of its own and nothing of the old one's place.
func TestChachaSplit(t *testing.T) {
	var c, fresh, early, late chacha
	key := [seedBytes]byte{1, 2, 3}
	c.init(key, 7)
	early.split(&c, 9)
	for range 100 {
		c.next()
	}
	late.split(&c, 9)
	fresh.init(key, 9)
	for range 20 {
		want := fresh.next()
		require.Equal(t, want, early.next())
		require.Equal(t, want, late.next())
		require.NotEqual(t, want, c.next())
	}
}

// The counter runs on into its high word.
func TestChachaCounter(t *testing.T) {
	var c chacha
	c.init([seedBytes]byte{}, 0)
	c.input[12] = ^uint32(0)
	c.block()
	require.Equal(t, []uint32{0, 1, 0, 0}, c.input[12:])
}
