// The statistics as words, for the rig.
// Counterpart: none, the rig's view of both. See doc.go for an overview.

package goalloc

// What of a statistic a word is: StateEntry.Pos of an entry of Stats. Zeros are left out.
const (
	partAllocated = iota
	partFreed
	partPeak
	partCurrent
	partTotal
	partCount
)

// statsWalk goes through the totals and then every thread's own numbers, statistic by statistic. The
// reference's side of the rig has the same walk in the same order; the two must change together.
type statsWalk struct {
	hash uint64
	list []StateEntry // the words, if they are to be kept
	keep bool
	a    uint16 // 0: the totals; 1 + the thread's number
}

// StatsHash is a hash over the statistics of a simulated process at rest; threads are as for StateHash.
func (p *Process) StatsHash(threads []*Thread) uint64 {
	var w statsWalk
	w.all(p, threads)
	return w.hash
}

// Stats lists what StatsHash hashes, in its order: Field is the statistic, A 0 for the totals and else 1
// + the thread's number, Pos which part of it.
func (p *Process) Stats(threads []*Thread) []StateEntry {
	w := statsWalk{keep: true}
	w.all(p, threads)
	return w.list
}

func (w *statsWalk) all(p *Process, threads []*Thread) {
	for i := range p.stats.stats {
		w.stat(i, p.stats.stats[i].atRest())
	}
	for i := range p.stats.tallies {
		s := &p.stats.tallies[i]
		w.tally(i, &tally{int64(s.total.AtRest()), int64(s.count.AtRest())})
	}
	if p.profile.countsAll {
		for i := range p.stats.bins {
			w.stat(firstBin+i, p.stats.bins[i].atRest())
		}
	}
	for i, t := range threads {
		if t == nil || t.heap == p.emptyHeap {
			continue
		}
		w.a = uint16(i + 1)
		for i := range t.stats.stats {
			w.stat(i, &t.stats.stats[i])
		}
		for i := range t.stats.tallies {
			w.tally(i, &t.stats.tallies[i])
		}
		for i := range t.stats.bins {
			w.stat(firstBin+i, &t.stats.bins[i])
		}
	}
}

// firstBin is the number of the first size class among the statistics.
const firstBin = int(numStats) + int(numTallies)

func (s *sharedStat) atRest() *stat {
	return &stat{int64(s.allocated.AtRest()), int64(s.freed.AtRest()), int64(s.peak.AtRest()),
		int64(s.current.AtRest())}
}

func (w *statsWalk) stat(i int, s *stat) {
	if *s == (stat{}) {
		return
	}
	w.put(i, partAllocated, s.allocated)
	w.put(i, partFreed, s.freed)
	w.put(i, partPeak, s.peak)
	w.put(i, partCurrent, s.current)
}

func (w *statsWalk) tally(i int, s *tally) {
	if *s == (tally{}) {
		return
	}
	w.put(int(numStats)+i, partTotal, s.total)
	w.put(int(numStats)+i, partCount, s.count)
}

func (w *statsWalk) put(field, part int, v int64) {
	if v == 0 {
		return
	}
	if w.keep {
		w.list = append(w.list, StateEntry{Field: StateField(field), A: w.a, Pos: uint32(part), Value: uint64(v)})
		return
	}
	h := (w.hash ^ uint64(v) ^ (uint64(w.a)<<32|uint64(field)<<16|uint64(part))*stateTint) * stateMix
	w.hash = h ^ h>>29
}
