// The table of oracles: what each watches and what it costs. See doc.go for an overview.

package diff

// Oracle is one check, an index into Oracles.
type Oracle uint8

// The oracles.
const (
	NoOracle Oracle = iota
	Crash
	Assertion
	Hang
	ResultClass
	ResultValue
	ErrorCode
	Messages
	Deferred
	Place
	Usable
	Align
	Zero
	Contents
	Preserve
	Overlap
	Null
	Mapped
	Owner
	GoodSize
	Arena
	OSTrace
	Stats
	State
	Teardown
	Pristine
	Invariant
	numOracles
)

// OracleInfo describes an oracle.
type OracleInfo struct {
	ID   string
	Cost string // per operation
	Doc  string // one line
}

// Oracles has a row per Oracle. IDs are stable: corpus headers and the minimiser match on them.
var Oracles = [numOracles]OracleInfo{
	NoOracle:    {"none", "", "no finding"},
	Crash:       {"L0.crash", "O(1)", "a side stopped inside an operation"},
	Assertion:   {"L0.assertion", "O(1)", "no assertion of the reference fails, in a build that has them"},
	Hang:        {"L0.hang", "O(1)", "every operation of threads that run at once comes to an end"},
	ResultClass: {"L0.class", "O(1)", "both give null or both give a block"},
	ResultValue: {"L0.value", "O(1)", "a number that an operation gives is equal, and what the contract says"},
	ErrorCode:   {"L0.errno", "O(1)", "the error code reported is equal, and what the contract says of calls that give one"},
	Messages:    {"L0.messages", "O(1)", "as many errors and warnings; none where nothing failed"},
	Deferred: {"L0.deferred", "O(1)", "the callback for deferred frees is called where it has to be, with the same heartbeat and force, " +
		"and not from inside itself"},
	Place:     {"L1.place", "O(1)", "a block lies in the same segment at the same offset"},
	Usable:    {"L1.usable", "O(1)", "the usable size is equal, and at least the size asked"},
	Align:     {"L1.align", "O(1)", "a block lies at a multiple of the alignment asked, or of the natural one"},
	Zero:      {"L1.zero", "O(size)", "memory promised as zero reads zero"},
	Contents:  {"L1.contents", "O(size)", "every word of a live block is what was written last"},
	Preserve:  {"L1.preserve", "O(size)", "a moved block holds what its old place held"},
	Overlap:   {"L1.overlap", "O(size/512)", "no two live blocks or heap records share a byte"},
	Null:      {"L1.null", "O(1)", "null only where the system refused or the request is illegal, and there always"},
	Mapped:    {"L1.mapped", "O(size/256K)", "live blocks lie in committed memory"},
	Owner:     {"L1.owner", "O(blocks)", "heap_destroy ends, and questions name, the blocks of a heap and no others"},
	GoodSize:  {"L1.good", "O(1)", "good_size is at least the size and what malloc of it gives"},
	Arena:     {"L1.arena", "O(arenas)", "a bound heap's blocks lie in its arena, others' in no exclusive one; areas are as made"},
	OSTrace:   {"L2.os", "O(1)", "the same OS calls with the same results"},
	Stats:     {"L2.stats", "O(threads)", "what each thread and the process count is equal: pages, segments, committed bytes"},
	State:     {"L3.state", "O(state)", "every list, counter, mask and flag of the allocator is equal"},
	Teardown:  {"L4.teardown", "O(segments)", "everything freed and collected leaves no memory, and counts are where they began"},
	Pristine:  {"L4.fingerprint", "O(state)", "after a reset the state is as before the first run"},
	Invariant: {"L5.invariant", "O(blocks)", "every invariant of goalloc holds (goalloc.Invariants)"},
}

// String gives the ID.
func (o Oracle) String() string { return Oracles[o].ID }

// OracleByID finds an oracle by its ID.
func OracleByID(id string) (Oracle, bool) {
	for o := NoOracle + 1; o < numOracles; o++ {
		if Oracles[o].ID == id {
			return o, true
		}
	}
	return NoOracle, false
}
