// What stands behind the operations in builds for the explorer: a memory, an order for each site, and
// the plain accesses. See doc.go for an overview.

//go:build explore

package atom

import "fmt"

// Strength is a memory order as a number, for a simulator.
type Strength uint8

// The orders, weakest first; acquire and release are not ordered between them.
const (
	StrengthRelaxed Strength = iota
	StrengthAcquire
	StrengthRelease
	StrengthAcqRel
	StrengthSeqCst
)

var strengths = map[Order]Strength{Relaxed: StrengthRelaxed, Acquire: StrengthAcquire,
	Release: StrengthRelease, AcqRel: StrengthAcqRel, SeqCst: StrengthSeqCst}

// onFailure is the order of a compare-and-swap that fails, by that of one that succeeds.
func (o Strength) onFailure() Strength {
	switch o {
	case StrengthAcquire, StrengthAcqRel:
		return StrengthAcquire
	case StrengthSeqCst:
		return StrengthSeqCst
	}
	return StrengthRelaxed
}

// Memory is told of every access of a thread to memory that others may see. The words themselves hold
// the newest values; what a load finds is for the Memory to say.
type Memory interface {
	Load(a uintptr, s Site, o Strength) uint64
	Store(a uintptr, s Site, o Strength, v uint64)
	RMW(a uintptr, s Site, o Strength, f func(old uint64) uint64) (old uint64)
	CAS(a uintptr, s Site, success, failure Strength, weak bool, old *uint64, v uint64) bool
	// Yield tells that the thread waits for a store to the word that it last loaded at s.
	Yield(s Site)
	// PlainRead and PlainWrite are accesses that are not atomic; at is an index into Places.
	PlainRead(a, n uintptr, at uint32)
	PlainWrite(a, n uintptr, at uint32)
}

var (
	current Memory
	orders  [numSites]Strength
	quiet   [numSites]bool // counters that nobody decides by
	changes [maxChanges]bool
)

// maxChanges bounds the numbers of named changes of the source.
const maxChanges = 64

func init() { ResetOrders() }

// SetMemory makes m the memory of all accesses from here on; nil for the machine's own.
func SetMemory(m Memory) { current = m }

// Watched tells whether there is a memory that is told of accesses.
func Watched() bool { return current != nil }

// Current is the memory that SetMemory set.
func Current() Memory { return current }

// ResetOrders gives every site the order of the reference and takes all changes back.
func ResetOrders() {
	for i := range Sites {
		orders[i] = strengths[Sites[i].Order]
	}
	changes = [maxChanges]bool{}
}

// SetOrder changes the order of a site, of a compare-and-swap that of success.
func SetOrder(s Site, o Order) error {
	v, ok := strengths[o]
	if !ok {
		return fmt.Errorf("unknown order %q: expected one of relaxed, acquire, release, acq_rel, seq_cst", o)
	}
	orders[s] = v
	return nil
}

// OrderOf is the order of a site as it stands.
func OrderOf(s Site) Strength { return orders[s] }

// SetQuiet makes a site's accesses the machine's own: for words that nothing depends on.
func SetQuiet(s Site, on bool) { quiet[s] = on }

// SetChange switches a named change of the source on or off.
func SetChange(n int, on bool) { changes[n] = on }

// Changed tells whether a change is on. Only the source that the explorer is built from asks.
func Changed(n int) bool { return changes[n] }
