package change

import "midiff/diff/explore/rewrite"

// AtomicFlags is the fix of the data race on page.flags: accesses to it are not checked any more, as those
// of an atomic byte with relaxed order would not be.
const AtomicFlags = "atomic-flags"

// All are the changes. A patch has as many lines as what it replaces, so they look crowded.
var All = []Change{
	{Name: "M1", Kind: Mutant, Orders: map[string]string{"ThreadFreeTake": "release"},
		Text: "collect takes the thread-free list without acquire: the links in its blocks are read unsynchronised"},
	{Name: "M2", Kind: Mutant, Orders: map[string]string{"ThreadFreePush": "relaxed"},
		Text: "a free by another thread pushes without release: the block's link is not published"},
	{Name: "M3", Kind: Mutant, Orders: map[string]string{"AbandonedPush": "relaxed"},
		Text: "a segment goes on the abandoned list without release: its records are not published"},
	{Name: "M3a", Kind: Mutant, Orders: map[string]string{"AbandonedPush": "acquire"},
		Text: "the same, with acquire"},
	{Name: "M4", Kind: Mutant, Orders: map[string]string{"AbandonedPopLoad": "relaxed", "AbandonedPop": "release"},
		Text: "a segment is popped off the abandoned list without acquire: its records are read unsynchronised"},
	{Name: "M4a", Kind: Mutant, Orders: map[string]string{"AbandonedPop": "release"},
		Text: "the compare-and-swap of the pop does not acquire, nor does a failing one: its next round uses what it did not acquire"},
	{Name: "M6", Kind: Mutant, Text: "the segment is touched after it went on the abandoned list",
		Patches: []rewrite.Patch{{File: "abandon.go", Old: "\tt.proc.abandoned.push(s)\n}",
			New: "\tt.proc.abandoned.push(s); if CHANGED { s.abandonedVisits = 1 }\n}"}}},
	{Name: "M7", Kind: Mutant, Text: "the pop is a load and a store: two threads get one segment",
		Patches: []rewrite.Patch{{File: "abandoned.go",
			Old: "if a.abandoned.CasAcqRel(atom.AbandonedPop, &top, tagged(Addr(next), top)) {",
			New: "if !CHANGED && a.abandoned.CasAcqRel(atom.AbandonedPop, &top, tagged(Addr(next), top)) { break }; " +
				"if CHANGED { a.abandoned.StoreRel(atom.AbandonedPop, tagged(Addr(next), top))"}}},
	{Name: "M9", Kind: Mutant, Orders: map[string]string{"OwnerHugeClaim": "relaxed"},
		Text: "a free claims an abandoned segment by its thread id alone, relaxed: it may not be ready, and stays on the list",
		Patches: []rewrite.Patch{{File: "free.go", Old: "\t} else {\n\t\tt.freeRemote(s, pg, b)",
			New: "\t} else { if CHANGED && !s.huge && t.heap != t.proc.emptyHeap { nobody := uint64(0); " +
				"if s.threadID.CasStrongAcqRel(atom.OwnerHugeClaim, &nobody, t.id) { t.segmentReclaim(s, t.heap, 0); t.Free(p); return } }\n" +
				"\t\tt.freeRemote(s, pg, b)"}}},
	{Name: "M10", Kind: Mutant, Orders: map[string]string{"DelayedPush": "relaxed"},
		Text: "a block goes on a heap's delayed list without release: its link is not published"},
	{Name: "M10a", Kind: Mutant, Orders: map[string]string{"DelayedTake": "release"},
		Text: "the delayed list is taken without acquire: the links are read unsynchronised"},
	{Name: "M17", Kind: Mutant, Text: "coalescing does not ask whether the segment is abandoned: a visitor queues spans that it does not own",
		Patches: []rewrite.Patch{
			{File: "span.go", Old: "\tabandoned := s.isAbandoned()", New: "\tabandoned := !CHANGED && s.isAbandoned()"},
			{File: "span.go", Old: "queued := !s.huge && !s.isAbandoned()", New: "queued := !s.huge && (CHANGED || !s.isAbandoned())"}}},
	{Name: "untagged", Kind: Mutant, Text: "no counter in the top of the abandoned list: a pop succeeds though the top went and came back",
		Patches: []rewrite.Patch{{File: "abandoned.go", Old: "uint64 { return uint64(s) | (old+1)&tagMask }",
			New: "uint64 { if CHANGED { return uint64(s) }; return uint64(s) | (old+1)&tagMask }"}}},
	{Name: "unawaited", Kind: Mutant, Text: "memory is given back without waiting for those who read the list",
		Patches: []rewrite.Patch{{File: "abandoned.go", Old: "for a.readers.LoadAcq(atom.ReadersAwait) != 0 {",
			New: "for !CHANGED && a.readers.LoadAcq(atom.ReadersAwait) != 0 {"}}},
	{Name: "exit-delays", Kind: Mutant, Text: "an ending thread does not close its pages against delayed frees",
		Patches: []rewrite.Patch{{File: "collect.go",
			Old: "t.eachPage(h, func(_ uintptr, p *page) { t.useDelayed(p, freeNeverDelayed, false) })",
			New: "if !CHANGED { t.eachPage(h, func(_ uintptr, p *page) { t.useDelayed(p, freeNeverDelayed, false) }) }"}}},
	{Name: "heap-late", Kind: Mutant, Text: "reclaim opens a page for delayed frees before it has a heap: such a block is dropped",
		Patches: []rewrite.Patch{{File: "abandon.go",
			Old: "\tp.heap.StoreRel(atom.PageHeapReclaim, uint64(raw.Of(h)))\n\tt.useDelayed(p, freeUseDelayed, true)",
			New: "\tif CHANGED { t.useDelayed(p, freeUseDelayed, true) }; p.heap.StoreRel(atom.PageHeapReclaim, uint64(raw.Of(h)))\n" +
				"\tt.useDelayed(p, freeUseDelayed, true)"}}},

	{Name: "owner-relaxed", Kind: Harmless, Text: "every access to a segment's thread id is relaxed: whoever needs it in order has another edge",
		Orders: map[string]string{"OwnerAlloc": "relaxed", "OwnerRelease": "relaxed", "OwnerAbandon": "relaxed",
			"OwnerReclaim": "relaxed", "OwnerAbandoned": "relaxed"}},
	{Name: "collect-acquire", Kind: Harmless, Orders: map[string]string{"ThreadFreeTake": "acquire"},
		Text: "collect takes the thread-free list with acquire alone: it publishes nothing"},
	{Name: "unlink-relaxed", Kind: Harmless, Orders: map[string]string{"AbandonedPopUnlink": "relaxed", "AbandonedNextInit": "relaxed",
		"AbandonedNextAbandon": "relaxed"},
		Text: "the link of a segment that is on no list is cleared relaxed"},
	{Name: "push-link-relaxed", Kind: Harmless, Orders: map[string]string{"AbandonedPushLink": "relaxed", "VisitedPushLink": "relaxed",
		"RevisitPrependLink": "relaxed"},
		Text: "links of the abandoned lists are written relaxed: the push after each publishes it"},
	{Name: "delayed-take-acquire", Kind: Harmless, Orders: map[string]string{"DelayedTake": "acquire"},
		Text: "the delayed list is taken with acquire alone"},

	{Name: AtomicFlags, Kind: Fix,
		Text: "page.flags is one atomic byte: another thread reads it while the owner changes another bit of it"},
	{Name: "push-acquire", Kind: Fix, Orders: map[string]string{"ThreadFreePush": "acq_rel"},
		Text: "a free that finds the page open for delayed frees acquires: so it sees the heap that the page was given before it was opened"},
	{Name: "append-swaps", Kind: Fix, Orders: map[string]string{"ThreadFreePush": "acq_rel", "ThreadFreeFlag": "acq_rel"},
		Text: "a page's flag is set by a compare-and-swap even where it has that value: so whoever frees later sees the page's new heap",
		Patches: []rewrite.Patch{{File: "free.go", Old: "case old == flag, old == freeNeverDelayed && !overrideNever:",
			New: "case old == flag && !CHANGED, old == freeNeverDelayed && !overrideNever:"}}},
	{Name: "readers-seq-cst", Kind: Fix, Orders: map[string]string{"ReadersEnter": "seq_cst", "AbandonedPopLoad": "seq_cst",
		"AbandonedPop": "seq_cst", "ReadersAwait": "seq_cst", "ReadersLeave": "release"},
		Text: "who reads the list is seen by whoever waits for that, and has finished for them when it leaves"},
	{Name: "collect-awaits", Kind: Fix, Text: "a forced collect waits for those who read the list, too, before it gives cached segments back",
		Patches: []rewrite.Patch{{File: "cache.go", Old: "\t\tc.release(t, mem.at, segmentSize, segmentSize, 0, mem.id)",
			New: "\t\tif CHANGED { t.proc.abandoned.awaitReaders() }; c.release(t, mem.at, segmentSize, segmentSize, 0, mem.id)"}}},
}
