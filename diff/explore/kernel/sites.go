// The atomic sites. See doc.go for an overview.

package kernel

import (
	"midiff/diff/explore/search"
	"midiff/diff/explore/sim"
)

// The sites, in the order of the table below.
const (
	none sim.Site = iota
	freeOwner
	pushLoad
	push
	pushHeap
	pushDelayedLoad
	pushDelayed
	doneLoad
	doneFreeing
	flagLoad
	setFlag
	takeLoad
	take
	takeDelayedLoad
	takeDelayed
	backLoad
	back
	setHeap
	appendHeap
	resetDelayed
	ownAbandon
	ownRelease
	ownReclaim
	ownCoalesce
	nextAbandon
	listPushLoad
	listPushLink
	listPush
	listPopPeek
	readersEnter
	listPopLoad
	listPopLink
	listPop
	readersLeave
	listPopUnlink
	readersAwait
	visitedPushLoad
	visitedPushLink
	visitedPush
	revisitPeek
	revisitTake
	revisitLoad
	revisitSwap
	revisitWalk
	prependLoad
	prependLink
	prepend
	ownMark
	markAbandoned
	ownPeek
	claimOnFree
	ownClaim
	scanAbandoned
	claimByScan
	ownReclaimed
	ownLook
	osLock
	osTryLock
	osUnlock
	claimByOwner
	claimLoad
	claimStore
	handOver
	handOverAwait
	ownAlloc
	ownHuge
	ownHugeClaim
	inuseLoad
	inuseTake
	inuseGive
	numSites
)

func order(o sim.Order) search.Pair { return search.Pair{Success: o} }

func row(name, op string, o search.Pair, in, counterpart, partner string) search.SiteInfo {
	return search.SiteInfo{Name: name, Op: op, Order: o, Func: in, Counterpart: counterpart, Partner: partner}
}

// Order pairs of compare-and-swaps.
var (
	weakRelease = search.Pair{Success: sim.Release}
	bothWays    = search.Pair{Success: sim.AcqRel, Failure: sim.Acquire}
)

// sites describes the sites. Lines before a bar are of 2.0.9, those after it of 2.3.1.
var sites = [numSites]search.SiteInfo{
	none:            row("none", "", order(sim.Relaxed), "", "", ""),
	freeOwner:       row("free-owner", "load", order(sim.Relaxed), "free", "mi_free, alloc.c:538 | free.c:164", "own-abandon"),
	pushLoad:        row("push-load", "load", order(sim.Relaxed), "freeRemote", "_mi_free_block_mt, alloc.c:407 | free.c:237", "push"),
	push:            row("push", "cas weak", weakRelease, "freeRemote", "_mi_free_block_mt, alloc.c:419 | free.c:249", "take"),
	pushHeap:        row("push-heap", "load", order(sim.Acquire), "freeRemote", "_mi_free_block_mt, alloc.c:423 | free.c:254", "set-heap"),
	pushDelayedLoad: row("push-delayed-load", "load", order(sim.Relaxed), "freeRemote", "_mi_free_block_mt, alloc.c:427 | free.c:258", "push-delayed"),
	pushDelayed:     row("push-delayed", "cas weak", weakRelease, "freeRemote", "_mi_free_block_mt, alloc.c:430 | free.c:261", "take-delayed"),
	doneLoad:        row("done-load", "load", order(sim.Relaxed), "freeRemote", "_mi_free_block_mt, alloc.c:434 | free.c:265", "push"),
	doneFreeing:     row("done", "cas weak", weakRelease, "freeRemote", "_mi_free_block_mt, alloc.c:439 | free.c:270", "flag-load"),
	flagLoad:        row("flag-load", "load", order(sim.Acquire), "tryUseDelayed", "_mi_page_try_use_delayed_free, page.c:141 | 152", "done"),
	setFlag:         row("flag", "cas weak", weakRelease, "tryUseDelayed", "_mi_page_try_use_delayed_free, page.c:157 | 168", "push"),
	takeLoad:        row("take-load", "load", order(sim.Relaxed), "collectThreadFree", "_mi_page_thread_free_collect, page.c:174 | 185", "push"),
	take:            row("take", "cas weak", bothWays, "collectThreadFree", "_mi_page_thread_free_collect, page.c:178 | 189", "push"),
	takeDelayedLoad: row("take-delayed-load", "load", order(sim.Relaxed), "freeDelayed", "_mi_heap_delayed_free_partial, page.c:309 | 330", "push-delayed"),
	takeDelayed:     row("take-delayed", "cas weak", bothWays, "freeDelayed", "_mi_heap_delayed_free_partial, page.c:310 | 331", "push-delayed"),
	backLoad:        row("back-load", "load", order(sim.Relaxed), "freeDelayed", "_mi_heap_delayed_free_partial, page.c:322 | 343", "push-delayed"),
	back:            row("back", "cas weak", weakRelease, "freeDelayed", "_mi_heap_delayed_free_partial, page.c:325 | 346", "take-delayed"),
	setHeap:         row("set-heap", "store", order(sim.Release), "setHeap", "mi_page_set_heap | internal.h:633", "push-heap"),
	appendHeap:      row("append-heap", "store", order(sim.Release), "appendPages", "_mi_page_queue_append, page-queue.c:308 | 376", "push-heap"),
	resetDelayed:    row("reset-delayed", "store", order(sim.SeqCst), "resetPages", "mi_heap_reset_pages | heap.c:278", "push-delayed"),
	ownAbandon:      row("own-abandon", "store", order(sim.SeqCst), "abandon", "mi_segment_abandon, segment.c:1243 | 1130", "free-owner"),
	ownRelease:      row("own-release", "store", order(sim.SeqCst), "release", "mi_segment_os_free, segment.c:374 | 408", "free-owner"),
	ownReclaim:      row("own-reclaim", "store", order(sim.SeqCst), "reclaim", "mi_segment_reclaim, segment.c:1331", "free-owner"),
	ownCoalesce:     row("own-coalesce", "load", order(sim.SeqCst), "coalesce", "mi_segment_is_abandoned, segment.c:577 | 696", "own-abandon"),
	nextAbandon:     row("next-abandon", "store", order(sim.Release), "abandon", "mi_segment_abandon, segment.c:1244", "list-pop-link"),
	listPushLoad:    row("list-push-load", "load", order(sim.Relaxed), "listPush", "mi_abandoned_push, segment.c:1161", "list-push"),
	listPushLink:    row("list-push-link", "store", order(sim.Release), "listPush", "mi_abandoned_push, segment.c:1163", "list-pop-link"),
	listPush:        row("list-push", "cas weak", weakRelease, "listPush", "mi_abandoned_push, segment.c:1165", "list-pop-load"),
	listPopPeek:     row("list-pop-peek", "load", order(sim.Relaxed), "listPop", "mi_abandoned_pop, segment.c:1183", "list-push"),
	readersEnter:    row("readers-enter", "add", order(sim.Relaxed), "listPop", "mi_abandoned_pop, segment.c:1195", "readers-await"),
	listPopLoad:     row("list-pop-load", "load", order(sim.Acquire), "listPop", "mi_abandoned_pop, segment.c:1197", "list-push"),
	listPopLink:     row("list-pop-link", "load", order(sim.Relaxed), "listPop", "mi_abandoned_pop, segment.c:1201", "list-push-link"),
	listPop:         row("list-pop", "cas weak", bothWays, "listPop", "mi_abandoned_pop, segment.c:1204", "list-push"),
	readersLeave:    row("readers-leave", "sub", order(sim.Relaxed), "listPop", "mi_abandoned_pop, segment.c:1205", "readers-await"),
	listPopUnlink:   row("list-pop-unlink", "store", order(sim.Release), "listPop", "mi_abandoned_pop, segment.c:1207", "list-pop-link"),
	readersAwait:    row("readers-await", "load", order(sim.Acquire), "awaitReaders", "_mi_abandoned_await_readers, segment.c:1174", "readers-leave"),
	visitedPushLoad: row("visited-push-load", "load", order(sim.Relaxed), "visitedPush", "mi_abandoned_visited_push, segment.c:1103", "visited-push"),
	visitedPushLink: row("visited-push-link", "store", order(sim.Release), "visitedPush", "mi_abandoned_visited_push, segment.c:1105", "revisit-walk"),
	visitedPush:     row("visited-push", "cas weak", weakRelease, "visitedPush", "mi_abandoned_visited_push, segment.c:1106", "revisit-take"),
	revisitPeek:     row("revisit-peek", "load", order(sim.Relaxed), "revisit", "mi_abandoned_visited_revisit, segment.c:1114", "visited-push"),
	revisitTake:     row("revisit-take", "exchange", order(sim.AcqRel), "revisit", "mi_abandoned_visited_revisit, segment.c:1117", "visited-push"),
	revisitLoad:     row("revisit-load", "load", order(sim.Relaxed), "revisit", "mi_abandoned_visited_revisit, segment.c:1122", "list-push"),
	revisitSwap:     row("revisit-swap", "cas", bothWays, "revisit", "mi_abandoned_visited_revisit, segment.c:1126", "list-pop-load"),
	revisitWalk:     row("revisit-walk", "load", order(sim.Relaxed), "revisit", "mi_abandoned_visited_revisit, segment.c:1136", "visited-push-link"),
	prependLoad:     row("prepend-load", "load", order(sim.Relaxed), "revisit", "mi_abandoned_visited_revisit, segment.c:1142", "list-push"),
	prependLink:     row("prepend-link", "store", order(sim.Release), "revisit", "mi_abandoned_visited_revisit, segment.c:1146", "list-pop-link"),
	prepend:         row("prepend", "cas weak", weakRelease, "revisit", "mi_abandoned_visited_revisit, segment.c:1148", "list-pop-load"),
	ownMark:         row("own-mark", "store", order(sim.Release), "mark", "_mi_arena_segment_mark_abandoned | arena-abandon.c:146", "own-peek"),
	markAbandoned:   row("mark-abandoned", "or", order(sim.AcqRel), "mark", "_mi_bitmap_claim | arena-abandon.c:159", "claim-on-free"),
	ownPeek:         row("own-peek", "load", order(sim.Relaxed), "freeRemote23", "mi_free_block_mt | free.c:284", "own-mark"),
	claimOnFree:     row("claim-on-free", "and", order(sim.AcqRel), "claimOn", "_mi_bitmap_unclaim | arena-abandon.c:106", "mark-abandoned"),
	ownClaim:        row("own-claim", "store", order(sim.Release), "claimOn", "_mi_arena_segment_clear_abandoned | arena-abandon.c:84, 109", "own-peek"),
	scanAbandoned:   row("scan-abandoned", "load", order(sim.Relaxed), "claimNext", "_mi_arena_segment_clear_abandoned_next | arena-abandon.c:245", "mark-abandoned"),
	claimByScan:     row("claim-by-scan", "and", order(sim.AcqRel), "claimNext", "_mi_bitmap_unclaim | arena-abandon.c:211", "mark-abandoned"),
	ownReclaimed:    row("own-reclaimed", "store", order(sim.Release), "reclaim", "mi_segment_reclaim | segment.c:1218", "free-owner"),
	ownLook:         row("own-look", "load", order(sim.Relaxed), "reclaim", "mi_segment_reclaim | segment.c:1218", "own-mark"),
	ownAlloc:        row("own-alloc", "store", order(sim.SeqCst), "segmentAlloc", "mi_segment_alloc, segment.c:901 | 929", "free-owner"),
	ownHuge:         row("own-huge", "store", order(sim.SeqCst), "hugeAlloc", "mi_segment_huge_page_alloc, segment.c:1529 | 1577", "own-huge-claim"),
	ownHugeClaim:    row("own-huge-claim", "cas", bothWays, "freeHuge", "_mi_segment_huge_page_free, segment.c:1563 | 1612", "own-huge"),
	inuseLoad:       row("inuse-load", "load", order(sim.Relaxed), "arenaTake", "_mi_bitmap_try_find_claim_field | bitmap.c:49", "inuse-give"),
	inuseTake:       row("inuse-take", "cas", bothWays, "arenaTake", "_mi_bitmap_try_find_claim_field | bitmap.c:70", "inuse-give"),
	inuseGive:       row("inuse-give", "and", order(sim.AcqRel), "arenaGive", "_mi_bitmap_unclaim_across | bitmap.c:355", "inuse-take"),
	osLock:          row("os-lock", "lock", order(sim.AcqRel), "osMark", "abandoned_os_lock | arena-abandon.c", "os-unlock"),
	osTryLock:       row("os-try-lock", "trylock", order(sim.AcqRel), "osClaim", "abandoned_os_lock | arena-abandon.c", "os-unlock"),
	osUnlock:        row("os-unlock", "unlock", order(sim.AcqRel), "osMark", "abandoned_os_lock | arena-abandon.c", "os-lock"),
	claimByOwner:    row("claim-by-owner", "cas", order(sim.Relaxed), "claimOn", "none: change M9", "own-mark"),
	claimLoad:       row("claim-load", "load", order(sim.AcqRel), "claimOn", "none: changes M7 and claim-without-mark", "claim-store"),
	claimStore:      row("claim-store", "store", order(sim.AcqRel), "claimOn", "none: change M7", "claim-load"),
	handOver:        row("hand-over", "store", order(sim.Release), "signal", "none: the program's own", "hand-over-await"),
	handOverAwait:   row("hand-over-await", "load", order(sim.Acquire), "await", "none: the program's own", "hand-over"),
}

// Sites is the table of the kernels' atomic sites.
func Sites() []search.SiteInfo { return sites[:] }
