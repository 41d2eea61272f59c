// Random numbers of a heap, from a seed of the OS. See doc.go for an overview.

package goalloc

import (
	"encoding/binary"
	"math/bits"
)

// chacha is a stream of random words: ChaCha20 with a counter and a nonce of 64 bits each. It lies in the
// record of a heap.
type chacha struct {
	input, output [16]uint32
	left          uint32 // words of output not handed out
}

// init begins the stream of a key and a nonce.
//
// Counterpart: chacha_init.
func (c *chacha) init(key [seedBytes]byte, nonce uint64) {
	*c = chacha{}
	// The cipher's constant, in words.
	copy(c.input[:], []uint32{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574})
	for i := range 8 {
		c.input[4+i] = binary.LittleEndian.Uint32(key[4*i:])
	}
	c.input[14], c.input[15] = uint32(nonce), uint32(nonce>>32)
}

// split begins a stream of its own with the key of another.
//
// Counterpart: chacha_split.
func (c *chacha) split(from *chacha, nonce uint64) {
	*c = chacha{input: from.input}
	c.input[12], c.input[13] = 0, 0
	c.input[14], c.input[15] = uint32(nonce), uint32(nonce>>32)
	c.block()
}

// block makes the next sixteen words.
//
// Counterpart: chacha_block.
func (c *chacha) block() {
	const rounds = 20
	x := c.input
	for range rounds / 2 {
		for i := range 4 {
			quarter(&x, i, 4+i, 8+i, 12+i)
		}
		for i := range 4 {
			quarter(&x, i, 4+(i+1)%4, 8+(i+2)%4, 12+(i+3)%4)
		}
	}
	for i := range x {
		c.output[i] = x[i] + c.input[i]
	}
	c.left = uint32(len(x))
	for i := 12; i < 15; i++ { // the counter, which would run on into the nonce
		if c.input[i]++; c.input[i] != 0 {
			return
		}
	}
}

// quarter mixes four words.
//
// Counterpart: qround.
func quarter(x *[16]uint32, a, b, c, d int) {
	x[a] += x[b]
	x[d] = bits.RotateLeft32(x[d]^x[a], 16)
	x[c] += x[d]
	x[b] = bits.RotateLeft32(x[b]^x[c], 12)
	x[a] += x[b]
	x[d] = bits.RotateLeft32(x[d]^x[a], 8)
	x[c] += x[d]
	x[b] = bits.RotateLeft32(x[b]^x[c], 7)
}

// next32 hands out a word.
//
// Counterpart: chacha_next32.
func (c *chacha) next32() uint32 {
	if c.left == 0 {
		c.block()
	}
	w := &c.output[uint32(len(c.output))-c.left]
	x := *w
	*w = 0
	c.left--
	return x
}

// next hands out 64 bits, the high half first.
//
// Counterpart: _mi_random_next.
func (c *chacha) next() uint64 {
	hi := uint64(c.next32())
	return hi<<32 | uint64(c.next32())
}
