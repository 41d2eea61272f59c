package diff

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/cref"
	"midiff/diff/prog"
	"midiff/goalloc"
)

// onlyC are the constants of the library that goalloc has no counterpart of, with the reason. A name
// that ends in a star stands for all that begin so.
var onlyC = map[string]string{
	"version":                       "goalloc has profiles",
	"natural_align":                 "goalloc has it in the rule of the bins only",
	"segment_record_size":           "goalloc's record is smaller; both take one slice",
	"segment_next_offset":           "a record of goalloc's own layout",
	"page_queue_record_size":        "a record of goalloc's own layout",
	"cache_slot_record_size":        "a record of goalloc's own layout",
	"bin_size_73":                   "a mark for pages of one block, which goalloc tells by the bin",
	"bin_size_74":                   "a mark for full pages, which goalloc tells by the bin",
	"span_bin_slices_0":             "the queue for no slices, where no span is",
	"arena_*":                       "goalloc has no arenas",
	"map_max_address":               "goalloc has no map of segments",
	"option_deprecated_*":           "nothing reads them",
	"option_os_tag":                 "for another operating system",
	"option_show_stats":             "goalloc prints nothing",
	"option_destroy_on_exit":        "processes of goalloc are closed",
	"option_reserve_os_memory":      "goalloc has no arenas",
	"option_reserve_huge_os_pages*": "goalloc has no arenas",
}

// reasonOnlyC finds the row for a name.
func reasonOnlyC(name string) string {
	for pattern, why := range onlyC {
		prefix, many := strings.CutSuffix(pattern, "*")
		if name == pattern || many && strings.HasPrefix(name, prefix) {
			return why
		}
	}
	return ""
}

// TestConstants proves the sizes, limits, classes and option defaults of both sides equal, all of them:
// each is equal to its counterpart, or has a row above. What the library writes into its code without a
// name (how many abandoned segments a collection looks at, where a page's first block lies) is not among
// them; programs of the corpus show those.
func TestConstants(t *testing.T) {
	for _, profile := range prog.Profiles {
		t.Run(profile, func(t *testing.T) {
			ref, err := cref.OpenProfile(profile)
			require.NoError(t, err)
			ours, err := goalloc.ProfileByName(profile)
			require.NoError(t, err)
			requireConstants(t, ref.Constants(), ours.Constants())
		})
	}
}

func requireConstants(t *testing.T, c, g map[string]uint64) {
	for pattern := range onlyC {
		prefix, many := strings.CutSuffix(pattern, "*")
		require.True(t, slices.ContainsFunc(slices.Collect(maps.Keys(c)), func(name string) bool {
			return name == pattern || many && strings.HasPrefix(name, prefix)
		}), "%s: C has no such constant", pattern)
	}
	require.Greater(t, len(c), 150)
	for name, value := range c {
		if why := reasonOnlyC(name); why != "" {
			delete(c, name)
			continue
		}
		require.Equal(t, value, g[name], name)
	}
	require.Equal(t, c, g, "a constant of one side only")
}
