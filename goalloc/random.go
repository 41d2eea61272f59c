// Randomness from the OS, with its fallbacks. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"

	"golang.org/x/sys/unix"
)

// seedBytes is what a heap's random numbers are seeded with.
const seedBytes = 32

// seed gets the seed of a new thread's random numbers; weak, with a warning, when the OS has none: then
// it is made of the clock.
//
// Counterpart: mi_random_init_ex.
func (t *Thread) seed() (b [seedBytes]byte, weak bool) {
	if t.osRandom(b[:]) {
		return b, false
	}
	t.warn()
	x := uint64(t.now())
	for i := 0; i < seedBytes; i += 4 {
		x = shuffle(x)
		b[i], b[i+1], b[i+2], b[i+3] = byte(x), byte(x>>8), byte(x>>16), byte(x>>24)
	}
	return b, true
}

// osRandom fills b with random bytes of the OS. One that does not know the call is asked for a file
// from then on.
//
// Counterpart: os_random_buf.
func (t *Thread) osRandom(b []byte) bool {
	// Acquire, as the reference asks: two threads that both learn it write the same value. Pairs with
	// RandomGoneSet.
	if t.proc.randomGone.LoadAcq(atom.RandomGoneLoad) == 0 {
		e := t.proc.os.Random(b)
		if e != unix.ENOSYS {
			return e == 0
		}
		t.proc.randomGone.StoreRel(atom.RandomGoneSet, 1)
	}
	return t.proc.os.RandomFile(b) == 0
}

// shuffle spreads a number over 64 bits.
//
// Counterpart: _mi_random_shuffle.
func shuffle(x uint64) uint64 {
	if x == 0 {
		x = 17
	}
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}
