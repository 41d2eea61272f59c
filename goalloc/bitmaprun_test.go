// Runs of bits against a model of booleans. See doc.go for an overview.

package goalloc

import (
	"math/bits"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// modelRun is where a run of count clear bits is found by the rule: field by field, the lowest in the
// field, else the one that begins with the clear bits at its top and goes on above.
func modelRun(set []bool, count int) (bit int, ok bool) {
	fits := func(bit int) bool {
		for i := bit; i < bit+count; i++ {
			if i >= len(set) || set[i] {
				return false
			}
		}
		return true
	}
	for low := 0; low < len(set); low += fieldBits {
		for bit := low; bit+count <= low+fieldBits; bit++ {
			if fits(bit) {
				return bit, true
			}
		}
		top := low + fieldBits
		for top > low && !set[top-1] {
			top--
		}
		if top < low+fieldBits && fits(top) {
			return top, true
		}
	}
	return 0, false
}

func TestFindClaimRun(t *testing.T) {
	const fields = 4
	rng := rand.New(rand.NewPCG(1, 2))
	crossed := 0
	for range 3000 {
		b, set := make(bitmap, fields), make([]bool, fields*fieldBits)
		for range rng.IntN(8) {
			bit := rng.IntN(len(set))
			n := 1 + rng.IntN(min(len(set)-bit, 1+rng.IntN(90)))
			b.claimRun(bit, n)
			for i := bit; i < bit+n; i++ {
				set[i] = true
			}
		}
		count := 1 + rng.IntN(1+rng.IntN(200))
		want, wantOK := modelRun(set, count)
		before := bitsOf(b)
		bit, ok := b.findClaimRun(count, 1)
		require.Equal(t, wantOK, ok, "%d in %x", count, before)
		if !ok {
			require.Equal(t, before, bitsOf(b))
			continue
		}
		require.Equal(t, want, bit, "%d in %x", count, before)
		require.True(t, b.runIsClaimed(bit, count))
		require.True(t, b.unclaimRun(bit, count))
		require.Equal(t, before, bitsOf(b))
		if bit/fieldBits != (bit+count-1)/fieldBits {
			crossed++
		}
	}
	require.Greater(t, crossed, 200)
}

func bitsOf(b bitmap) (words []uint64) {
	for i := range b {
		words = append(words, b[i].AtRest())
	}
	return words
}

func TestClaimRun(t *testing.T) {
	b := make(bitmap, 3)
	for _, c := range []struct {
		name               string
		bit, count         int
		allClear, anyClear bool
	}{
		{"all three fields", 10, 160, true, true},
		{"again", 10, 160, false, false},
		{"one more at the end", 10, 161, false, true},
		{"one more at the start", 9, 100, false, true},
		{"a whole field", 64, 64, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.anyClear, !b.runIsClaimed(c.bit, c.count))
			all, some := b.claimRun(c.bit, c.count)
			require.Equal(t, c.allClear, all)
			require.Equal(t, c.anyClear, some)
		})
	}
	require.Equal(t, 162, ones(b))
	require.False(t, b.unclaimRun(8, 163), "one was clear")
	require.Zero(t, ones(b))
}

func ones(b bitmap) (n int) {
	for _, w := range bitsOf(b) {
		n += bits.OnesCount64(w)
	}
	return n
}

// Another thread took a bit between the look and the claim: what has been claimed is given back.
func TestRunIsUndone(t *testing.T) {
	for name, taken := range map[string]int{"head": 63, "middle": 100, "tail": 130} {
		t.Run(name, func(t *testing.T) {
			b := make(bitmap, 3)
			b.claim(taken)
			b.claim(0)
			require.False(t, b.takeRun(0, 4, 64+10))
			require.Equal(t, 2, ones(b))
		})
	}
}

// Threads claim and release runs: no bit has two owners.
func TestRunsUnderContention(t *testing.T) {
	b := make(bitmap, 3)
	var owners [3 * fieldBits]int32
	var mu sync.Mutex
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(7, uint64(n)))
			for range 3000 {
				count := 1 + rng.IntN(80)
				bit, ok := b.findClaimRun(count, 1)
				if !ok {
					runtime.Gosched()
					continue
				}
				mu.Lock()
				for i := bit; i < bit+count; i++ {
					owners[i]++
					if owners[i] != 1 {
						t.Errorf("bit %d has %d owners", i, owners[i])
					}
				}
				mu.Unlock()
				runtime.Gosched()
				mu.Lock()
				for i := bit; i < bit+count; i++ {
					owners[i]--
				}
				mu.Unlock()
				if !b.unclaimRun(bit, count) {
					t.Error("a bit of a run was clear")
				}
			}
		})
	}
	wg.Wait()
	require.Zero(t, ones(b))
}
