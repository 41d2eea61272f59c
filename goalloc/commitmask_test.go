// Commit masks against a model of booleans. See doc.go for an overview.

package goalloc

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// model is a commit mask as anyone would write it.
type model [slicesPerSegment]bool

func modelOf(m *commitMask) (b model) {
	for i := range b {
		b[i] = m[i/64]>>(i%64)&1 != 0
	}
	return b
}

// run finds the first run at or after from, slowly.
func (b *model) run(from uintptr) (first, count uintptr) {
	for first = from; first < slicesPerSegment && !b[first]; first++ {
	}
	for i := first; i < slicesPerSegment && b[i]; i++ {
		count++
	}
	return first, count
}

// masks are the edges and many random ones, sparse and dense, with long and short runs.
func masks() (all []commitMask) {
	all = append(all, commitMask{}, fullMask)
	for _, i := range []uintptr{0, 1, 62, 63, 64, 65, 127, 128, 255, 256, 447, 448, 510, 511} {
		one := rangeMask(i, 1)
		rest := fullMask
		rest.remove(&one)
		all = append(all, one, rest, rangeMask(i, slicesPerSegment-i), rangeMask(0, i))
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		var m commitMask
		for range 1 + rng.IntN(8) {
			first := uintptr(rng.IntN(slicesPerSegment))
			r := rangeMask(first, uintptr(rng.IntN(int(slicesPerSegment-first)+1)))
			if rng.IntN(3) == 0 {
				m.remove(&r)
			} else {
				m.add(&r)
			}
		}
		all = append(all, m)
	}
	return all
}

func TestRangeMask(t *testing.T) {
	check := func(first, count uintptr) {
		m := rangeMask(first, count)
		b := modelOf(&m)
		for i := range b {
			if want := uintptr(i) >= first && uintptr(i) < first+count; b[i] != want {
				require.Equal(t, want, b[i], "part %d of range %d, %d", i, first, count)
			}
		}
	}
	for first := uintptr(0); first <= slicesPerSegment; first += 7 {
		for count := uintptr(0); first+count <= slicesPerSegment; count += 5 {
			check(first, count)
		}
	}
	for _, first := range []uintptr{0, 1, 63, 64, 65, 448, 511} {
		check(first, 0)
		check(first, 1)
		check(first, slicesPerSegment-first)
	}
}

func TestRuns(t *testing.T) {
	for _, m := range masks() {
		b := modelOf(&m)
		for from := uintptr(0); from <= slicesPerSegment; from++ {
			wantFirst, wantCount := b.run(from)
			first, count := m.next(from)
			require.Equal(t, wantCount, count, "%x from %d", m, from)
			require.Equal(t, wantFirst, first, "%x from %d", m, from)
		}
	}
}

func TestRunsRebuildTheMask(t *testing.T) {
	for _, m := range masks() {
		var sum commitMask
		for i, n := m.next(0); n > 0; i, n = m.next(i + n) {
			r := rangeMask(i, n)
			sum.add(&r)
		}
		require.Equal(t, m, sum)
	}
}

func TestSetOperations(t *testing.T) {
	all := masks()
	for i := range all {
		for j := range all {
			m, o := all[i], all[j]
			a, b := modelOf(&m), modelOf(&o)
			var and, or, without model
			some, every := false, true
			for k := range a {
				and[k], or[k], without[k] = a[k] && b[k], a[k] || b[k], a[k] && !b[k]
				some = some || a[k] && b[k]
				every = every && (a[k] || !b[k])
			}
			meet := m.and(&o)
			sum, rest := m, m
			sum.add(&o)
			rest.remove(&o)
			ok := modelOf(&meet) == and && modelOf(&sum) == or && modelOf(&rest) == without &&
				m.hasAny(&o) == some && m.hasAll(&o) == every
			require.True(t, ok, "%x and %x", m, o)
		}
	}
}

func TestEmptyAndFull(t *testing.T) {
	for _, m := range masks() {
		b := modelOf(&m)
		first, count := b.run(0)
		require.Equal(t, count == 0, m.isEmpty())
		require.Equal(t, first == 0 && count == slicesPerSegment, m.isFull())
	}
	require.True(t, fullMask.isFull())
	require.Equal(t, fullMask, rangeMask(0, slicesPerSegment))
}
