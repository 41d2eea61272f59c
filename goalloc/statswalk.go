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
	sum  uint64       // of the hashes of the totals and of each thread
	hash uint64       // of the one that is read
	list []StateEntry // the words, if they are to be kept
	keep bool
	a    uint16     // 0: the totals; 1 + the thread's number
	memo *StateMemo // what need not be read
}

// StatsHash is a hash over the statistics of a simulated process at rest; threads are as for StateHash.
func (p *Process) StatsHash(threads []*Thread) uint64 {
	return NewStateMemo(p).StatsHash(threads)
}

// Stats lists what StatsHash hashes, in its order: Field is the statistic, A 0 for the totals and else 1
// + the thread's number, Pos which part of it.
func (p *Process) Stats(threads []*Thread) []StateEntry {
	w := statsWalk{keep: true, memo: NewStateMemo(p)}
	w.all(p, threads)
	return w.list
}

func (w *statsWalk) all(p *Process, threads []*Thread) {
	w.totals(p)
	for i, t := range threads {
		if t == nil || t.heap == p.emptyHeap {
			continue
		}
		w.a = uint16(i + 1)
		w.thread(i, &t.stats)
	}
}

func (w *statsWalk) totals(p *Process) {
	s := &p.stats
	if m := &w.memo.totals; w.knows(m.run) && m.stats == s.stats && m.tallies == s.tallies {
		w.hash = m.hash
	} else {
		for i := range s.stats {
			w.stat(i, s.stats[i].atRest())
		}
		for i := range s.tallies[:talliesTold] {
			t := &s.tallies[i]
			w.tally(i, &tally{int64(t.total.AtRest()), int64(t.count.AtRest())})
		}
		m.run, m.stats, m.tallies, m.hash = w.memo.run, s.stats, s.tallies, w.hash
	}
	if p.profile.countsAll {
		for i := range s.bins {
			w.stat(firstBin+i, s.bins[i].atRest())
		}
	}
	w.end()
}

func (w *statsWalk) thread(i int, s *threadStats) {
	if m := &w.memo.threads[i%len(w.memo.threads)]; w.knows(m.run) && m.stats == s.stats && m.tallies == s.tallies {
		w.hash = m.hash
	} else {
		for i := range s.stats {
			w.stat(i, &s.stats[i])
		}
		for i := range s.tallies[:talliesTold] {
			w.tally(i, &s.tallies[i])
		}
		m.run, m.stats, m.tallies, m.hash = w.memo.run, s.stats, s.tallies, w.hash
	}
	for i := range s.bins {
		w.stat(firstBin+i, &s.bins[i])
	}
	w.end()
}

// knows tells whether numbers that are what they were in a run need not be read.
func (w *statsWalk) knows(run uint64) bool { return !w.keep && run == w.memo.run }

// end takes in the hash of the totals or of a thread's numbers; 0, of no numbers, adds nothing.
func (w *statsWalk) end() {
	w.sum += fold(w.hash, (uint64(w.a)*2+1)*stateMix)
	w.hash = 0
}

// firstBin is the number of the first size class among the statistics.
const firstBin = int(numStats) + int(talliesTold)

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
	h := (w.hash ^ uint64(v) ^ (uint64(field)<<16|uint64(part))*stateTint) * stateMix
	w.hash = h ^ h>>29
}
