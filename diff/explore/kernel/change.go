// The changes: those that must be caught, and those that must be let pass. See doc.go for an overview.

package kernel

import (
	"maps"

	"midiff/diff/explore/search"
	"midiff/diff/explore/sim"
)

// changes are known to every scenario.
var changes = []search.Change{
	{Name: "M1", Text: "collecting the thread-free list does not acquire: block.next is read without order",
		Orders: orders(sim.Release, "take")},
	{Name: "M2", Text: "pushing on the thread-free list does not release: block.next is not published",
		Orders: orders(sim.Relaxed, "push")},
	{Name: "M3", Text: "marking a segment abandoned does not release: its records are not published",
		Orders: orders(sim.Acquire, "mark-abandoned")},
	{Name: "M3-relaxed", Text: "M3, relaxed", Orders: orders(sim.Relaxed, "mark-abandoned")},
	{Name: "M4", Text: "claiming an abandoned segment does not acquire: its records are read without order",
		Orders: orders(sim.Release, "claim-on-free", "claim-by-scan")},
	{Name: "M4-relaxed", Text: "M4, relaxed", Orders: orders(sim.Relaxed, "claim-on-free", "claim-by-scan")},
	{Name: "M6", Text: "abandon touches the segment after the mark: it is somebody else's, or gone", Flag: true},
	{Name: "M7", Text: "claiming is a load and then a store: two may claim", Flag: true},
	{Name: "M9", Text: "claiming is a relaxed compare-and-swap of thread_id: that is 0 before the segment is ready", Flag: true},
	{Name: "M10", Text: "pushing on a heap's delayed list does not release", Orders: orders(sim.Relaxed, "push-delayed")},
	{Name: "M10-take", Text: "taking a heap's delayed list does not acquire", Orders: orders(sim.Release, "take-delayed")},
	{Name: "M17", Text: "coalescing does not ask whether the segment is abandoned: a visitor queues spans that it does not own",
		Flag: true},
	{Name: "M20", Text: "2.0: pushing on the abandoned list does not release", Orders: orders(sim.Relaxed, "list-push")},
	{Name: "M21", Text: "2.0: popping from the abandoned list does not acquire",
		Orders: orders(sim.Relaxed, "list-pop-load", "list-pop")},
	{Name: "untagged", Text: "2.0: no counter in the top of the abandoned list: a pop succeeds though the top went and came back", Flag: true},
	{Name: "unawaited", Text: "2.0: memory is given back without waiting for those who read the list", Flag: true},
	{Name: "exit-delays", Text: "an ending thread does not close its pages against delayed frees", Flag: true},
	{Name: "heap-late", Text: "reclaim opens a page for delayed frees before it has a heap: such a block is dropped", Flag: true},
	{Name: "not-freeing", Text: "a delayed free does not say that it is at work: nobody waits for it", Flag: true},
	{Name: "never-done", Text: "a delayed free does not say that it is through: whoever waits for it waits for ever", Flag: true},
	{Name: "append-hurries", Text: "a deleted heap's pages get their new heap without a look at their flags", Flag: true},
	{Name: "mark-early", Text: "2.3: a segment is marked abandoned before its free spans are out of the thread's queues", Flag: true},
	{Name: "claim-without-mark", Text: "2.3: the segments in the bitmap are taken by those who see the mark, without clearing it", Flag: true},
	{Name: "os-unlocked", Text: "2.3: the list of OS segments without its lock", Flag: true},
	{Name: "thread-id-relaxed", Kind: search.Harmless, Text: "every access to thread_id relaxed",
		Orders: orders(sim.Relaxed, "own-abandon", "own-release", "own-reclaim", "own-coalesce", "own-mark", "own-claim",
			"own-reclaimed", "own-alloc", "own-huge", "own-huge-claim")},
	{Name: "one-store", Kind: search.Harmless, Text: "the first of abandon's two stores to thread_id dropped (2.3)", Flag: true},
	{Name: "mark-release", Kind: search.Harmless, Text: "marking a segment abandoned is release", Orders: orders(sim.Release, "mark-abandoned")},
	{Name: "collect-acquire", Kind: search.Harmless, Text: "collecting the thread-free list is acquire",
		Orders: map[string]search.Pair{"take": {Success: sim.Acquire, Failure: sim.Acquire}}},
	{Name: "unlink-relaxed", Kind: search.Harmless, Text: "2.0: the links of abandoned segments are relaxed: the pushes publish them",
		Orders: orders(sim.Relaxed, "list-push-link", "list-pop-unlink", "visited-push-link", "prepend-link", "next-abandon")},
	{Name: "push-acquire", Kind: search.Fix, Text: "a free that finds a page open for delayed frees acquires, and so sees the page's heap",
		Orders: map[string]search.Pair{"push": {Success: sim.AcqRel, Failure: sim.Acquire}}},
	{Name: "append-swaps", Kind: search.Fix, Flag: true,
		Text: "a page's flag is swapped even where it has the value, and both sides of that acquire: whoever frees later sees the new heap",
		Orders: map[string]search.Pair{"push": {Success: sim.AcqRel, Failure: sim.Acquire},
			"flag": {Success: sim.AcqRel, Failure: sim.Acquire}}},
	{Name: "readers-ordered", Kind: search.Fix, Text: "2.0: readers of the list are ordered with the end of its segments",
		Orders: map[string]search.Pair{"readers-enter": {Success: sim.Acquire}, "readers-leave": {Success: sim.Release},
			"push": {Success: sim.AcqRel, Failure: sim.Acquire}}},
	{Name: "fix-a", Kind: search.Claim, Orders: both(orders(sim.Relaxed, "own-coalesce"), orders(sim.Release, "own-release", "own-huge")),
		Text: "with one-store the review's fix A: coalesce asks relaxed, a segment's end and a huge one's start clear thread_id with release"},
	{Name: "fix-b", Kind: search.Claim, Orders: orders(sim.Relaxed, "own-coalesce", "own-release"),
		Text: "with one-store the review's fix B: coalesce asks relaxed, a segment's end clears thread_id relaxed"},
	{Name: "plain-original", Kind: search.Claim, Text: "thread_id is no atomic word where the reference has no explicit order",
		Orders: orders(sim.Plain, "own-alloc", "own-abandon", "own-release", "own-huge", "own-coalesce", "own-reclaim")},
	{Name: "plain-fix-a", Kind: search.Claim, Text: "the same with fix A, which leaves one such access", Orders: orders(sim.Plain, "own-alloc")},
	{Name: "plain-fix-b", Kind: search.Claim, Text: "the same with fix B, which leaves two", Orders: orders(sim.Plain, "own-alloc", "own-huge")},
}

func both(a, b map[string]search.Pair) map[string]search.Pair {
	maps.Copy(a, b)
	return a
}

func orders(o sim.Order, names ...string) map[string]search.Pair {
	m := map[string]search.Pair{}
	for _, n := range names {
		m[n] = search.Pair{Success: o}
	}
	return m
}
