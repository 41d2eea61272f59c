// The operations on shared words, alone and under contention. See atom.go for what they are.

package atom

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const anySite = PageHeapRead

func TestOperationsGiveTheOldValue(t *testing.T) {
	cases := map[string]struct {
		op               func(w *U64) uint64
		start, old, left uint64
	}{
		"add":           {func(w *U64) uint64 { return w.AddRlx(anySite, 5) }, 10, 10, 15},
		"add wraps":     {func(w *U64) uint64 { return w.AddRlx(anySite, 2) }, ^uint64(0), ^uint64(0), 1},
		"sub":           {func(w *U64) uint64 { return w.SubRlx(anySite, 4) }, 10, 10, 6},
		"sub wraps":     {func(w *U64) uint64 { return w.SubRlx(anySite, 1) }, 0, 0, ^uint64(0)},
		"or":            {func(w *U64) uint64 { return w.OrAcqRel(anySite, 6) }, 3, 3, 7},
		"or, no change": {func(w *U64) uint64 { return w.OrAcqRel(anySite, 1) }, 3, 3, 3},
		"and":           {func(w *U64) uint64 { return w.AndAcqRel(anySite, 6) }, 3, 3, 2},
		"swap":          {func(w *U64) uint64 { return w.SwapAcqRel(anySite, 9) }, 3, 3, 9},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var w U64
			w.Reset(c.start)
			require.Equal(t, c.old, c.op(&w))
			require.Equal(t, c.left, w.LoadRlx(anySite))
		})
	}
}

func TestStoresAndLoadsOfEveryOrder(t *testing.T) {
	var w U64
	stores := []func(Site, uint64){w.StoreRlx, w.StoreRel, w.StoreSC}
	loads := []func(Site) uint64{w.LoadRlx, w.LoadAcq, w.LoadSC}
	for i, store := range stores {
		store(anySite, uint64(i+1))
		for _, load := range loads {
			require.Equal(t, uint64(i+1), load(anySite))
		}
	}
}

func TestCompareAndSwap(t *testing.T) {
	var w U64
	for name, cas := range map[string]func(Site, *uint64, uint64) bool{
		"release": w.CasRel, "acq_rel": w.CasAcqRel, "strong": w.CasStrongAcqRel,
	} {
		t.Run(name, func(t *testing.T) {
			w.Reset(7)
			old := uint64(7)
			require.True(t, cas(anySite, &old, 8))
			require.Equal(t, uint64(7), old, "untouched on success")

			old = 6
			require.False(t, cas(anySite, &old, 9))
			require.Equal(t, uint64(8), old, "the value found, on failure")
			require.Equal(t, uint64(8), w.LoadAcq(anySite))
		})
	}
}

// contend runs f in several goroutines at once and waits for them.
func contend(f func(worker uint64)) {
	var all sync.WaitGroup
	for worker := uint64(0); worker < 4; worker++ {
		all.Go(func() { f(worker) })
	}
	all.Wait()
}

func TestCountersLoseNothing(t *testing.T) {
	var w U64
	contend(func(worker uint64) {
		for i := 0; i < 10_000; i++ {
			w.AddRlx(anySite, worker+1)
			w.SubRlx(anySite, worker)
		}
	})
	require.Equal(t, uint64(40_000), w.LoadRlx(anySite))
}

func TestSwapLoopLosesNothing(t *testing.T) {
	var w U64
	contend(func(uint64) {
		for i := 0; i < 10_000; i++ {
			old := w.LoadRlx(anySite)
			for !w.CasRel(anySite, &old, old+1) {
			}
		}
	})
	require.Equal(t, uint64(40_000), w.LoadRlx(anySite))
}

func TestBitsAreClaimedOnce(t *testing.T) {
	var w, claims U64
	contend(func(uint64) {
		for bit := 0; bit < 64; bit++ {
			if w.OrAcqRel(anySite, 1<<bit)&(1<<bit) == 0 {
				claims.AddRlx(anySite, 1)
			}
		}
	})
	require.Equal(t, uint64(64), claims.LoadRlx(anySite))
	contend(func(worker uint64) {
		for bit := worker; bit < 64; bit += 4 {
			w.AndAcqRel(anySite, ^(uint64(1) << bit))
		}
	})
	require.Zero(t, w.LoadRlx(anySite))
}

// A token that is swapped out is in one hand only: plain writes under it do not race.
func TestSwapHandsOverWhatWasWritten(t *testing.T) {
	var token U64
	token.Reset(1)
	counter := 0
	contend(func(uint64) {
		for i := 0; i < 1000; {
			if token.SwapAcqRel(anySite, 0) == 0 {
				continue
			}
			counter++
			i++
			token.StoreRel(anySite, 1)
		}
	})
	require.Equal(t, 4000, counter)
}
