// The checks that are quick enough to be made after every operation.
// Counterpart: none, as of check.go. See doc.go for an overview.

package goalloc

import "midiff/goalloc/internal/raw"

// CheckNear is Check for the rows whose cost is PerHeap, and around some addresses that were handed out, of blocks
// that may have been freed since: for the page and the segment that each lies in, the rows that look at no more
// than these (P2, P3, P7, B1, B2 of the page's own lists; G1 to G4, S1 to S3, S6, and G6 by the masks). It does
// not grow with the process, and so finds at the operation itself what most operations can do wrong.
func (p *Process) CheckNear(threads []*Thread, touched ...Addr) []Breach {
	c := &census{p: p, threads: threads, heaps: map[*heap]*Thread{}, near: true}
	for _, t := range threads {
		if t != nil && t.heap != p.emptyHeap {
			c.listHeaps(t)
		}
	}
	c.checkRecords()
	c.checkDefaults()
	c.checkReaders()
	c.checkMapEnd()
	c.checkArenas()
	c.checkShared()
	for _, a := range touched {
		c.checkAround(a)
	}
	return c.breaches
}

// checkAround checks the segment and the page that an address lies in, if there are still such.
func (c *census) checkAround(a Addr) {
	s := segmentOf(a)
	if a == 0 || !c.p.mapped(raw.Of(s)) || s.threadID.AtRest() == 0 {
		return // an abandoned one is as its thread left it
	}
	c.checkSegment(s)
	i := uintptr(a-raw.Of(s)) / sliceSize
	if i < headerSlices || i >= s.sliceEntries {
		return // further on in a huge segment
	}
	pg := s.slice(i)
	if first := s.index(pg) - uintptr(pg.sliceOffset)/pageSize; first >= headerSlices && first <= i {
		pg = s.slice(first)
	}
	if pg.sliceCount > 0 && pg.blockSize > 1 {
		c.checkLists(s, pg)
	}
}
