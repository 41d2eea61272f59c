// Memory orders. See doc.go for an overview.

package sim

import "fmt"

// Order is a C11 memory order.
type Order uint8

// The orders. Consume is what every compiler makes of it, acquire. Plain is none: the access of a word that is
// not atomic, which races with every other that is not ordered with it, unless both read.
const (
	Relaxed Order = iota
	Acquire
	Release
	AcqRel
	SeqCst
	Plain
)

var orderNames = [...]string{"relaxed", "acquire", "release", "acq_rel", "seq_cst", "plain"}

func (o Order) String() string {
	if int(o) < len(orderNames) {
		return orderNames[o]
	}
	return fmt.Sprintf("order(%d)", uint8(o))
}

// ParseOrder is the order of a name such as acq_rel.
func ParseOrder(name string) (Order, error) {
	for i, n := range orderNames {
		if n == name {
			return Order(i), nil
		}
	}
	return 0, fmt.Errorf("%q is no memory order; those are relaxed, acquire, release, acq_rel, seq_cst, plain", name)
}

// acquires tells whether a read with the order synchronises with the store that it sees.
func (o Order) acquires() bool { return o == Acquire || o == AcqRel || o == SeqCst }

// releases tells whether a write with the order publishes what its thread knows.
func (o Order) releases() bool { return o == Release || o == AcqRel || o == SeqCst }

// Site is the place of an atomic access in the program under test: an index into the caller's table.
type Site uint16

// Place is that of a plain access, of a range operation or of a lock.
type Place uint32
