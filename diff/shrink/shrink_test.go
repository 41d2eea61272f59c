package shrink

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func never() bool { return false }

// needing is a test that fails while all needed items are there, and counts its calls.
type needing struct {
	items  []int
	needed []int
	tries  int
}

func (s *needing) try(from, to int) (left int, ok bool) {
	s.tries++
	for _, n := range s.needed {
		if slices.Contains(s.items[from:to], n) {
			return len(s.items), false
		}
	}
	s.items = slices.Delete(s.items, from, to)
	return len(s.items), true
}

func upTo(n int) []int {
	items := make([]int, n)
	for i := range items {
		items[i] = i
	}
	return items
}

// TestChunksBound: exactly the needed items are left, within the documented number of tries.
func TestChunksBound(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	worst := 0.0
	for range 3000 {
		n := 1 + random.IntN(2000)
		s := &needing{items: upTo(n), needed: random.Perm(n)[:random.IntN(min(n, 40)+1)]}
		Chunks(n, From(random.IntN(2)), never, s.try)
		slices.Sort(s.needed)
		require.Equal(t, s.needed, append([]int{}, s.items...))
		bound := ChunksBound(n, len(s.needed))
		require.LessOrEqual(t, s.tries, bound, "%d of %d", len(s.needed), n)
		worst = max(worst, float64(s.tries)/float64(bound))
	}
	require.Greater(t, worst, 0.9, "the bound says little")
	require.Equal(t, 0, ChunksBound(0, 0))
	require.Less(t, ChunksBound(1000, 5), 100)
}

// TestChunksStops: a run that is done makes no more tries.
func TestChunksStops(t *testing.T) {
	s := &needing{items: upTo(100), needed: upTo(100)}
	Chunks(100, FromEnd, func() bool { return s.tries == 7 }, s.try)
	require.Equal(t, 7, s.tries)
}

func TestNumber(t *testing.T) {
	for _, least := range []uint64{0, 1, 9, 1000, 1 << 40, ^uint64(0)} {
		tries := 0
		got := Number(^uint64(0), []uint64{8, 1024, 1 << 20}, never, func(n uint64) bool {
			tries++
			return n >= least
		})
		require.Equal(t, least, got)
		require.LessOrEqual(t, tries, 3+64)
	}
}

// sets is a task on sets of small numbers that fails while it holds the needed ones.
func sets(needed ...int) (*Task[[]int], *int) {
	tests := 0
	return &Task[[]int]{
		Less: func(a, b []int) bool {
			if len(a) != len(b) {
				return len(a) < len(b)
			}
			return slices.Compare(a, b) < 0
		},
		Key: func(s []int) string { return fmt.Sprint(s) },
		Test: func(_ context.Context, s []int) (bool, error) {
			tests++
			return !slices.ContainsFunc(needed, func(n int) bool { return !slices.Contains(s, n) }), nil
		},
		Passes: []Pass[[]int]{{"singles", func(c *Cursor[[]int]) {
			for i := 0; i < len(c.Best()); i++ {
				c.Try(slices.Delete(slices.Clone(c.Best()), i, i+1))
			}
		}}},
	}, &tests
}

// TestRun: the least input is found, nothing is tested twice, and only smaller inputs are.
func TestRun(t *testing.T) {
	task, tests := sets(3, 7)
	seen := map[string]bool{}
	test := task.Test
	task.Test = func(ctx context.Context, s []int) (bool, error) {
		require.False(t, seen[task.Key(s)], "tested twice: %v", s)
		seen[task.Key(s)] = true
		return test(ctx, s)
	}
	task.Passes = append(task.Passes, task.Passes[0], Pass[[]int]{"useless", func(c *Cursor[[]int]) {
		require.False(t, c.Try(append([]int{1}, c.Best()...)), "a larger one was taken")
	}})
	best, stats, err := Run(context.Background(), task, upTo(12))
	require.NoError(t, err)
	require.Equal(t, []int{3, 7}, best)
	require.Equal(t, *tests, stats.Tested)
	require.Equal(t, 10, stats.Accepted)
	require.NotZero(t, stats.Remembered)
	require.False(t, stats.Stopped)
}

// TestRunsShare: a run that shares what another was told tests nothing again, and takes what failed then.
func TestRunsShare(t *testing.T) {
	task, tests := sets(3, 7)
	first, _, err := Run(context.Background(), task, upTo(12))
	require.NoError(t, err)
	before := *tests
	second, stats, err := Run(context.Background(), task, upTo(12))
	require.NoError(t, err)
	require.Equal(t, first, second)
	require.Equal(t, before, *tests)
	require.Zero(t, stats.Tested)
	require.Equal(t, 10, stats.Accepted)
}

// TestRunStops: the best so far is kept when the run is stopped or a test breaks.
func TestRunStops(t *testing.T) {
	t.Run("tests", func(t *testing.T) {
		task, tests := sets(11)
		task.MaxTests = 4
		best, stats, err := Run(context.Background(), task, upTo(12))
		require.NoError(t, err)
		require.True(t, stats.Stopped)
		require.Equal(t, 4, *tests)
		require.Less(t, len(best), 12)
	})
	t.Run("context", func(t *testing.T) {
		task, _ := sets(11)
		ctx, cancel := context.WithCancel(context.Background())
		task.Progress = func(s Stats, _ []int) {
			if s.Tested == 3 {
				cancel()
			}
		}
		best, stats, err := Run(ctx, task, upTo(12))
		require.NoError(t, err)
		require.True(t, stats.Stopped)
		require.Equal(t, 3, stats.Tested)
		require.Contains(t, best, 11)
	})
	t.Run("error", func(t *testing.T) {
		task, tests := sets(11)
		broken, test := errors.New("broken"), task.Test
		task.Test = func(ctx context.Context, s []int) (bool, error) {
			if *tests == 2 {
				return false, broken
			}
			return test(ctx, s)
		}
		best, stats, err := Run(context.Background(), task, upTo(12))
		require.ErrorIs(t, err, broken)
		require.False(t, stats.Stopped)
		require.Len(t, best, 10)
	})
}
