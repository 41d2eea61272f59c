// Known facts of mimalloc 2.0.9 as a release build. See doc.go for an overview.

package cref

import (
	"fmt"
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConstants(t *testing.T) {
	c := opened(t).Constants()
	for name, want := range map[string]uint64{
		"version":                 209,
		"segment_record_size":     41304,
		"segment_slices_offset":   264,
		"segment_slice_entries":   513,
		"page_record_size":        80,
		"heap_record_size":        3064,
		"thread_data_record_size": 4600,
		"cache_slot_record_size":  160,
		"arena_record_size":       72,
		"segment_size":            32 << 20,
		"slice_size":              64 << 10,
		"slices_per_segment":      512,
		"max_slice_offset":        255,
		"small_size_max":          1024,
		"small_object_max":        16 << 10,
		"medium_object_max":       128 << 10,
		"large_object_max":        16 << 20,
		"alignment_max":           16 << 20,
		"align_guarantee":         128,
		"huge_block_size":         2 << 30,
		"bin_huge":                73,
		"bin_size_73":             131080,
		"bin_size_74":             131088,
		"span_bin_slices_7":       7,
		"span_bin_slices_35":      1024,
		"commit_size":             64 << 10,
		"minimal_commit_size":     1 << 20,
		"cache_max":               1024,
		"thread_data_cache":       8,
		"pages_direct":            129,
		"option_eager_commit":     1,
		"option_decommit_delay":   25,
	} {
		require.Equal(t, want, c[name], name)
	}
	require.NotContains(t, c, "option_show_errors")
	version, sha := Source()
	require.Equal(t, "2.0.9", version)
	require.Len(t, sha, 64)
}

// goodSize is the size that a block of a size has, from the rule of the size classes: eight words,
// then four classes to each power of two.
func goodSize(size uint64) uint64 {
	words := (size + 7) / 8
	switch {
	case words <= 1:
		return 8
	case words <= 8:
		return (words + 1) / 2 * 16
	case size > 128<<10:
		return (size + 4095) &^ 4095
	}
	unit := uint64(1) << (bits.Len64(words-1) - 3)
	return (words + unit - 1) / unit * unit * 8
}

func TestGoodSize(t *testing.T) {
	var ops []Op
	for bin := 1; bin <= 52; bin++ {
		edge := opened(t).Constants()[fmt.Sprintf("bin_size_%d", bin)]
		for _, s := range []uint64{edge - 1, edge, edge + 1} {
			ops = append(ops, plain("good_size", s))
		}
	}
	ops = append(ops, plain("good_size", 0), plain("good_size", 1<<20+1))
	for i, res := range run(t, Setup{}, ops...) {
		require.Equal(t, goodSize(ops[i].A), res.Value, "good_size(%d)", ops[i].A)
	}
}

func TestUsableSize(t *testing.T) {
	for _, c := range []struct{ size, alignment, usable uint64 }{
		{0, 0, 8}, {8, 0, 8}, {9, 0, 16}, {17, 0, 32}, {1024, 0, 1024}, {1025, 0, 1280},
		{100_000, 0, 114_688}, {131_072, 0, 131_072}, {131_073, 0, 196_608},
		{524_289, 0, 1_048_576}, {1_000_000, 0, 1_048_576},
		{16_777_217, 0, 17_825_792}, {20_000_000, 0, 20_971_520},
		{100, 64 << 20, 65_536},
	} {
		o := gives(0, "malloc", c.size)
		if c.alignment != 0 {
			o = gives(0, "malloc_aligned", c.size, c.alignment)
		}
		res := run(t, Setup{}, o, takes("usable_size", 0))
		require.Equal(t, c.usable, res[0].Usable, "%+v", c)
		require.Equal(t, c.usable, res[1].Value, "%+v", c)
		if c.alignment != 0 {
			require.Zero(t, (Base+res[0].Value)%c.alignment, "%+v", c)
		}
	}
}

func TestPlacement(t *testing.T) {
	res := run(t, Setup{},
		gives(0, "malloc", 48), gives(1, "malloc", 48), gives(2, "malloc", 20<<10),
		gives(3, "malloc", 5000), gives(4, "malloc", 20<<20), gives(5, "malloc", 48).by(1))
	for i, want := range []uint64{
		64<<10 + 384,      // the second slice of the first segment, where small blocks start
		64<<10 + 384 + 48, // and the next block
		2 * 64 << 10,      // a medium page is eight slices
		10 * 64 << 10,     // a small page behind it, no offset above 1 KiB
		32<<20 + 64<<10,   // a segment of its own
		64<<20 + 64<<10 + 384,
	} {
		require.Equal(t, want, res[i].Value, "step %d", i)
	}
}

// The compiler must not see what the library promises: these results are not aligned as they
// should be.
func TestMisalignedResultsAreSeen(t *testing.T) {
	for _, c := range []struct{ size, alignment uint64 }{
		{256, 256}, {512, 256}, {1024, 256}, {512, 512}, {1024, 512}, {1024, 1024},
	} {
		res := run(t, Setup{}, gives(0, "malloc_aligned", c.size, c.alignment))
		require.NotZero(t, res[0].Value%c.alignment, "%+v", c)
	}
	res := run(t, Setup{}, gives(0, "malloc_aligned", 64, 0), gives(1, "malloc_aligned", 65, 0))
	require.Zero(t, res[0].Null)
	require.NotZero(t, res[1].Null)
}

// A thread's end as pthreads make it counts twice, so that from then on a second thread is not
// seen.
func TestThreadCountDropsTwice(t *testing.T) {
	// A thread's first segment is committed at once only if the count says that it is alone.
	eager := func(ends ...string) bool {
		var ops []Op
		for _, end := range ends {
			ops = append(ops, plain("thread_init").by(1), plain(end).by(1))
		}
		run(t, Setup{}, append(ops, gives(0, "malloc", 100).by(2))...)
		calls := opened(t).Calls()
		last := calls[len(calls)-1]
		return last.Kind == MapCall && last.Arg&ArgWritable != 0
	}
	require.False(t, eager())
	require.False(t, eager("thread_done"))
	require.True(t, eager("exit"))
	require.False(t, eager("exit", "exit", "exit"), "below zero is very many")
}
