// What is left when a program has given everything back. See doc.go for an overview.

package diff

import (
	"fmt"
	"slices"

	"midiff/cref"
	"midiff/diff/prog"
)

// The contract of a teardown (prog.TornDown), for each side alone. When every block is freed, every heap
// deleted, every thread but the first has ended and that one has collected by force:
//
//	memory   nothing is mapped, and so nothing committed
//	stats    segments, segments_abandoned, pages_abandoned, reserved, committed and threads are 0 now; in
//	         builds that count all, pages, page_committed, normal, large, huge and malloc, too
//	threads  the thread counter is 1
//
// Once is enough: the collect takes over all that ended threads left, before it frees pages and empties
// the segment cache. What may stay, and why:
//
//   - the records of ended threads that are kept for new ones, at most eight of 8 KiB; 2.0.9 gives them
//     back when the main thread ends only. They count as reserved and committed.
//   - what a munmap that failed was to give back: the OS refused to take it. It counts no longer.
//   - reset only grows, and of pages and page_committed a release build counts one half only: what is
//     current of them means nothing (corpus/known/README.md).
//   - the memory of arenas, which 2.0.9 never gives back. What is reserved and committed then is not judged.
//   - after a stats_reset the statistics go on from zero: their end is not where they began.
//   - the thread counter, and threads, where the first thread ended, which was there before the counting, or
//     where a thread's end was counted twice (exit-counts-twice). That is every program with an exit, so
//     it is excused without being counted as a known finding.

// threadRecord is what the OS gives for a thread's record, in bytes.
const threadRecord = 8192

// settled are the statistics that must be 0 at the end.
var settled = []string{"segments", "segments_abandoned", "pages_abandoned", "reserved", "committed",
	"threads"}

// settledIn adds, in builds that count all, what only those count up and down.
func settledIn(profile string) []string {
	if !prog.CountsAll(profile) {
		return settled
	}
	return append(slices.Clip(settled), "pages", "page_committed", "normal", "large", "huge", "malloc")
}

// Leftover is a line of a report on what is left. Step is the step that it goes back to, -1 if that is
// not known.
type Leftover struct {
	Text string
	Step int
}

// remains is what is left of one kind on a side.
type remains struct {
	finding
	lines []Leftover
}

// checkLeft judges both sides after a program that ended with a teardown. The divergence is at the last
// step.
func (e *Engine) checkLeft(code *prog.Code) *Divergence {
	e.looked[Teardown]++
	c, g := e.left(e.c, code), e.left(e.g, code)
	for i := range c {
		fc, fg := c[i].finding, g[i].finding
		if fc.oracle == NoOracle && fg.oracle == NoOracle {
			continue
		}
		d := e.leftover(code, &c[i], &g[i])
		if d.Blame != BlameBoth {
			return d
		}
		k, known := e.known.match(d.Signature, e.ran)
		if !known {
			return d
		}
		d.Known = e.known.Entries[k].Name
		if e.hits[k].Count++; e.hits[k].Count == 1 {
			e.hits[k].Name, e.hits[k].First = d.Known, *d
		}
		if fc.field == FieldMemory {
			break // what is counted follows
		}
	}
	return nil
}

// leftover makes the divergence of what is left of one kind.
func (e *Engine) leftover(code *prog.Code, c, g *remains) *Divergence {
	last := len(code.Steps) - 1
	d := &Divergence{
		Signature: Signature{Teardown, "teardown", c.field}, Op: int(code.Steps[last].Op), Step: last,
		C: e.rc[last%batchSteps], Go: e.rg[last%batchSteps],
		Blame: BlameBoth, Contract: "nothing is left when everything was given back",
	}
	switch {
	case c.oracle == NoOracle:
		d.Field, d.Blame = g.field, BlameGo
	case g.oracle == NoOracle:
		d.Blame = BlameC
	case !slices.Equal(c.lines, g.lines):
		d.Blame = BlameSide
	}
	e.rec.CLeft, e.rec.Left = append(e.rec.CLeft, c.lines...), append(e.rec.Left, g.lines...)
	return d
}

// left looks at a side.
func (e *Engine) left(s Subject, code *prog.Code) [3]remains {
	kept, threads := uint64(0), uint64(0)
	for _, w := range s.State() {
		switch stateFields()[w.Field] {
		case "thread data":
			kept++
		case "threads":
			threads = w.Value
		}
	}
	all := [3]remains{{lines: e.leftMapped(s, code, kept)}}
	if !has(code, kindStatsReset) {
		all[1].lines = e.leftStats(s, code, kept, slices.ContainsFunc(code.Steps, makesArena))
	}
	if threads != 1 && !e.excusesThreads(code) {
		all[2].lines = []Leftover{{fmt.Sprintf("the thread counter is %d", int64(threads)), -1}}
	}
	for i, field := range []Field{FieldMemory, FieldStats, FieldThreads} {
		if len(all[i].lines) > 0 {
			all[i].finding = finding{Teardown, field}
		}
	}
	return all
}

// leftMapped names the memory that is mapped, but for the kept records, arenas and what was refused.
func (e *Engine) leftMapped(s Subject, code *prog.Code, kept uint64) (lines []Leftover) {
	if e.model.os.blind {
		return nil // the calls that were refused are not all known
	}
	calls := s.Calls(0)
	records := kept * threadRecord
	for _, r := range unexcused(s.Mapped(), calls, code.Steps) {
		if r.start >= mainSize {
			n := min(records, r.end-r.start)
			records, r.start = records-n, r.start+n
		}
		if r.start == r.end {
			continue
		}
		step := -1
		for _, c := range calls {
			if c.Kind == cref.MapCall && c.Errno == 0 && c.Addr <= r.start && r.start < c.Addr+c.Size {
				step = int(c.Step)
			}
		}
		lines = append(lines, Leftover{fmt.Sprintf("%s, %d bytes mapped", placeOf(r.start), r.end-r.start), step})
	}
	return lines
}

// unexcused cuts what an unmap that failed was to give back, and what arenas were given, out of what is
// mapped.
func unexcused(mapped []Range, calls []OSCall, steps []prog.Step) (rest []span) {
	for _, r := range mapped {
		rest = append(rest, span{r.Addr, r.Addr + r.Size})
	}
	for _, c := range calls {
		refused := c.Kind == cref.UnmapCall && c.Errno != 0
		arena := c.Kind == cref.MapCall && c.Errno == 0 && int(c.Step) < len(steps) && makesArena(steps[c.Step])
		if !refused && !arena {
			continue
		}
		var cut []span
		for _, s := range rest {
			before, after := span{s.start, min(s.end, c.Addr)}, span{max(s.start, c.Addr+c.Size), s.end}
			for _, part := range []span{before, after} {
				if part.start < part.end {
					cut = append(cut, part)
				}
			}
		}
		rest = cut
	}
	return rest
}

// leftStats names the totals that are not what they were at the start.
func (e *Engine) leftStats(s Subject, code *prog.Code, kept uint64, arenas bool) (lines []Leftover) {
	now := map[string]int64{}
	for _, w := range s.Stats() {
		if w.A == 0 && cref.StatParts[w.Pos] == "current" {
			now[cref.StatNames()[w.Field]] = int64(w.Value)
		}
	}
	for _, name := range settledIn(code.Profile) {
		want := int64(0)
		if name == "reserved" || name == "committed" {
			want = int64(kept * threadRecord)
		}
		if name == "threads" && e.excusesThreads(code) || arenas && (name == "reserved" || name == "committed") {
			continue
		}
		if now[name] != want {
			lines = append(lines, Leftover{fmt.Sprintf("%s.current is %d, not %d", name, now[name], want), -1})
		}
	}
	return lines
}

// excusesThreads tells whether a thread's end was counted twice in the run, or the first thread ended.
func (e *Engine) excusesThreads(code *prog.Code) bool {
	return e.ran&countsTwice != 0 || slices.ContainsFunc(code.Steps, func(s prog.Step) bool {
		return s.Thread == 0 && rules[s.Kind].promise == endThread
	})
}

var countsTwice = func() uint64 {
	bit, err := QuirkBit("exit-counts-twice")
	if err != nil {
		panic(err)
	}
	return bit
}()

func has(code *prog.Code, k prog.Kind) bool {
	return slices.ContainsFunc(code.Steps, func(s prog.Step) bool { return s.Kind == k })
}

// makesArena tells whether a step gives memory to an arena.
func makesArena(s prog.Step) bool { return arenaMakers[s.Kind] }

var arenaMakers = func() map[prog.Kind]bool {
	m := map[prog.Kind]bool{}
	for _, name := range []string{"reserve_os_memory", "reserve_os_memory_ex", "manage_os_memory",
		"manage_os_memory_ex"} {
		if k, ok := prog.KindOf(name); ok {
			m[k] = true
		}
	}
	return m
}()

var kindStatsReset = func() prog.Kind {
	k, _ := prog.KindOf("stats_reset")
	return k
}()
