// The changes: those that must be caught, and those that must be let pass. See doc.go for an overview.

package kernel

import (
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
	{Name: "thread-id-relaxed", Text: "harmless: every access to thread_id relaxed",
		Orders: orders(sim.Relaxed, "own-abandon", "own-release", "own-reclaim", "own-coalesce", "own-mark", "own-claim",
			"own-reclaimed")},
	{Name: "one-store", Text: "harmless: the first of abandon's two stores to thread_id dropped (2.3)", Flag: true},
	{Name: "mark-release", Text: "harmless: marking a segment abandoned is release", Orders: orders(sim.Release, "mark-abandoned")},
	{Name: "collect-acquire", Text: "harmless: collecting the thread-free list is acquire",
		Orders: map[string]search.Pair{"take": {Success: sim.Acquire, Failure: sim.Acquire}}},
}

func orders(o sim.Order, names ...string) map[string]search.Pair {
	m := map[string]search.Pair{}
	for _, n := range names {
		m[n] = search.Pair{Success: o}
	}
	return m
}
