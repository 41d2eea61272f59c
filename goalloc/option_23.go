// The options of 2.3. See doc.go for an overview.

package goalloc

// Those that play the part of one of 2.0 have its number.
var optionNames23 = optionNames{
	optEagerCommit:           "eager_commit",
	optEagerCommitDelay:      "eager_commit_delay",
	optDecommitDelay:         "purge_delay",
	optDecommitExtendDelay:   "purge_extend_delay",
	optAbandonedPageDecommit: "abandoned_page_purge",
	optPageReset:             "deprecated_page_reset",
	optMaxSegmentReclaim:     "max_segment_reclaim",
	optLimitOSAlloc:          "disallow_os_alloc",
	optArenaEagerCommit:      "arena_eager_commit",
	optPurgeDecommits:        "purge_decommits",
	optAllowLargePages:       "allow_large_os_pages",
	optArenaReserve:          "arena_reserve",
	optArenaPurgeMult:        "arena_purge_mult",
	optReclaimOnFree:         "abandoned_reclaim_on_free",
	optDisallowArenaAlloc:    "disallow_arena_alloc",
	optVisitAbandoned:        "visit_abandoned",
	optTargetSegments:        "target_segments_per_thread",
	optGenericCollect:        "generic_collect",
	optAllowTHP:              "allow_thp",
}

// Delays are in milliseconds; max_segment_reclaim is in percent, arena_reserve in KiB, and arena_eager_commit 2
// is for systems that give out more memory than they have.
var defaultOptions23 = [numOptions]int64{
	optEagerCommit:         1,
	optEagerCommitDelay:    1,
	optDecommitDelay:       10,
	optDecommitExtendDelay: 1,
	optMaxSegmentReclaim:   10,
	optArenaEagerCommit:    2,
	optPurgeDecommits:      1,
	optArenaReserve:        1 << 20,
	optArenaPurgeMult:      10,
	optGenericCollect:      10000,
	optAllowTHP:            1,
}

// clamped gives a value, but at least low and at most high.
//
// Counterpart: mi_option_get_clamp.
func (p *Process) clamped(o option, low, high int64) int64 { return min(max(p.option(o), low), high) }
