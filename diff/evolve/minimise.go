// The programs that are needed. See doc.go for an overview.

package evolve

import (
	"cmp"
	"maps"
	"slices"
)

// Measured is a program with what it reaches.
type Measured struct {
	Index   int      // whatever the caller knows it by
	Size    int      // smaller programs are preferred; of those of one size, the earlier index
	Reached []uint32 // each number once
}

// Minimise gives the indices of programs that together reach all that is reached, in ascending order, and what
// that is, in no order. It takes the smallest first, each that reaches something new, and then leaves out, from the largest on, what the
// others make superfluous: none of what is left can be spared. That is no smallest set, which would take for ever.
func Minimise(all []Measured) (needed []int, reached []uint32) {
	bySize := slices.Clone(all)
	slices.SortFunc(bySize, func(a, b Measured) int { return cmp.Or(cmp.Compare(a.Size, b.Size), cmp.Compare(a.Index, b.Index)) })
	times := map[uint32]int{}
	var taken []Measured
	for _, m := range bySize {
		if !slices.ContainsFunc(m.Reached, func(n uint32) bool { return times[n] == 0 }) {
			continue
		}
		taken = append(taken, m)
		for _, n := range m.Reached {
			times[n]++
		}
	}
	for _, m := range slices.Backward(taken) {
		if slices.ContainsFunc(m.Reached, func(n uint32) bool { return times[n] == 1 }) {
			needed = append(needed, m.Index)
			continue
		}
		for _, n := range m.Reached {
			times[n]--
		}
	}
	slices.Sort(needed)
	return needed, slices.Collect(maps.Keys(times))
}
