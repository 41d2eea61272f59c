// The state at rest of parallel runs: what is there when all threads have ended, and what is left when the
// first one has freed and collected everything. See doc.go for an overview.

package diff

import (
	"fmt"
	"slices"
	"strings"

	"midiff/cref"
	"midiff/diff/prog"
	"midiff/goalloc"
)

// What must hold for each side alone at last, as in a teardown (teardown.go):
//
//	memory   everything is unmapped when the first thread has ended, too
//	store    there is no abandoned segment, none is counted, and nobody reads the store
//	stats    segments, segments_abandoned and pages_abandoned are 0; reserved and committed are those of the
//	         records of ended threads that are kept, at most eight
//	messages no error was reported but for memory that was refused
//
// Not judged: threads, and the thread counter, since each end of a thread was counted twice
// (exit-counts-twice); committed after huge blocks (huge-committed), and the statistics that mean nothing in
// a release build (corpus/known/README.md). Of the abandoned segments only the sum of both counts is exact:
// visited ones and their number are taken in two steps.

// keptRecords is how many records of ended threads may be kept.
const keptRecords = 8

// rest is what the first thread does at last: all blocks are looked at, with goalloc's invariants, and
// freed, its heaps deleted, and everything is collected.
func (s *strand) rest() {
	defer s.catch(nil)
	g := s.goThreads
	held := goalloc.Held{}
	for i := range g.blocks {
		b := &g.blocks[i]
		if b.addr == 0 {
			continue
		}
		g.side.Live++
		held[b.addr] = b.usable
		if !g.bare && g.side.end.Bad == 0 {
			g.side.end.Bad, g.side.end.BadSlot = b.verifyAll(b.usable), uint32(i)
		}
	}
	for _, slot := range s.heapsOfMain() {
		h := g.heaps[slot].heap
		held[h.Addr()] = s.th.UsableSize(h.Addr())
	}
	s.th.MergeStats()
	g.countSegments()
	if !g.bare {
		g.inspect(held)
	}
	for i := range g.blocks {
		s.th.Free(g.blocks[i].addr)
		g.tidied.Add(1)
	}
	for _, slot := range s.heapsOfMain() {
		g.heaps[slot].heap.Delete()
	}
	s.th.Collect(true)
	s.th.MergeStats()
	g.leftByGo()
}

// inspect checks the invariants. That counts of the two stacks of abandoned segments are exact is one of
// them where threads take turns, but not here.
func (g *goThreads) inspect(held goalloc.Held) {
	for _, breach := range g.proc.Check([]*goalloc.Thread{g.proc.Main()}, held) {
		if breach.ID != "A2" {
			g.side.broken = append(g.side.broken, breach.String())
		}
	}
}

// leftByGo names what is left.
func (g *goThreads) leftByGo() {
	end := &g.side.end
	g.countRest()
	g.inspect(goalloc.Held{})
	g.proc.Main().Close() // gives back the records of other threads
	end.Mapped = uint64(g.proc.MappedBytes() - g.at0)
	listed, counted, readers := g.proc.AbandonedSegments()
	end.Lists, end.AbandonedLeft, end.Readers = uint64(listed), uint64(counted), uint64(readers)
	if prog.IsLater(g.strands.Code.Profile) {
		if n := g.proc.ArenaBlocksInUse(); n != 0 {
			g.side.left = append(g.side.left, fmt.Sprintf("%d blocks of arenas are in use", n))
		}
		g.side.left = append(g.side.left, leftoversLater(end, g.side.stats)...)
		return
	}
	g.side.left = leftovers(end, hasHuge(g.strands.Code) || g.side.ran()&hugeCommitted != 0)
}

// countSegments takes in how many segments were abandoned and reclaimed so far.
func (g *goThreads) countSegments() {
	end := &g.side.end
	if prog.IsLater(g.strands.Code.Profile) {
		end.Abandoned, end.Reclaimed = segmentsIn(laterTotals(g.proc))
		return
	}
	end.Abandoned, end.Reclaimed = totals(g.proc, "allocated")["segments_abandoned"], totals(g.proc, "freed")["segments_abandoned"]
}

// countRest takes in the statistics at rest.
func (g *goThreads) countRest() {
	if prog.IsLater(g.strands.Code.Profile) {
		g.side.stats = laterTotals(g.proc)
		return
	}
	stats := totals(g.proc, "current")
	for i, name := range cref.StatNames()[:min(len(g.side.end.Current), len(cref.StatNames()))] {
		g.side.end.Current[i] = stats[name]
	}
}

// leftByC names what is left; release is the library's, "" for the build from source.
func (side *ParallelSide) leftByC(run *ParallelRun, release string) error {
	if release != "" {
		return side.leftByLibrary(release)
	}
	side.left = leftovers(&side.end, hasHuge(run.Code))
	return nil
}

// leftovers names what should not be there.
func leftovers(end *pthreadsEnding, huge bool) (lines []string) {
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if end.Mapped != 0 {
		say("%d bytes are mapped", int64(end.Mapped))
	}
	if n := int64(end.AbandonedLeft + end.VisitedLeft); n != 0 {
		say("%d abandoned segments are counted", n)
	}
	if end.Lists != 0 {
		say("there are abandoned segments")
	}
	if end.Readers != 0 {
		say("%d readers of the abandoned segments are counted", int64(end.Readers))
	}
	if end.Complaints != 0 {
		say("%d errors were reported", end.Complaints)
	}
	for i, name := range cref.StatNames()[:min(len(end.Current), len(cref.StatNames()))] {
		now := end.Current[i]
		switch {
		case !slices.Contains(settled, name) || name == "threads" || name == "committed" && huge:
		case name == "reserved" || name == "committed":
			if now < 0 || now > keptRecords*threadRecord || now%threadRecord != 0 {
				say("%s.current is %d, which no kept thread records make up", name, now)
			}
		case now != 0:
			say("%s.current is %d, not 0", name, now)
		}
	}
	return lines
}

// ran gives all known bugs that took effect in the run.
func (side *ParallelSide) ran() (all uint64) {
	for _, q := range side.quirks {
		all |= q
	}
	return all
}

// totals gives one part of all statistics of the process by name.
func totals(p *goalloc.Process, part string) map[string]int64 {
	all := map[string]int64{}
	for _, w := range p.Stats([]*goalloc.Thread{p.Main()}) {
		if w.A == 0 && cref.StatParts[w.Pos] == part {
			all[cref.StatNames()[w.Field]] = int64(w.Value)
		}
	}
	return all
}

var hugeCommitted = func() uint64 {
	bit, err := QuirkBit("huge-committed")
	if err != nil {
		panic(err)
	}
	return bit
}()

// joined is a list as one text.
func joined(lines []string) string { return strings.Join(lines, "\n") }
