// The bytes that open operations, and what a program or a fuzz target turns off. See doc.go for an
// overview.

package prog

const (
	numLeads    = 256 - firstLead
	leadOption  = numLeads - 2 // not an operation: an option of the header
	leadFault   = numLeads - 1 // not an operation: a fault of the header
	opLeads     = numLeads - 2
	heapedDigit = 144 // the digit of the thread means the heap_ variant from here on
	threadMask  = 15
)

// leads gives the operation that each opening byte means: every row has one, the rest goes to the
// rows by weight. firstLeadOf gives the byte that Encode writes.
var leads, firstLeadOf = func() ([opLeads]Kind, []byte) {
	if len(Table) > opLeads {
		panic("prog: Table has more rows than there are opening bytes; lower firstLead")
	}
	share := make([]int, len(Table))
	for k := range share {
		share[k] = 1
	}
	for range opLeads - len(Table) {
		neediest := 0
		for k := range Table {
			if int(Table[k].Weight)*share[neediest] > int(Table[neediest].Weight)*share[k] {
				neediest = k
			}
		}
		share[neediest]++
	}
	var all [opLeads]Kind
	firsts := make([]byte, len(Table))
	next := 0
	for k, n := range share {
		firsts[k] = byte(next + firstLead)
		for range n {
			all[next] = Kind(k)
			next++
		}
	}
	return all, firsts
}()

// switches are the groups that one bit of the second header digit turns off together, so that a
// mutator can take a whole theme out of a program.
var switches = [...][]Group{
	{Zeroing, Arrays},
	{Aligned},
	{Moving},
	{Heaps, Small, Arenas},
	{Collecting},
	{Exiting, Threading},
	{Bulks, Asking, Options, Deferring},
}

// leadTable gives what each opening byte means under cfg and the header digit off: operations that
// are turned off become malloc and free.
func leadTable(cfg *DecodeConfig, off uint64) [opLeads]Kind {
	var absent [numGroups]bool
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
	table := leads
	for i, kind := range table {
		if absent[Table[kind].Group] || !cfg.Heaps && needsHeap(&Table[kind]) ||
			cfg.Parallel && unwanted(&Table[kind], cfg.Exits) {
			table[i] = kindMalloc
			if i%2 != 0 {
				table[i] = kindFree
			}
		}
	}
	return table
}

// needsHeap reports whether a heap is an operand of the row.
func needsHeap(row *Row) bool {
	for _, kind := range row.Operands {
		if kind == HeapUse || kind == HeapEnd {
			return true
		}
	}
	return false
}
