// Page states against a model of booleans. See osmem.go for the states.

package osmem

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBitsetFill(t *testing.T) {
	const n = 64 * 5
	rng := rand.New(rand.NewPCG(1, 1))
	b, model := make(bitset, n/64), [n]bool{}
	for range 500 {
		first := uintptr(rng.IntN(n))
		count := uintptr(rng.IntN(n - int(first) + 1))
		v := rng.IntN(2) == 0
		b.fill(first, count, v)
		for i := first; i < first+count; i++ {
			model[i] = v
		}
		for i := range model {
			if got := b[i/64]>>(i%64)&1 != 0; got != model[i] {
				require.Equal(t, model[i], got, "bit %d", i)
			}
		}
	}
}

func TestPageStatesAgainstAModel(t *testing.T) {
	const pages = 300
	var p pageStates
	p.init()
	model := map[uintptr][2]bool{} // mapped, committed
	rng := rand.New(rand.NewPCG(2, 1))
	for range 300 {
		first := uintptr(rng.IntN(pages))
		count := 1 + uintptr(rng.IntN(pages-int(first)))
		mapped := rng.IntN(3) > 0
		commit := mapped && rng.IntN(2) == 0
		p.set(first*PageSize, count*PageSize, mapped, commit)
		for i := first; i < first+count; i++ {
			model[i] = [2]bool{mapped, commit}
		}
		at, n := uintptr(rng.IntN(pages)), uintptr(1+rng.IntN(20))
		all := true
		for i := at; i < at+n; i++ {
			all = all && model[i][1]
		}
		require.Equal(t, all, p.committed(at*PageSize+1, n*PageSize-1))
		for i := range uintptr(pages) {
			if got := p.mapped[i/64]>>(i%64)&1 != 0; got != model[i][0] {
				require.Equal(t, model[i][0], got, "page %d mapped", i)
			}
		}
	}
	p.reset(pages*PageSize, mainEnd)
	require.False(t, p.committed(0, pages*PageSize))
	for i := range p.mapped {
		if p.mapped[i] != 0 || p.commit[i] != 0 {
			require.Fail(t, "reset left a state")
		}
	}
}
