// The state at rest of parallel runs of later versions. See doc.go for an overview.

package diff

import (
	"fmt"

	"midiff/diff/prog"
	"midiff/goalloc"
)

// What must hold for each side alone at last in version 2.3:
//
//	memory   arenas stay mapped: what is mapped is what counts as reserved, and no block of an arena is in use
//	store    there is no abandoned segment, none is counted, and nobody has a lock of the store
//	stats    segments, segments_abandoned and pages_abandoned are 0
//	messages no error was reported but for memory that was refused
//
// Not judged: threads and committed, of which each side has its own; pages, which a release build counts down only.

// settledLater are the statistics that must be 0 at the end.
var settledLater = []string{"segments", "segments_abandoned", "pages_abandoned"}

// leftoversLater names what should not be there.
func leftoversLater(end *pthreadsEnding, stats []Stat) (lines []string) {
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if reserved := statNamed(stats, "reserved").Current; int64(end.Mapped) != reserved {
		say("%d bytes are mapped, and reserved.current is %d", int64(end.Mapped), reserved)
	}
	if end.AbandonedLeft != 0 {
		say("%d abandoned segments are counted", int64(end.AbandonedLeft))
	}
	if end.Lists != 0 {
		say("there are abandoned segments")
	}
	if end.Readers != 0 {
		say("%d locks of the abandoned segments are taken", int64(end.Readers))
	}
	if end.Complaints != 0 {
		say("%d errors were reported", end.Complaints)
	}
	return append(lines, unsettled(stats)...)
}

// unsettled names the statistics that should be 0.
func unsettled(stats []Stat) (lines []string) {
	for _, name := range settledLater {
		if now := statNamed(stats, name).Current; now != 0 {
			lines = append(lines, fmt.Sprintf("%s.current is %d, not 0", name, now))
		}
	}
	return lines
}

// segmentsIn gives how many segments were abandoned and how many of them reclaimed.
func segmentsIn(stats []Stat) (abandoned, reclaimed int64) {
	s := statNamed(stats, "segments_abandoned")
	return s.Total, s.Total - s.Current
}

// statNamed finds a statistic. One that is not there is 0.
func statNamed(stats []Stat, name string) Stat {
	for _, s := range stats {
		if s.Name == name {
			return s
		}
	}
	return Stat{Name: name}
}

// threadedLater are the operations that later versions have alone. What the sizes are that they tell, runs in lockstep
// compare.
var threadedLater = map[string]threaded{
	"umalloc": givesOne(func(t *goalloc.Thread, s *prog.Step) (goalloc.Addr, uintptr) { return t.Umalloc(num(s.A)) }),
	"ucalloc": givesOne(func(t *goalloc.Thread, s *prog.Step) (goalloc.Addr, uintptr) {
		return t.Ucalloc(num(s.A), num(s.B))
	}),
	"umalloc_small": givesOne(func(t *goalloc.Thread, s *prog.Step) (goalloc.Addr, uintptr) {
		return t.UmallocSmall(num(s.A))
	}),
	"umalloc_aligned": givesOne(func(t *goalloc.Thread, s *prog.Step) (goalloc.Addr, uintptr) {
		return t.UmallocAligned(num(s.A), num(s.B))
	}),
	"uzalloc_aligned": givesOne(func(t *goalloc.Thread, s *prog.Step) (goalloc.Addr, uintptr) {
		return t.UzallocAligned(num(s.A), num(s.B))
	}),
	"urealloc": func(s *strand, c *call) {
		old := s.source(c)
		p, _, _ := s.th.Urealloc(old.addr, num(c.s.A))
		s.moved(c, old, p, false)
	},
	"ufree":          func(s *strand, c *call) { s.th.Ufree(s.source(c).addr) },
	"free_small":     func(s *strand, c *call) { s.th.Free(s.source(c).addr) },
	"collect_reduce": func(s *strand, c *call) { s.th.CollectReduce(num(c.s.A)) },
}

// givesOne makes the interpreter of an operation that gives a block and tells its size.
func givesOne(made func(t *goalloc.Thread, s *prog.Step) (goalloc.Addr, uintptr)) threaded {
	return func(s *strand, c *call) {
		p, _ := made(s.th, c.s)
		s.gave(c, p)
	}
}
