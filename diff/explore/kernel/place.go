// The places of plain accesses. See doc.go for an overview.

package kernel

import "midiff/diff/explore/sim"

// The places, named after what is done and where.
const (
	atThread sim.Place = iota
	atUse
	atPushNext
	atDelayedNext
	atTakeNext
	atDelayedTakeNext
	atCollect
	atAlloc
	atFreeLocal
	atQueue
	atPageInit
	atPageClear
	atSpan
	atSpanQueue
	atSegmentInit
	atAbandon
	atAfterMark
	atVisit
	atReclaim
	atRelease
	atHeapInit
	atHeapFree
	atHeapPages
	atOSList
	numPlaces
)

var places = [numPlaces]string{
	atThread:          "a thread",
	atUse:             "the program writes its block",
	atPushNext:        "freeRemote sets block.next",
	atDelayedNext:     "freeRemote sets block.next for the heap's list",
	atTakeNext:        "collectThreadFree reads block.next",
	atDelayedTakeNext: "freeDelayed reads block.next",
	atCollect:         "collect updates the page's lists and used",
	atAlloc:           "malloc pops a block",
	atFreeLocal:       "freeLocal pushes a block",
	atQueue:           "a page moves between the heap's queues",
	atPageInit:        "pageInit writes the page's record",
	atPageClear:       "pageClear zeroes the page's record",
	atSpan:            "a span's record",
	atSpanQueue:       "a thread's span queue",
	atSegmentInit:     "a segment's memory is made one",
	atAbandon:         "abandon updates the segment",
	atAfterMark:       "abandon touches the segment after the mark",
	atVisit:           "a visitor updates the segment",
	atReclaim:         "reclaim updates the segment",
	atRelease:         "the segment's memory is given back",
	atHeapInit:        "a heap's memory is made one",
	atHeapFree:        "the heap's memory is given back",
	atHeapPages:       "the heap's queues",
	atOSList:          "the list of abandoned OS segments",
}
