// The table of atomic sites. See atom.go for what a site is.

package atom

// Order is a C11 memory order, or the pair that a compare-and-swap names (success, failure).
type Order string

// The orders that occur.
const (
	Relaxed Order = "relaxed"
	Acquire Order = "acquire"
	Release Order = "release"
	AcqRel  Order = "acq_rel"
	SeqCst  Order = "seq_cst"
)

// Site identifies one atomic access in the allocator's source.
type Site uint16

// One constant per access. The name is the word accessed, then what is done to it there.
const (
	PageHeapRead Site = iota
	PageHeapInit
	PageHeapAbandon
	PageHeapFree
	PageHeapReclaim
	PageHeapAppend
	PageHeapRemote
	PageHeapLeave
	ThreadFreePeek
	ThreadFreeTakeLoad
	ThreadFreeTake
	ThreadFreeFlagLoad
	ThreadFreeFlag
	ThreadFreePushLoad
	ThreadFreePush
	ThreadFreeDoneLoad
	ThreadFreeDone
	DelayedPushLoad
	DelayedPush
	DelayedTakeLoad
	DelayedTake
	DelayedBackLoad
	DelayedBack
	DelayedReset
	OwnerFree
	OwnerAbandoned
	OwnerAlloc
	OwnerRelease
	OwnerAbandon
	OwnerReclaim
	OwnerHuge
	OwnerHugeClaim
	AbandonedNextInit
	AbandonedNextAbandon
	AbandonedPushLoad
	AbandonedPushLink
	AbandonedPush
	AbandonedPopPeek
	AbandonedPopLoad
	AbandonedPopLink
	AbandonedPop
	AbandonedPopUnlink
	VisitedPushLoad
	VisitedPushLink
	VisitedPush
	RevisitPeek
	RevisitTake
	RevisitLoad
	RevisitSwap
	RevisitWalk
	RevisitPrependLoad
	RevisitPrependLink
	RevisitPrepend
	AbandonedCountPush
	AbandonedCountPop
	AbandonedCountMove
	VisitedCountPush
	VisitedCountLoad
	VisitedCountPrependLoad
	VisitedCountMove
	ReadersEnter
	ReadersLeave
	ReadersAwait
	ThreadCountLoad
	ThreadCountInit
	ThreadCountDone
	ThreadIDNext
	ThreadDataPeek
	ThreadDataTake
	ThreadDataGivePeek
	ThreadDataGive
	ThreadDataDropPeek
	ThreadDataDrop
	BitmapScan
	BitmapFindLoad
	BitmapFindClaim
	BitmapClaim
	BitmapUnclaim
	RunPeek
	RunScan
	RunHeadLoad
	RunHead
	RunMiddle
	RunTailLoad
	RunTail
	RunUndoMiddle
	RunUndoLoad
	RunUndo
	RunClaim
	RunUnclaim
	RunLook
	ArenaCountLoad
	ArenaCountUp
	ArenaCountDown
	ArenaLoad
	ArenaPublish
	ArenaLostLook
	ArenaLost
	ArenaRefused
	ArenaWithheld
	ArenaStartInit
	ArenaStartLoad
	CacheExpireProbe
	CacheExpireCheck
	CacheExpireClear
	CacheExpirePop
	CacheExpireInit
	CacheExpireSet
	RandomGoneLoad
	RandomGoneSet
	HintInit
	ResetAdviceLoad
	ResetAdviceSet
	SegmentMapAddLoad
	SegmentMapAdd
	SegmentMapRemoveLoad
	SegmentMapRemove
	SegmentMapLook
	SegmentMapSearch
	StatCurrentAdd
	StatPeakLoad
	StatPeakRaise
	StatAllocatedAdd
	StatFreedAdd
	StatCountAdd
	StatTotalAdd
	StatAllocatedMerge
	StatCurrentMerge
	StatFreedMerge
	StatPeakMerge
	StatTotalMerge
	StatCountMerge
	StatAllocatedClear
	StatFreedClear
	StatPeakClear
	StatCurrentClear
	StatTotalClear
	StatCountClear
	DelayedVisitLoad
	DelayedCountLoad
	OwnerMark
	AbandonedMark
	AbandonedMarkedUp
	AbandonedTake
	AbandonedTakenDown
	OwnerTakeMarked
	OwnerTakeListed
	AbandonedBeginLoad
	ListedBeginLoad
	ArenaCountBegin
	ArenaCountNext
	AbandonedScan
	AbandonedPopMark
	AbandonedReturn
	AbandonedPoppedDown
	ArenaLockPeek
	ArenaLock
	ArenaUnlock
	ArenaFind
	ArenaCountTry
	ArenaCountReserve
	ArenaCountClaimLoad
	ArenaCountClaim
	ArenaPublish23
	PurgeExpireSet
	PurgeAnySet
	PurgeAnyLoad
	ArenaCountPurge
	PurgeGuard
	PurgeAnyNext
	PurgeAnyClear
	PurgeGuardEnd
	PurgeExpireLoad
	PurgeExpireTake
	PurgeExpireAgain
	PurgeScan
	PurgeLook
	BitmapTryLoad
	BitmapTryClaim
	MetaTopPeek
	MetaTopAdd
	MetaTopUndo
	AbandonedTriesLoad
	OwnerOnFree
	OwnerAttempt
	OwnerSpanFree
	OwnerReclaim23
	MapPartLoad
	MapPartMake
	MapPartAddLoad
	MapPartAdd
	MapPartRemoveLoad
	MapPartRemove
	MapPartLook
	ArenaCountContains
	ArenaContains
	ListLockPeek
	ListLock
	ListTryLock
	ListUnlock
	VisitLockPeek
	VisitLock
	VisitUnlock
	ListedUp
	AbandonedListedUp
	AbandonedListedDown
	ListedDown
	StatTotalMerge23
	StatCurrentMerge23
	StatPeakMergeLoad23
	StatPeakMerge23
	numSites
)

// Info describes a site: the Go function it is in, the reference's function it mirrors, the
// reference's memory order there, and the site whose access it pairs with (itself: the same access
// by another thread).
type Info struct {
	Func, Counterpart string
	Order             Order
	Partner           Site
}

// Sites describes every site, by number.
var Sites = [numSites]Info{
	PageHeapRead:            {"page.owner", "mi_page_heap", Relaxed, PageHeapInit},
	PageHeapInit:            {"pageInit", "mi_page_init", Release, PageHeapRemote},
	PageHeapAbandon:         {"pageAbandon", "_mi_page_abandon", Release, PageHeapRemote},
	PageHeapLeave:           {"abandonedHuge.adopt", "mi_large_huge_page_alloc", Release, PageHeapRemote},
	PageHeapFree:            {"pageFree", "_mi_page_free", Release, PageHeapRemote},
	PageHeapReclaim:         {"reclaimPage", "mi_segment_reclaim", Release, PageHeapRemote},
	PageHeapAppend:          {"queueAppend", "_mi_page_queue_append", Release, PageHeapRemote},
	PageHeapRemote:          {"delayBlock", "_mi_free_block_mt", Acquire, PageHeapAppend},
	ThreadFreePeek:          {"page.threadFreeBlock", "mi_page_thread_free", Relaxed, ThreadFreePush},
	ThreadFreeTakeLoad:      {"collectThreadFree", "_mi_page_thread_free_collect", Relaxed, ThreadFreePush},
	ThreadFreeTake:          {"collectThreadFree", "_mi_page_thread_free_collect", AcqRel, ThreadFreePush},
	ThreadFreeFlagLoad:      {"tryUseDelayed", "_mi_page_try_use_delayed_free", Acquire, ThreadFreeDone},
	ThreadFreeFlag:          {"tryUseDelayed", "_mi_page_try_use_delayed_free", Release, ThreadFreePush},
	ThreadFreePushLoad:      {"Thread.freeRemote", "_mi_free_block_mt", Relaxed, ThreadFreePush},
	ThreadFreePush:          {"Thread.freeRemote", "_mi_free_block_mt", Release, ThreadFreeTake},
	ThreadFreeDoneLoad:      {"Thread.freeRemote", "_mi_free_block_mt", Relaxed, ThreadFreePush},
	ThreadFreeDone:          {"Thread.freeRemote", "_mi_free_block_mt", Release, ThreadFreeFlagLoad},
	DelayedPushLoad:         {"delayBlock", "_mi_free_block_mt", Relaxed, DelayedPush},
	DelayedPush:             {"delayBlock", "_mi_free_block_mt", Release, DelayedTake},
	DelayedTakeLoad:         {"delayedFreePartial", "_mi_heap_delayed_free_partial", Relaxed, DelayedPush},
	DelayedTake:             {"delayedFreePartial", "_mi_heap_delayed_free_partial", AcqRel, DelayedPush},
	DelayedBackLoad:         {"delayedReinsert", "_mi_heap_delayed_free_partial", Relaxed, DelayedPush},
	DelayedBack:             {"delayedReinsert", "_mi_heap_delayed_free_partial", Release, DelayedTake},
	DelayedReset:            {"heapResetPages", "mi_heap_reset_pages", SeqCst, DelayedTake},
	OwnerFree:               {"Free", "mi_free", Relaxed, OwnerAlloc},
	OwnerAbandoned:          {"segment.isAbandoned", "mi_segment_is_abandoned", SeqCst, OwnerAbandon},
	OwnerAlloc:              {"segmentAlloc", "mi_segment_alloc", SeqCst, OwnerFree},
	OwnerRelease:            {"segmentRelease", "mi_segment_os_free", SeqCst, OwnerFree},
	OwnerAbandon:            {"segmentAbandon", "mi_segment_abandon", SeqCst, OwnerFree},
	OwnerHuge:               {"abandonedHuge.adopt", "mi_segment_huge_page_alloc", SeqCst, OwnerFree},
	OwnerHugeClaim:          {"abandonedHuge.freeRemote", "_mi_segment_huge_page_free", AcqRel, OwnerHuge},
	OwnerReclaim:            {"plainOwner.own", "mi_segment_reclaim", SeqCst, OwnerFree},
	AbandonedNextInit:       {"enter", "mi_segment_alloc", Release, AbandonedPopLink},
	AbandonedNextAbandon:    {"push", "mi_segment_abandon", Release, AbandonedPopLink},
	AbandonedPushLoad:       {"push", "mi_abandoned_push", Relaxed, AbandonedPush},
	AbandonedPushLink:       {"push", "mi_abandoned_push", Release, AbandonedPopLink},
	AbandonedPush:           {"push", "mi_abandoned_push", Release, AbandonedPopLoad},
	AbandonedPopPeek:        {"pop", "mi_abandoned_pop", Relaxed, AbandonedPush},
	AbandonedPopLoad:        {"pop", "mi_abandoned_pop", Acquire, AbandonedPush},
	AbandonedPopLink:        {"pop", "mi_abandoned_pop", Relaxed, AbandonedPushLink},
	AbandonedPop:            {"pop", "mi_abandoned_pop", AcqRel, AbandonedPush},
	AbandonedPopUnlink:      {"pop", "mi_abandoned_pop", Release, AbandonedPopLink},
	VisitedPushLoad:         {"pushVisited", "mi_abandoned_visited_push", Relaxed, VisitedPush},
	VisitedPushLink:         {"pushVisited", "mi_abandoned_visited_push", Release, RevisitWalk},
	VisitedPush:             {"pushVisited", "mi_abandoned_visited_push", Release, RevisitTake},
	RevisitPeek:             {"revisit", "mi_abandoned_visited_revisit", Relaxed, VisitedPush},
	RevisitTake:             {"revisit", "mi_abandoned_visited_revisit", AcqRel, VisitedPush},
	RevisitLoad:             {"revisit", "mi_abandoned_visited_revisit", Relaxed, AbandonedPush},
	RevisitSwap:             {"revisit", "mi_abandoned_visited_revisit", AcqRel, AbandonedPopLoad},
	RevisitWalk:             {"prepend", "mi_abandoned_visited_revisit", Relaxed, VisitedPushLink},
	RevisitPrependLoad:      {"prepend", "mi_abandoned_visited_revisit", Relaxed, AbandonedPush},
	RevisitPrependLink:      {"prepend", "mi_abandoned_visited_revisit", Release, AbandonedPopLink},
	RevisitPrepend:          {"prepend", "mi_abandoned_visited_revisit", Release, AbandonedPopLoad},
	AbandonedCountPush:      {"push", "mi_abandoned_push", Relaxed, AbandonedCountPop},
	AbandonedCountPop:       {"pop", "mi_abandoned_pop", Relaxed, AbandonedCountPush},
	AbandonedCountMove:      {"countMoved", "mi_abandoned_visited_revisit", Relaxed, AbandonedCountPop},
	VisitedCountPush:        {"pushVisited", "mi_abandoned_visited_push", Relaxed, VisitedCountMove},
	VisitedCountLoad:        {"revisit", "mi_abandoned_visited_revisit", Relaxed, VisitedCountPush},
	VisitedCountPrependLoad: {"prepend", "mi_abandoned_visited_revisit", Relaxed, VisitedCountPush},
	VisitedCountMove:        {"countMoved", "mi_abandoned_visited_revisit", Relaxed, VisitedCountPush},
	ReadersEnter:            {"pop", "mi_abandoned_pop", Relaxed, ReadersAwait},
	ReadersLeave:            {"pop", "mi_abandoned_pop", Relaxed, ReadersAwait},
	ReadersAwait:            {"awaitReaders", "_mi_abandoned_await_readers", Acquire, ReadersLeave},
	ThreadCountLoad:         {"eagerDelay", "_mi_current_thread_count", Relaxed, ThreadCountInit},
	ThreadCountInit:         {"countIn", "mi_thread_init", Relaxed, ThreadCountLoad},
	ThreadCountDone:         {"threadDone", "_mi_thread_done", Relaxed, ThreadCountLoad},
	ThreadIDNext:            {"newID", "_mi_thread_id", Relaxed, ThreadIDNext},
	ThreadDataPeek:          {"threadDataAlloc", "mi_thread_data_alloc", Relaxed, ThreadDataGive},
	ThreadDataTake:          {"threadDataAlloc", "mi_thread_data_alloc", AcqRel, ThreadDataGive},
	ThreadDataGivePeek:      {"threadDataFree", "mi_thread_data_free", Relaxed, ThreadDataTake},
	ThreadDataGive:          {"threadDataFree", "mi_thread_data_free", AcqRel, ThreadDataTake},
	ThreadDataDropPeek:      {"threadDataCollect", "mi_thread_data_collect", Relaxed, ThreadDataGive},
	ThreadDataDrop:          {"threadDataCollect", "mi_thread_data_collect", AcqRel, ThreadDataGive},
	BitmapScan:              {"lowest", "none", Relaxed, BitmapUnclaim},
	BitmapFindLoad:          {"claimInField", "_mi_bitmap_try_find_claim_field", Relaxed, BitmapUnclaim},
	BitmapFindClaim:         {"claimInField", "_mi_bitmap_try_find_claim_field", AcqRel, BitmapUnclaim},
	BitmapClaim:             {"claim", "_mi_bitmap_claim", AcqRel, BitmapUnclaim},
	BitmapUnclaim:           {"unclaim", "_mi_bitmap_unclaim", AcqRel, BitmapFindClaim},
	RunPeek:                 {"claimAcross", "mi_bitmap_try_find_claim_field_across", Relaxed, RunUnclaim},
	RunScan:                 {"scanRun", "mi_bitmap_try_find_claim_field_across", Relaxed, RunUnclaim},
	RunHeadLoad:             {"takeRun", "mi_bitmap_try_find_claim_field_across", Relaxed, RunUnclaim},
	RunHead:                 {"takeRun", "mi_bitmap_try_find_claim_field_across", AcqRel, RunUnclaim},
	RunMiddle:               {"takeRun", "mi_bitmap_try_find_claim_field_across", AcqRel, RunUnclaim},
	RunTailLoad:             {"takeRun", "mi_bitmap_try_find_claim_field_across", Relaxed, RunUnclaim},
	RunTail:                 {"takeRun", "mi_bitmap_try_find_claim_field_across", AcqRel, RunUnclaim},
	RunUndoMiddle:           {"undoRun", "mi_bitmap_try_find_claim_field_across", Release, RunMiddle},
	RunUndoLoad:             {"undoRun", "mi_bitmap_try_find_claim_field_across", Relaxed, RunHead},
	RunUndo:                 {"undoRun", "mi_bitmap_try_find_claim_field_across", AcqRel, RunHead},
	RunClaim:                {"setRun", "_mi_bitmap_claim_across", AcqRel, RunUnclaim},
	RunUnclaim:              {"unclaimRun", "_mi_bitmap_unclaim_across", AcqRel, RunHead},
	RunLook:                 {"inRun", "mi_bitmap_is_claimedx_across", Relaxed, RunClaim},
	ArenaCountLoad:          {"alloc", "mi_arena_allocate", Relaxed, ArenaCountUp},
	ArenaCountUp:            {"committedOnUse.add", "mi_arena_add", AcqRel, ArenaCountDown},
	ArenaCountDown:          {"committedOnUse.add", "mi_arena_add", AcqRel, ArenaCountUp},
	ArenaLoad:               {"arenaSet.at", "mi_arena_allocate", Relaxed, ArenaPublish},
	ArenaPublish:            {"committedOnUse.add", "mi_arena_add", Release, ArenaLoad},
	ArenaLostLook:           {"arena.alloc", "none", Relaxed, ArenaLost},
	ArenaLost:               {"lose", "none", Relaxed, ArenaLostLook},
	ArenaRefused:            {"commit", "none", Relaxed, ArenaRefused},
	ArenaWithheld:           {"withhold", "none", Relaxed, ArenaRefused},
	ArenaStartInit:          {"initArena", "mi_manage_os_memory_ex", SeqCst, ArenaStartLoad},
	ArenaStartLoad:          {"arena.block", "mi_arena_alloc_from", SeqCst, ArenaStartInit},
	CacheExpireProbe:        {"purge", "mi_segment_cache_purge", Relaxed, CacheExpireSet},
	CacheExpireCheck:        {"purgeSlot", "mi_segment_cache_purge", Acquire, CacheExpireSet},
	CacheExpireClear:        {"purgeSlot", "mi_segment_cache_purge", Relaxed, CacheExpireProbe},
	CacheExpirePop:          {"pop", "mi_segment_cache_pop_ex", Release, CacheExpireProbe},
	CacheExpireInit:         {"push", "_mi_segment_cache_push", Relaxed, CacheExpireProbe},
	CacheExpireSet:          {"schedule", "_mi_segment_cache_push", Release, CacheExpireCheck},
	RandomGoneLoad:          {"osRandom", "os_random_buf", Acquire, RandomGoneSet},
	RandomGoneSet:           {"osRandom", "os_random_buf", Release, RandomGoneLoad},
	HintInit:                {"hint", "mi_os_get_aligned_hint", AcqRel, HintInit},
	ResetAdviceLoad:         {"osReset", "mi_os_resetx", Relaxed, ResetAdviceSet},
	ResetAdviceSet:          {"osReset", "mi_os_resetx", Release, ResetAdviceLoad},
	SegmentMapAddLoad:       {"mapAdd", "_mi_segment_map_allocated_at", Relaxed, SegmentMapAdd},
	SegmentMapAdd:           {"mapAdd", "_mi_segment_map_allocated_at", Release, SegmentMapLook},
	SegmentMapRemoveLoad:    {"mapRemove", "_mi_segment_map_freed_at", Relaxed, SegmentMapAdd},
	SegmentMapRemove:        {"mapRemove", "_mi_segment_map_freed_at", Release, SegmentMapLook},
	SegmentMapLook:          {"segmentWith", "_mi_segment_of", Relaxed, SegmentMapAdd},
	SegmentMapSearch:        {"mapBelow", "_mi_segment_of", Relaxed, SegmentMapAdd},
	StatCurrentAdd:          {"Process.count", "mi_stat_update", Relaxed, StatCurrentMerge},
	StatPeakLoad:            {"Process.count", "mi_stat_update", Relaxed, StatPeakRaise},
	StatPeakRaise:           {"Process.count", "mi_stat_update", Release, StatPeakLoad},
	StatAllocatedAdd:        {"Process.count", "mi_stat_update", Relaxed, StatAllocatedMerge},
	StatFreedAdd:            {"Process.count", "mi_stat_update", Relaxed, StatFreedMerge},
	StatCountAdd:            {"Process.tally", "_mi_stat_counter_increase", Relaxed, StatCountMerge},
	StatTotalAdd:            {"Process.tally", "_mi_stat_counter_increase", Relaxed, StatTotalMerge},
	StatAllocatedMerge:      {"counts20.merge", "mi_stat_add", Relaxed, StatAllocatedAdd},
	StatCurrentMerge:        {"counts20.merge", "mi_stat_add", Relaxed, StatCurrentAdd},
	StatFreedMerge:          {"counts20.merge", "mi_stat_add", Relaxed, StatFreedAdd},
	StatPeakMerge:           {"counts20.merge", "mi_stat_add", Relaxed, StatPeakRaise},
	StatTotalMerge:          {"mergeStats", "mi_stat_counter_add", Relaxed, StatTotalAdd},
	StatCountMerge:          {"mergeStats", "mi_stat_counter_add", Relaxed, StatCountAdd},
	StatAllocatedClear:      {"sharedStat.clear", "mi_stats_reset", Relaxed, StatAllocatedMerge},
	StatFreedClear:          {"sharedStat.clear", "mi_stats_reset", Relaxed, StatFreedMerge},
	StatPeakClear:           {"sharedStat.clear", "mi_stats_reset", Relaxed, StatPeakMerge},
	StatCurrentClear:        {"sharedStat.clear", "mi_stats_reset", Relaxed, StatCurrentMerge},
	StatTotalClear:          {"ResetStats", "mi_stats_reset", Relaxed, StatTotalMerge},
	StatCountClear:          {"ResetStats", "mi_stats_reset", Relaxed, StatCountMerge},
	DelayedVisitLoad:        {"VisitBlocks", "none", Relaxed, DelayedPush},
	DelayedCountLoad:        {"staleCounts", "none", Relaxed, DelayedPush},
	OwnerMark:               {"abandonedMarks.push", "_mi_arena_segment_mark_abandoned", Release, OwnerFree},
	AbandonedMark:           {"abandonedMarks.push", "_mi_arena_segment_mark_abandoned", AcqRel, AbandonedPopMark},
	AbandonedMarkedUp:       {"abandonedMarks.push", "_mi_arena_segment_mark_abandoned", Relaxed, AbandonedTriesLoad},
	AbandonedTake:           {"abandonedMarks.take", "_mi_arena_segment_clear_abandoned", AcqRel, AbandonedMark},
	AbandonedTakenDown:      {"abandonedMarks.take", "_mi_arena_segment_clear_abandoned", Relaxed, AbandonedTriesLoad},
	OwnerTakeMarked:         {"abandonedMarks.take", "_mi_arena_segment_clear_abandoned", Release, OwnerFree},
	OwnerTakeListed:         {"abandonedMarks.takeListed", "mi_arena_segment_os_clear_abandoned", Release, OwnerFree},
	AbandonedBeginLoad:      {"abandonedMarks.begin", "_mi_arena_field_cursor_init", Relaxed, AbandonedMarkedUp},
	ListedBeginLoad:         {"abandonedMarks.begin", "_mi_arena_field_cursor_init", Relaxed, ListedUp},
	ArenaCountBegin:         {"abandonedMarks.begin", "_mi_arena_field_cursor_init", Relaxed, ArenaCountClaim},
	ArenaCountNext:          {"abandonedMarks.popMarked", "mi_arena_segment_clear_abandoned_next_field", Relaxed, ArenaCountClaim},
	AbandonedScan:           {"abandonedMarks.popFrom", "mi_arena_segment_clear_abandoned_next_field", Relaxed, AbandonedMark},
	AbandonedPopMark:        {"abandonedMarks.popAt", "mi_arena_segment_clear_abandoned_at", AcqRel, AbandonedMark},
	AbandonedReturn:         {"abandonedMarks.popAt", "mi_arena_segment_clear_abandoned_at", AcqRel, AbandonedPopMark},
	AbandonedPoppedDown:     {"abandonedMarks.popAt", "mi_arena_segment_clear_abandoned_at", Relaxed, AbandonedTriesLoad},
	ArenaLockPeek:           {"arena.lockVisits", "mi_lock_acquire", Relaxed, ArenaUnlock},
	ArenaLock:               {"arena.lockVisits", "mi_lock_acquire", AcqRel, ArenaUnlock},
	ArenaUnlock:             {"arena.unlockVisits", "mi_lock_release", Release, ArenaLock},
	ArenaFind:               {"arenaSet.find", "mi_arena_from_index", Acquire, ArenaPublish23},
	ArenaCountTry:           {"reservedSource.allocInArena", "mi_arena_try_alloc", Relaxed, ArenaCountClaim},
	ArenaCountReserve:       {"reservedSource.reserve", "mi_arena_reserve", Acquire, ArenaCountClaim},
	ArenaCountClaimLoad:     {"reservedArenas.add", "mi_arena_add", Relaxed, ArenaCountClaim},
	ArenaCountClaim:         {"reservedArenas.add", "mi_arena_add", AcqRel, ArenaCountReserve},
	ArenaPublish23:          {"reservedArenas.add", "mi_arena_add", Release, ArenaFind},
	PurgeExpireSet:          {"reservedSource.schedule", "mi_arena_schedule_purge", AcqRel, PurgeExpireTake},
	PurgeAnySet:             {"reservedSource.schedule", "mi_arena_schedule_purge", AcqRel, PurgeAnyLoad},
	PurgeAnyLoad:            {"reservedSource.purge", "mi_arenas_try_purge", Acquire, PurgeAnySet},
	ArenaCountPurge:         {"reservedSource.purge", "mi_arenas_try_purge", Acquire, ArenaCountClaim},
	PurgeGuard:              {"reservedSource.purge", "mi_arenas_try_purge", AcqRel, PurgeGuardEnd},
	PurgeAnyNext:            {"reservedSource.purge", "mi_arenas_try_purge", Release, PurgeAnyLoad},
	PurgeAnyClear:           {"reservedSource.purge", "mi_arenas_try_purge", Release, PurgeAnyLoad},
	PurgeGuardEnd:           {"reservedSource.purge", "mi_arenas_try_purge", Release, PurgeGuard},
	PurgeExpireLoad:         {"reservedSource.purgeArena", "mi_arena_try_purge", Relaxed, PurgeExpireSet},
	PurgeExpireTake:         {"reservedSource.purgeArena", "mi_arena_try_purge", AcqRel, PurgeExpireSet},
	PurgeExpireAgain:        {"reservedSource.purgeArena", "mi_arena_try_purge", AcqRel, PurgeExpireTake},
	PurgeScan:               {"arena.purgeField", "mi_arena_try_purge", Relaxed, RunClaim},
	PurgeLook:               {"arena.purgeField", "mi_arena_try_purge", Acquire, RunClaim},
	BitmapTryLoad:           {"bitmap.tryClaim", "_mi_bitmap_try_claim", Relaxed, RunUnclaim},
	BitmapTryClaim:          {"bitmap.tryClaim", "_mi_bitmap_try_claim", AcqRel, RunUnclaim},
	MetaTopPeek:             {"reservedSource.areaAlloc", "mi_arena_static_zalloc", Relaxed, MetaTopAdd},
	MetaTopAdd:              {"reservedSource.areaAlloc", "mi_arena_static_zalloc", AcqRel, MetaTopAdd},
	MetaTopUndo:             {"reservedSource.areaAlloc", "mi_arena_static_zalloc", AcqRel, MetaTopAdd},
	AbandonedTriesLoad:      {"shareReclaim.abandonedHint", "mi_segment_get_reclaim_tries", Relaxed, AbandonedMarkedUp},
	OwnerOnFree:             {"shareReclaim.onFree", "_mi_segment_attempt_reclaim", Relaxed, OwnerMark},
	OwnerAttempt:            {"shareReclaim.onFree", "_mi_segment_attempt_reclaim", Relaxed, OwnerMark},
	OwnerSpanFree:           {"markedOwner.unowned", "mi_segment_is_abandoned", Relaxed, OwnerMark},
	OwnerReclaim23:          {"markedOwner.own", "mi_segment_reclaim", Release, OwnerFree},
	MapPartLoad:             {"mapOfParts.part", "mi_segment_map_index_of", Relaxed, MapPartMake},
	MapPartMake:             {"mapOfParts.part", "mi_segment_map_index_of", Release, MapPartLoad},
	MapPartAddLoad:          {"mapOfParts.add", "_mi_segment_map_allocated_at", Relaxed, MapPartAdd},
	MapPartAdd:              {"mapOfParts.add", "_mi_segment_map_allocated_at", Release, MapPartLook},
	MapPartRemoveLoad:       {"mapOfParts.remove", "_mi_segment_map_freed_at", Relaxed, MapPartAdd},
	MapPartRemove:           {"mapOfParts.remove", "_mi_segment_map_freed_at", Release, MapPartLook},
	MapPartLook:             {"mapOfParts.begins", "_mi_segment_of", Relaxed, MapPartAdd},
	ArenaCountContains:      {"mapOfParts.inArena", "_mi_arena_contains", Relaxed, ArenaCountClaim},
	ArenaContains:           {"mapOfParts.inArena", "_mi_arena_contains", Relaxed, ArenaPublish23},
	ListLockPeek:            {"subprocess.lockList", "mi_lock_acquire", Relaxed, ListUnlock},
	ListLock:                {"subprocess.lockList", "mi_lock_acquire", AcqRel, ListUnlock},
	ListTryLock:             {"subprocess.tryLockList", "mi_lock_try_acquire", AcqRel, ListUnlock},
	ListUnlock:              {"subprocess.unlockList", "mi_lock_release", Release, ListLock},
	VisitLockPeek:           {"subprocess.lockVisits", "mi_lock_acquire", Relaxed, VisitUnlock},
	VisitLock:               {"subprocess.lockVisits", "mi_lock_acquire", AcqRel, VisitUnlock},
	VisitUnlock:             {"subprocess.unlockVisits", "mi_lock_release", Release, VisitLock},
	ListedUp:                {"subprocess.enlist", "mi_arena_segment_os_mark_abandoned", Relaxed, ListedBeginLoad},
	AbandonedListedUp:       {"subprocess.enlist", "mi_arena_segment_os_mark_abandoned", Relaxed, AbandonedTriesLoad},
	AbandonedListedDown:     {"subprocess.delist", "mi_arena_segment_os_clear_abandoned", Relaxed, AbandonedTriesLoad},
	ListedDown:              {"subprocess.delist", "mi_arena_segment_os_clear_abandoned", Relaxed, ListedBeginLoad},
	StatTotalMerge23:        {"counts23.merge", "mi_stat_count_add_mt", Relaxed, StatAllocatedAdd},
	StatCurrentMerge23:      {"counts23.merge", "mi_stat_count_add_mt", Relaxed, StatCurrentAdd},
	StatPeakMergeLoad23:     {"counts23.merge", "mi_stat_count_add_mt", Relaxed, StatPeakMerge23},
	StatPeakMerge23:         {"counts23.merge", "mi_stat_count_add_mt", Release, StatPeakMergeLoad23},
}
