// What stands behind the operations in builds for the explorer. See doc.go for an overview.

//go:build explore

package atom

// Memory is told of every access of a thread to memory that others may see. The words themselves hold
// the newest values; what a load finds, and which order a site has, is for the Memory to say.
type Memory interface {
	Load(a uintptr, s Site) uint64
	Store(a uintptr, s Site, v uint64)
	RMW(a uintptr, s Site, f func(old uint64) uint64) (old uint64)
	CAS(a uintptr, s Site, weak bool, old *uint64, v uint64) bool
	// Yield tells that the thread waits for a store to the word that it last loaded at s.
	Yield(s Site)
	// PlainRead and PlainWrite are accesses that are not atomic; at is an index into Places.
	PlainRead(a, n uintptr, at uint32)
	PlainWrite(a, n uintptr, at uint32)
}

var (
	current Memory
	quiet   [numSites]bool // counters that nobody decides by
	changes [maxChanges]bool
)

// maxChanges bounds the numbers of named changes of the source.
const maxChanges = 64

// SetMemory makes m the memory of all accesses from here on; nil for the machine's own.
func SetMemory(m Memory) { current = m }

// Watched tells whether there is a memory that is told of accesses.
func Watched() bool { return current != nil }

// Current is the memory that SetMemory set.
func Current() Memory { return current }

// SetQuiet makes a site's accesses the machine's own: for words that nothing depends on.
func SetQuiet(s Site, on bool) { quiet[s] = on }

// SetChange switches a named change of the source on or off.
func SetChange(n int, on bool) { changes[n] = on }

// Changed tells whether a change is on. Only the source that the explorer is built from asks.
func Changed(n int) bool { return changes[n] }
