// Making a failure small. See doc.go for an overview.

package search

import (
	"context"
	"fmt"
	"slices"

	"midiff/diff/explore/sim"
	"midiff/diff/shrink"
)

// Minimal is a failure that nothing can be taken from.
type Minimal struct {
	Failure *sim.Failure
	Choices []sim.Choice // of the whole execution
	Variant Variant      // with what is left out
	Tested  int          // executions that it took
	Rate    int          // of 3 replays, how many were the same
}

// candidate is a failing execution that is being made smaller.
type candidate struct {
	without uint64
	vector  []uint16
}

func (c candidate) left() int {
	n := 0
	for _, v := range c.vector {
		if v != 0 {
			n++
		}
	}
	return n
}

// less orders candidates: fewer parts, fewer deviations, a shorter vector, smaller numbers.
func (c candidate) less(d candidate) bool {
	for _, by := range [...]int{ones(d.without) - ones(c.without), c.left() - d.left(), len(c.vector) - len(d.vector)} {
		if by != 0 {
			return by < 0
		}
	}
	if c.without != d.without {
		return c.without < d.without
	}
	return slices.Compare(c.vector, d.vector) < 0
}

func ones(bits uint64) int {
	n := 0
	for ; bits != 0; bits &= bits - 1 {
		n++
	}
	return n
}

// Minimise makes a failure of a runner small: fewer parts, fewer deviations, until nothing can go and the failure
// still be the same one. The runner is left at the smallest variant.
func Minimise(ctx context.Context, r *Runner, found Found) (Minimal, error) {
	m := &minimiser{r: r, variant: r.Variant, want: found.Failure}
	start := candidate{r.Variant.Without, Vector(found.Choices)}
	task := &shrink.Task[candidate]{
		Less: candidate.less,
		Key:  func(c candidate) string { return fmt.Sprint(c.without, c.vector) },
		Test: func(_ context.Context, c candidate) (bool, error) { return m.test(c) },
		Passes: []shrink.Pass[candidate]{
			{Name: "parts", Run: m.dropParts}, {Name: "truncate", Run: truncate}, {Name: "zero", Run: zero},
			{Name: "search", Run: m.searchAgain}, {Name: "lower", Run: lower},
		},
		MaxTests: 20_000,
	}
	best, stats, err := shrink.Run(ctx, task, start)
	if err != nil {
		return Minimal{}, err
	}
	m.set(best.without)
	result := Minimal{Variant: r.Variant, Tested: stats.Tested + m.searched}
	var first []sim.Choice
	for range 3 {
		res := r.Run(sim.Plan{Vector: best.vector, Expect: first})
		if res.Fault != nil {
			return Minimal{}, res.Fault
		}
		if res.Failure.Same(found.Failure) {
			result.Rate++
			result.Failure = res.Failure
		}
		first = slices.Clone(res.Choices)
	}
	result.Choices = first
	if result.Rate < 3 {
		return result, fmt.Errorf("rig: %d of 3 replays failed as the first execution did", result.Rate)
	}
	return result, nil
}

type minimiser struct {
	r        *Runner
	variant  Variant
	want     *sim.Failure
	searched int
}

func (m *minimiser) set(without uint64) {
	if m.r.Variant.Without != without {
		v := m.variant
		v.Without = without
		m.r.Change(v)
	}
}

func (m *minimiser) test(c candidate) (bool, error) {
	m.set(c.without)
	res := m.r.Run(sim.Plan{Vector: c.vector})
	if res.Fault != nil {
		return false, res.Fault
	}
	return res.Failure.Same(m.want), nil
}

// dropParts leaves out whole threads, then single operations. The choices that fitted will not any more, so that a
// short systematic search stands in for them.
func (m *minimiser) dropParts(c *shrink.Cursor[candidate]) {
	parts := m.r.Scenario.Parts
	for _, thread := range threadsOf(parts) {
		m.without(c, thread)
	}
	for i := range parts {
		m.without(c, 1<<i)
	}
}

func (m *minimiser) without(c *shrink.Cursor[candidate], bits uint64) {
	best := c.Best()
	if best.without&bits == bits || c.Done() {
		return
	}
	without := best.without | bits
	if c.Try(candidate{without, best.vector}) {
		return
	}
	if v, ok := m.search(without, max(best.left(), 1)); ok {
		c.Try(candidate{without, v})
	}
}

// searchAgain looks for the failure with fewer deviations than there are.
func (m *minimiser) searchAgain(c *shrink.Cursor[candidate]) {
	if n := c.Best().left(); n > 0 && !c.Done() {
		if v, ok := m.search(c.Best().without, n-1); ok {
			c.Try(candidate{c.Best().without, v})
		}
	}
}

// search looks for the failure with at most so many deviations, in a few thousand executions.
func (m *minimiser) search(without uint64, deviations int) ([]uint16, bool) {
	m.set(without)
	var vector []uint16
	ok := false
	found := Deviate(m.r, Limits{Bound: min(deviations, 3), Executions: 5000}, func(res *sim.Result) bool {
		if ok = res.Failure.Same(m.want); ok {
			vector = Vector(res.Choices)
		}
		return !ok
	})
	m.searched += int(found.Executions)
	return vector, ok
}

// threadsOf are the sets of parts of each thread but the first.
func threadsOf(parts []string) []uint64 {
	var sets []uint64
	for t := 1; t < sim.MaxThreads; t++ {
		var set uint64
		for i, p := range parts {
			if len(p) > 2 && p[0] == 't' && int(p[1]-'0') == t && p[2] == ' ' {
				set |= 1 << i
			}
		}
		if set != 0 {
			sets = append(sets, set)
		}
	}
	return sets
}

// truncate cuts the vector's end off, as much as goes.
func truncate(c *shrink.Cursor[candidate]) {
	for n := len(c.Best().vector) / 2; n > 0 && !c.Done(); n /= 2 {
		for v := c.Best().vector; len(v) >= n && c.Try(candidate{c.Best().without, trim(v[:len(v)-n])}); v = c.Best().vector {
		}
	}
}

// zero makes blocks of choices quiet, and then single ones.
func zero(c *shrink.Cursor[candidate]) {
	for n := len(c.Best().vector); n > 0 && !c.Done(); n /= 2 {
		for from := 0; from < len(c.Best().vector); from += n {
			v := slices.Clone(c.Best().vector)
			clear(v[from:min(from+n, len(v))])
			c.Try(candidate{c.Best().without, trim(v)})
		}
	}
}

// lower makes single choices smaller.
func lower(c *shrink.Cursor[candidate]) {
	for i := 0; i < len(c.Best().vector) && !c.Done(); i++ {
		for c.Best().vector[i] > 1 {
			v := slices.Clone(c.Best().vector)
			if v[i]--; !c.Try(candidate{c.Best().without, v}) {
				break
			}
		}
	}
}

// trim cuts quiet choices off the end.
func trim(v []uint16) []uint16 {
	for len(v) > 0 && v[len(v)-1] == 0 {
		v = v[:len(v)-1]
	}
	return v
}
