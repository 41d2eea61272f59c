// What a generated program is like: some operations dominate, others are absent. See doc.go for an
// overview.

package prog

import "slices"

// swarm is drawn once per program.
type swarm struct {
	upTo     []int        // per row: the running sum of weights
	sizes    []sizeClass  // drawn from with equal chance
	favoured []uint64     // sizes that come back, to fill pages and reuse them
	favour   int          // of 8 sizes, how many are favoured
	order    releaseOrder // which block is freed
	settle   int          // live blocks above which releasing gets likelier
	hop      int          // one in hop operations changes the thread
	foreign  int          // of 8 frees, how many come from any thread rather than the maker's
	chains   int          // of 8 reallocs, how many grow the same block
	tidy     bool         // frees all at the end
	even     bool         // every operation is as likely as any other: no kind stays rare
}

// sizeClass is a range of sizes with its edges.
type sizeClass uint8

const (
	tinySizes   sizeClass = iota // direct pages: up to 1024
	smallSizes                   // one-slice pages: up to 16 KiB
	mediumSizes                  // eight-slice pages: up to 128 KiB
	largeSizes                   // a page of their own: up to 16 MiB
	wideSizes                    // 4 to 16 MiB: they fill a segment in a few operations
	hugeSizes                    // a segment of their own: up to 128 MiB
	sparseSizes                  // gigabytes, touched in places only
	badSizes                     // what must be refused
)

// releaseOrder is which live block a release takes.
type releaseOrder uint8

const (
	newestFirst releaseOrder = iota
	oldestFirst
	anyOrder
)

// swarmFactors are what the weight of a group is multiplied by.
var swarmFactors = [...]int{0, 0, 1, 1, 1, 2, 8}

// sizeMixes are the size regimes, from the usual to the rare.
var sizeMixes = [...][]sizeClass{
	{tinySizes},
	{tinySizes, tinySizes, smallSizes},
	{smallSizes},
	{tinySizes, smallSizes, mediumSizes},
	{mediumSizes, smallSizes},
	{tinySizes, mediumSizes, largeSizes},
	{largeSizes, wideSizes, smallSizes},
	{wideSizes},
	{tinySizes, tinySizes, tinySizes, tinySizes, smallSizes, smallSizes, smallSizes, mediumSizes,
		mediumSizes, largeSizes, wideSizes, hugeSizes, badSizes},
	{tinySizes, largeSizes, hugeSizes, hugeSizes, sparseSizes},
}

// drawSwarm draws the character of one program.
func (g *generator) drawSwarm() {
	s := &g.swarm
	if s.even = g.oneIn(4); s.even {
		g.rations.widen(g.cfg.Ops)
	}
	var factor [numGroups]int
	for i := range factor {
		switch Group(i) {
		case Meeting:
			if !g.cfg.Barriers {
				continue
			}
		case Arenas:
			if !g.cfg.Arenas || !g.cfg.Heaps {
				continue
			}
		}
		factor[i] = pick(&g.random, swarmFactors[:])
	}
	factor[Plain], factor[Release] = pick(&g.random, []int{1, 1, 3}), pick(&g.random, []int{1, 1, 1, 2})
	s.upTo = s.upTo[:0]
	sum := 0
	for k := range Table {
		row := &Table[k]
		switch {
		case !g.cfg.has(row):
		case s.even:
			sum++
		default:
			sum += int(row.Weight) * factor[row.Group]
		}
		s.upTo = append(s.upTo, sum)
	}
	s.sizes = sizeMixes[min(g.below(len(sizeMixes)), g.below(len(sizeMixes)+4))]
	s.favour = pick(&g.random, []int{0, 2, 4, 7})
	s.favoured = s.favoured[:0]
	for range 1 + g.below(4) {
		s.favoured = append(s.favoured, g.classSize(pick(&g.random, s.sizes)))
	}
	s.order = releaseOrder(g.below(3))
	s.settle = pick(&g.random, []int{3, 12, 40, 150, 600})
	s.hop = pick(&g.random, []int{1, 3, 10, 50})
	s.foreign = pick(&g.random, []int{0, 1, 4, 8})
	s.chains = pick(&g.random, []int{0, 2, 6})
	s.tidy = g.oneIn(2)
}

// has tells whether programs may have an operation.
func (c *GenConfig) has(row *Row) bool {
	if c.Parallel && unwanted(row, c.Exits) || !row.In(c.Profile) || slices.Contains(c.Lacks, row.Name) {
		return false
	}
	switch row.Group {
	case Heaps:
		return c.Heaps
	case Arenas:
		return c.Arenas && c.Heaps
	case Aligned:
		return c.Aligned
	case News:
		return (c.Aligned || !takesAlign(row)) && (c.Heaps || !needsHeap(row))
	case Exiting:
		return c.Exits
	case Options:
		return c.Options
	case Meeting:
		return c.Barriers
	}
	return c.Heaps || !needsHeap(row)
}

// optionValues are the values worth trying, by place in OptionNames.
var optionValues = [...][]int64{
	{0, 1},                  // eager_commit
	{0, 1, 2, 4},            // eager_commit_delay
	{0, 1, 25, 100},         // decommit_delay
	{0, 1, 2, 10},           // decommit_extend_delay
	{0, 1, 20, 500},         // segment_decommit_delay
	{0, 1},                  // abandoned_page_decommit
	{0, 1},                  // page_reset
	{0, 1, 8, 9, 100, 2000}, // max_segment_reclaim
	{0, 0, 0, 1},            // limit_os_alloc
	{0, 1},                  // allow_decommit

	{-1, 0, 0, 1, 10, 100}, // purge_delay
	{0, 1, 2, 10},          // purge_extend_delay
	{0, 1},                 // purge_decommits
	{0, 1},                 // abandoned_page_purge
	{0, 0, 0, 1},           // disallow_os_alloc
	{0, 32 << 10, 64 << 10, 64 << 10, 128 << 10, 256 << 10, 1 << 20}, // arena_reserve, in KiB
	{0, 1, 2},              // arena_eager_commit
	{0, 1, 10},             // arena_purge_mult
	{0, 1, 1},              // disallow_arena_alloc
	{0, 1, 1},              // abandoned_reclaim_on_free
	{0, 1, 1},              // visit_abandoned
	{0, 1, 2, 4, 8},        // target_segments_per_thread
	{0, 1, 10, 100, 10000}, // generic_collect
	{0, 1},                 // allow_thp
}

// drawHeader draws options and faults, for some programs.
func (g *generator) drawHeader() {
	if g.cfg.Options && g.oneIn(3) {
		for range 1 + g.below(3) {
			i := pick(&g.random, OptionsOf(g.p.Profile))
			g.p.Options = append(g.p.Options, Option{OptionNames[i], pick(&g.random, optionValues[i])})
			if last := len(g.p.Options) - 1; g.p.optionProblem(last) != "" {
				g.p.Options = g.p.Options[:last]
			}
		}
	}
	if g.cfg.Faults && g.oneIn(2) {
		for range 1 + g.below(3) {
			g.p.Faults = append(g.p.Faults, Fault{
				Call: FaultCall(g.below(len(faultCalls))), Sticky: g.oneIn(4),
				Errno: pick(&g.random, errnos[:]), N: uint32(1 + g.below(1+g.below(30))),
			})
			if last := len(g.p.Faults) - 1; g.p.faultProblem(last) != "" {
				g.p.Faults = g.p.Faults[:last]
			}
		}
	}
}

// OptionValues gives the values worth trying for an option, by its place in OptionNames; do not change them.
func OptionValues(option int) []int64 { return optionValues[option] }
