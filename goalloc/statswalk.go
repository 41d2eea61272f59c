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
	hash uint64       // of the one that is read: the sum of its numbers, each mixed with its place
	list []StateEntry // the words, if they are to be kept
	keep bool
	a    uint16     // 0: the totals; 1 + the thread's number
	memo *StateMemo // what need not be read; nil: everything is
}

// StatsHash is a hash over the statistics of a simulated process at rest; threads are as for StateHash.
func (p *Process) StatsHash(threads []*Thread) uint64 {
	var w statsWalk
	w.all(p, threads)
	return w.sum
}

// Stats lists what StatsHash hashes, in its order: Field is the statistic, A 0 for the totals and else 1
// + the thread's number, Pos which part of it.
func (p *Process) Stats(threads []*Thread) []StateEntry {
	w := statsWalk{keep: true}
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
		w.thread(&t.stats)
	}
}

func (w *statsWalk) totals(p *Process) {
	s := &p.stats
	if w.memo != nil {
		w.hash = w.memo.totals(s)
	} else {
		for i := range s.stats {
			w.stat(i, s.stats[i].atRest())
		}
		for i := range s.tallies[:talliesTold] {
			w.tally(i, s.tallies[i].atRest())
		}
	}
	if p.profile.countsAll {
		for i := range s.bins {
			w.stat(firstBin+i, s.bins[i].atRest())
		}
	}
	w.end()
}

func (w *statsWalk) thread(s *threadStats) {
	if w.memo != nil {
		w.hash = w.memo.numbers(w.a, s)
	} else {
		for i := range s.stats {
			w.stat(i, s.stats[i])
		}
		for i := range s.tallies[:talliesTold] {
			w.tally(i, s.tallies[i])
		}
	}
	for i := range s.bins {
		w.stat(firstBin+i, s.bins[i])
	}
	w.end()
}

// end takes in the hash of the totals or of a thread's numbers; 0, of no numbers, adds nothing.
func (w *statsWalk) end() {
	w.sum += fold(w.hash, (uint64(w.a)*2+1)*stateMix)
	w.hash = 0
}

// firstBin is the number of the first size class among the statistics.
const firstBin = int(numStats) + int(talliesTold)

func (s *sharedStat) atRest() stat {
	return stat{int64(s.allocated.AtRest()), int64(s.freed.AtRest()), int64(s.peak.AtRest()), int64(s.current.AtRest())}
}

func (s *sharedTally) atRest() tally { return tally{int64(s.total.AtRest()), int64(s.count.AtRest())} }

func (w *statsWalk) stat(i int, s stat) {
	if !w.keep {
		w.hash += s.hash(i)
		return
	}
	w.note(i, partAllocated, s.allocated)
	w.note(i, partFreed, s.freed)
	w.note(i, partPeak, s.peak)
	w.note(i, partCurrent, s.current)
}

func (w *statsWalk) tally(i int, s tally) {
	if !w.keep {
		w.hash += s.hash(i)
		return
	}
	w.note(int(numStats)+i, partTotal, s.total)
	w.note(int(numStats)+i, partCount, s.count)
}

func (w *statsWalk) note(field, part int, v int64) {
	if v != 0 {
		w.list = append(w.list, StateEntry{Field: StateField(field), A: w.a, Pos: uint32(part), Value: uint64(v)})
	}
}

func (s stat) hash(i int) uint64 {
	return numberHash(i, partAllocated, s.allocated) + numberHash(i, partFreed, s.freed) +
		numberHash(i, partPeak, s.peak) + numberHash(i, partCurrent, s.current)
}

func (s tally) hash(i int) uint64 {
	return numberHash(int(numStats)+i, partTotal, s.total) + numberHash(int(numStats)+i, partCount, s.count)
}

func numberHash(field, part int, v int64) uint64 {
	if v == 0 {
		return 0
	}
	return fold(uint64(v)^stateTint, uint64(field<<16|part|1<<32)*stateMix)
}

// statsMemo is numbers, as they were, with their hash; not those by size class, which few builds have.
type statsMemo[S, T any] struct {
	run     uint64
	stats   [numStats]S
	tallies [numTallies]T
	hash    uint64
}

// totals is the hash of the totals, in which only those are read that are not what they were.
func (m *StateMemo) totals(s *processStats) uint64 {
	e := &m.total
	if e.run != m.run {
		*e = statsMemo[sharedStat, sharedTally]{run: m.run}
	}
	if e.stats != s.stats {
		for i := range s.stats {
			if e.stats[i] != s.stats[i] {
				e.hash += s.stats[i].atRest().hash(i) - e.stats[i].atRest().hash(i)
				e.stats[i] = s.stats[i]
			}
		}
	}
	if e.tallies != s.tallies {
		for i := range s.tallies[:talliesTold] {
			e.hash += s.tallies[i].atRest().hash(i) - e.tallies[i].atRest().hash(i)
		}
		e.tallies = s.tallies
	}
	return e.hash
}

// numbers is the same of a thread's own.
func (m *StateMemo) numbers(a uint16, s *threadStats) uint64 {
	e := &m.threads[int(a)%len(m.threads)]
	if e.run != m.run {
		*e = statsMemo[stat, tally]{run: m.run}
	}
	if e.stats != s.stats {
		for i := range s.stats {
			if e.stats[i] != s.stats[i] {
				e.hash += s.stats[i].hash(i) - e.stats[i].hash(i)
				e.stats[i] = s.stats[i]
			}
		}
	}
	if e.tallies != s.tallies {
		for i := range s.tallies[:talliesTold] {
			e.hash += s.tallies[i].hash(i) - e.tallies[i].hash(i)
		}
		e.tallies = s.tallies
	}
	return e.hash
}
