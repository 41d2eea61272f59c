// The bytes that open operations, and what a program or a fuzz target turns off. See doc.go for an
// overview.

package prog

import "slices"

const (
	numLeads    = 256 - firstLead
	leadOption  = numLeads - 2 // not an operation: an option of the header
	leadFault   = numLeads - 1 // not an operation: a fault of the header
	opLeads     = numLeads - 2
	heapedDigit = 144 // the digit of the thread means the heap_ variant from here on
	threadMask  = 15
)

// opening is what the opening bytes mean in a set of profiles.
type opening struct {
	leads [opLeads]Kind // by byte: every row has one, the rest goes to the rows by weight
	first []byte        // by Kind: the byte that Encode writes
	likes [][]like      // by Kind: the operations that share its bytes
}

// openings are those of Profiles, and of Later.
var openings = [2]opening{newOpening(Profiles[0]), newOpening(Later[0])}

// openingOf gives what the opening bytes mean.
func openingOf(later bool) *opening {
	if later {
		return &openings[1]
	}
	return &openings[0]
}

func newOpening(profile string) (o opening) {
	var rows []Kind
	for k := range Table {
		if Table[k].In(profile) && Table[k].Like == "" {
			rows = append(rows, Kind(k))
		}
	}
	if len(rows) > opLeads {
		panic("prog: Table has more rows than there are opening bytes; lower firstLead")
	}
	share := make([]int, len(rows))
	for i := range share {
		share[i] = 1
	}
	for range opLeads - len(rows) {
		neediest := 0
		for i := range rows {
			if int(Table[rows[i]].Weight)*share[neediest] > int(Table[rows[neediest]].Weight)*share[i] {
				neediest = i
			}
		}
		share[neediest]++
	}
	o.first = make([]byte, len(Table))
	next := 0
	for i, n := range share {
		o.first[rows[i]] = byte(next + firstLead)
		for range n {
			o.leads[next] = rows[i]
			next++
		}
	}
	o.share(profile)
	return o
}

// switches are the groups that one bit of the second header digit turns off together, so that a
// mutator can take a whole theme out of a program.
var switches = [...][]Group{
	{Zeroing, Arrays, Texts, News},
	{Aligned},
	{Moving},
	{Heaps, Small, Arenas},
	{Collecting},
	{Exiting, Threading},
	{Bulks, Asking, Options, Deferring},
}

// absentGroups gives what is turned off under cfg and the header digit off.
func absentGroups(cfg *DecodeConfig, off uint64) (absent [numGroups]bool) {
	for bit, groups := range switches {
		for _, g := range groups {
			absent[g] = off>>bit&1 != 0
		}
	}
	absent[Heaps] = absent[Heaps] || !cfg.Heaps
	absent[Arenas] = absent[Arenas] || !cfg.Arenas || !cfg.Heaps
	absent[Aligned] = absent[Aligned] || !cfg.Aligned
	absent[Exiting] = absent[Exiting] || !cfg.Exits
	absent[Options] = absent[Options] || !cfg.Options
	absent[Meeting] = !cfg.Barriers
	return absent
}

// isOff tells that programs under cfg are not to have an operation.
func isOff(cfg *DecodeConfig, absent *[numGroups]bool, row *Row) bool {
	return absent[row.Group] || !cfg.Heaps && needsHeap(row) || !cfg.Aligned && takesAlign(row) ||
		cfg.Parallel && unwanted(row, cfg.Exits)
}

// leadTable gives what each opening byte means: operations that are turned off become malloc and free.
func leadTable(cfg *DecodeConfig, absent *[numGroups]bool, later bool) [opLeads]Kind {
	table := openingOf(later).leads
	for i, kind := range table {
		if isOff(cfg, absent, &Table[kind]) {
			table[i] = kindMalloc
			if i%2 != 0 {
				table[i] = kindFree
			}
		}
	}
	return table
}

// takesAlign reports whether an alignment is an operand of the row.
func takesAlign(row *Row) bool { return slices.Contains(row.Operands, Align) }

// needsHeap reports whether a heap is an operand of the row.
func needsHeap(row *Row) bool {
	for _, kind := range row.Operands {
		if kind == HeapUse || kind == HeapEnd {
			return true
		}
	}
	return false
}
