// Options of the allocator that programs set, by profile. See doc.go for an overview.

package prog

import "slices"

// NumOptions is the number of OptionNames.
const NumOptions = 24

// OptionNames are the options that programs set, spelt as in mimalloc.h without mi_option_. A profile has some of
// them: OptionsOf.
var OptionNames = []string{
	"eager_commit",
	"eager_commit_delay",
	"decommit_delay",
	"decommit_extend_delay",
	"segment_decommit_delay",
	"abandoned_page_decommit",
	"page_reset",
	"max_segment_reclaim",
	"limit_os_alloc",
	"allow_decommit",

	"purge_delay",
	"purge_extend_delay",
	"purge_decommits",
	"abandoned_page_purge",
	"disallow_os_alloc",
	"arena_reserve",
	"arena_eager_commit",
	"arena_purge_mult",
	"disallow_arena_alloc",
	"abandoned_reclaim_on_free",
	"visit_abandoned",
	"target_segments_per_thread",
	"generic_collect",
	"allow_thp",
}

// The places in OptionNames of a profile's options, and how many of them may change during a run, the first ones.
// The rest may not: in 2.0 allow_decommit decides which part of a segment's record is kept up, and if it is
// switched on, leftovers in the other come into use (corpus/known/README.md, stale-mask); in 2.3 visit_abandoned decides which
// locks are taken.
var (
	options20 = []uint64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	options23 = []uint64{0, 1, 7, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 23, 20}
)

const headerOnly = 1

// OptionsOf gives the options of a profile, as places in OptionNames.
func OptionsOf(profile string) []uint64 {
	if slices.Contains(Later, profile) {
		return options23
	}
	return options20
}

// movableOf gives those that may change during a run.
func movableOf(profile string) []uint64 {
	all := OptionsOf(profile)
	return all[:len(all)-headerOnly]
}

// optionNamesOf gives the names of a profile's options.
func optionNamesOf(profile string) (names []string) {
	for _, i := range OptionsOf(profile) {
		names = append(names, OptionNames[i])
	}
	return names
}

// foldOption gives the place itself if it is one of those, and else one of them.
func foldOption(place uint64, places []uint64) uint64 {
	if slices.Contains(places, place) {
		return place
	}
	return places[place%uint64(len(places))]
}
