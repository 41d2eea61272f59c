// The verdict on a parallel run. See doc.go for an overview.

package diff

import (
	"cmp"
	"fmt"
	"slices"

	"midiff/cref/pthreads"
	"midiff/diff/prog"
)

type pthreadsEnding = pthreads.Ending

// mostMapped is what the system gives at a time in parallel runs, in bytes, so that programs with requests
// that nobody could fill with contents can be run: they get null. surely is what is never refused.
const (
	mostMapped = pthreads.MostMapped
	surely     = mostMapped / 2
)

// judge compares and judges. The first finding counts: what stopped a side, then the steps in the order of
// the text, then what was seen at the end.
func (x *Parallel) judge(run *ParallelRun) Verdict {
	v := Verdict{Steps: len(run.Code.Steps)}
	j := &parallelJudge{run: run, known: x.known, loose: make([]bool, run.Code.Blocks)}
	j.stops()
	if j.div == nil {
		for i := range run.Code.Steps {
			if j.step(i); j.div != nil {
				break
			}
		}
	}
	if j.div == nil {
		j.ends()
	}
	for _, h := range j.hits {
		v.Known = append(v.Known, *h)
	}
	if v.Class = Agree; j.div != nil {
		v.Class, v.Div = Diverge, j.div
	}
	return v
}

type parallelJudge struct {
	run   *ParallelRun
	known *KnownList
	loose []bool // by block slot: its usable size depends on where it lies
	div   *Divergence
	hits  []*Hit
}

// side is one of C and goalloc in a finding.
type side uint8

const (
	sideC side = iota
	sideGo
)

// found notes a finding about a step of one side; the other side may have it, too.
func (j *parallelJudge) found(step int, c, g finding, contract string) {
	if j.div != nil || c.oracle == NoOracle && g.oracle == NoOracle {
		return
	}
	f := c
	blame := BlameC
	switch {
	case c.oracle == NoOracle:
		f, blame = g, BlameGo
	case g.oracle == c.oracle:
		blame = BlameBoth
	}
	s := &j.run.Code.Steps[step]
	d := &Divergence{Signature: Signature{f.oracle, rules[s.Kind].name, f.field}, Op: int(s.Op), Step: step,
		C: resultOf(&j.run.C, step), Go: resultOf(&j.run.Go, step), Blame: blame, Contract: contract}
	if i, known := j.known.match(d.Signature, j.run.Go.quirks[step]); known {
		j.hit(i, d)
		return
	}
	j.div = d
}

// hit counts a known finding.
func (j *parallelJudge) hit(i int, d *Divergence) {
	name := j.known.Entries[i].Name
	d.Known = name
	for _, h := range j.hits {
		if h.Name == name {
			h.Count++
			return
		}
	}
	j.hits = append(j.hits, &Hit{Name: name, Count: 1, First: *d})
}

func resultOf(s *ParallelSide, step int) (r Result) {
	if step < len(s.Results) {
		p := &s.Results[step]
		r = Result{Value: p.Value, Usable: p.Usable, Bad: p.Bad, BadSlot: p.BadSlot, BadWhat: p.BadWhat, Null: p.Null}
	}
	return r
}

// stops judges sides that did not come to their end.
func (j *parallelJudge) stops() {
	last := len(j.run.Code.Steps) - 1
	if last < 0 {
		return
	}
	var f [2]finding
	at := last
	for i, s := range []*ParallelSide{&j.run.C, &j.run.Go} {
		switch {
		case s.hung:
			f[i], at = finding{Hang, FieldNone}, j.firstUndone(s)
		case s.crashed != 0:
			f[i], at = finding{Crash, FieldNone}, min(s.crashed-1, last)
		}
	}
	j.found(at, f[sideC], f[sideGo], "every operation comes to an end")
}

// firstUndone is the first step in the text that was begun, or could be, and is not done.
func (j *parallelJudge) firstUndone(s *ParallelSide) int {
	for i := range s.Results {
		if s.Results[i].Ran == 0 && j.run.Code.Steps[i].Kind != kindBarrier {
			return i
		}
	}
	return len(s.Results) - 1
}

var kindBarrier = mustKind("barrier")

// step judges a step on both sides, and what can be compared between them.
func (j *parallelJudge) step(i int) {
	s := &j.run.Code.Steps[i]
	if s.Kind == kindBarrier {
		return
	}
	c, g := &j.run.C.Results[i], &j.run.Go.Results[i]
	ru := &rules[s.Kind]
	loose := j.follow(ru, s)
	later := prog.IsLater(j.run.Code.Profile)
	var ofC, ofGo, f finding
	if !j.run.C.Absent {
		ofC = threadedFinding(ru, later, s, c)
	}
	if !j.run.Go.Absent {
		ofGo = threadedFinding(ru, later, s, g)
	}
	j.found(i, ofC, ofGo, threadedContract(ru, later, s))
	if j.div != nil || loose || j.run.C.Absent || j.run.Go.Absent {
		return
	}
	switch {
	case c.Null != g.Null && ru.promise != tellsHeap && ru.request(s).size < surely:
		f = finding{ResultClass, FieldNull}
	case c.Usable != g.Usable && (ru.promise == gives || ru.promise == moves) && c.Null == 0 && g.Null == 0:
		f = finding{Usable, FieldUsable}
	case c.Value != g.Value && (ru.promise == rounds || ru.promise == measures || ru.promise == tellsOption ||
		ru.promise == inRegion):
		f = finding{ResultValue, FieldValue}
	}
	j.found(i, f, f, "both sides give the same, whoever comes first")
	if j.div != nil {
		j.div.Blame = BlameSide
	}
}

// follow tells whether the usable size that a step depends on or gives depends on places: an aligned block
// may begin anywhere inside a larger one, and whether it can be resized in place follows from that.
func (j *parallelJudge) follow(ru *rule, s *prog.Step) (loose bool) {
	if ru.promise != gives && ru.promise != moves && ru.promise != fits && ru.promise != measures {
		return false
	}
	loose = ru.alignAt >= 0 || ru.pageAligned || ru.sizeLast
	if s.Src != prog.NoSlot && !ru.inArena {
		loose = loose || j.loose[s.Src]
	}
	if ru.promise == gives || ru.promise == moves {
		j.loose[s.Dst] = loose
	}
	return loose
}

// threadedFinding judges one side's result of a step.
func threadedFinding(ru *rule, later bool, s *prog.Step, r *pthreads.Result) finding {
	if r.Bad != 0 {
		return badFinding(r.BadWhat)
	}
	switch ru.promise {
	case gives, moves:
		return threadedRoom(ru, later, s, r)
	case newHeap, tellsHeap:
		if r.Null != 0 {
			return finding{Null, FieldNull}
		}
	}
	return finding{}
}

func threadedRoom(ru *rule, later bool, s *prog.Step, r *pthreads.Result) finding {
	q := ru.requestIn(later, s)
	align := q.align
	if !q.asked {
		align = 1 // a block that is resized in place stays as an offset put it; judged below where it is new
	}
	switch {
	case r.Null != 0:
		noBytes := ru.codes == posixCode && q.size == 0
		if q.legal && !q.beyond && q.size < surely && align < surely && !noBytes && !noVariable(ru, s) {
			return finding{Null, FieldNull}
		}
	case noVariable(ru, s):
		return finding{Null, FieldNull}
	case !q.legal:
		return finding{Null, FieldNull}
	case r.Usable < q.size:
		return finding{Usable, FieldUsable}
	case ru.promise == gives && !q.aligned(r.Value), q.asked && !q.aligned(r.Value):
		return finding{Align, FieldValue}
	}
	return finding{}
}

// noVariable tells of a copy of a variable that there is not, which is null.
func noVariable(ru *rule, s *prog.Step) bool { return ru.codes == variableCode && s.A == 0 }

func threadedContract(ru *rule, later bool, s *prog.Step) string {
	if ru.promise != gives && ru.promise != moves {
		return ""
	}
	q := ru.requestIn(later, s)
	switch {
	case !q.legal:
		return "null, the request is illegal"
	case noVariable(ru, s):
		return "null, there is no such variable"
	}
	return fmt.Sprintf("a block of at least %d bytes at a multiple of %d; contents stay", q.size, q.align)
}

// ends judges what was seen when all threads had ended.
func (j *parallelJudge) ends() {
	last := len(j.run.Code.Steps) - 1
	if last < 0 {
		return
	}
	var f [2]finding
	at := last
	why := ""
	for i, s := range []*ParallelSide{&j.run.C, &j.run.Go} {
		switch two, ok := overlap(j.run.Code, s); {
		case ok:
			f[i], at = finding{Overlap, FieldValue}, two[1]
			why = fmt.Sprintf("the block of step %d is in use then, and shares bytes", two[0]+1)
		case s.end.Bad != 0:
			f[i], at = finding{Contents, FieldContents}, j.maker(s.end.BadSlot)
			why = fmt.Sprintf("byte %d of the block is as it was written, at the end, too", s.end.Bad-1)
		case len(s.broken) > 0:
			f[i], why = finding{Invariant, FieldState}, joined(s.broken)
		case len(s.left) > 0:
			f[i], why = finding{Teardown, FieldMemory}, "nothing is left when everything was given back"
		}
	}
	j.found(at, f[sideC], f[sideGo], why)
	if j.div != nil && (j.div.Oracle == Teardown || j.div.Oracle == Invariant) {
		j.div.Signature.Op = "teardown"
	}
}

// maker finds the last step that made the block of a slot.
func (j *parallelJudge) maker(slot uint32) int {
	at := 0
	for i := range j.run.Code.Steps {
		if s := &j.run.Code.Steps[i]; s.Dst == slot && (rules[s.Kind].promise == gives || rules[s.Kind].promise == moves) {
			at = i
		}
	}
	return at
}

// stay is how long a block lies where: from the return of the call that made it to the next call that ends
// or moves it.
type stay struct {
	from, until int64
	start, end  uint64
	step        int
}

// forever is the end of what is there at the end of a run.
const forever = 1<<63 - 1

// overlap finds two blocks that share a byte while both are in use, and gives the steps that made them, the
// later one last.
func overlap(c *prog.Code, s *ParallelSide) (steps [2]int, ok bool) {
	stays := staysOf(c, s)
	slices.SortFunc(stays, func(a, b stay) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.step, b.step))
	})
	byEnd := make([]int, len(stays))
	for i := range byEnd {
		byEnd[i] = i
	}
	slices.SortFunc(byEnd, func(a, b int) int { return cmp.Compare(stays[a].until, stays[b].until) })
	var live []stay // by address
	at := func(start uint64) int {
		i, _ := slices.BinarySearchFunc(live, start, func(x stay, v uint64) int { return cmp.Compare(x.start, v) })
		return i
	}
	gone := 0
	for i := range stays {
		b := &stays[i]
		for ; gone < len(byEnd) && stays[byEnd[gone]].until <= b.from; gone++ {
			x := &stays[byEnd[gone]]
			if k := at(x.start); k < len(live) && live[k].step == x.step {
				live = slices.Delete(live, k, k+1)
			}
		}
		k := at(b.start)
		for _, near := range []int{k - 1, k} {
			if near >= 0 && near < len(live) && live[near].start < b.end && b.start < live[near].end {
				return [2]int{live[near].step, b.step}, true
			}
		}
		if b.until > b.from { // else it is gone before anything later can be there
			live = slices.Insert(live, k, *b)
		}
	}
	return steps, false
}

// staysOf gives where every block lay, and when.
func staysOf(c *prog.Code, s *ParallelSide) (stays []stay) {
	open := make([]int, c.Blocks) // by slot: 1 + index into stays
	end := func(slot uint32, until int64) {
		if slot != prog.NoSlot && open[slot] > 0 {
			stays[open[slot]-1].until = until
			open[slot] = 0
		}
	}
	drops, later := dropsOf(s), prog.IsLater(c.Profile)
	for i := range c.Steps {
		step, r := &c.Steps[i], &s.Results[i]
		p := rules[step.Kind].promise
		if r.Ran == 0 {
			continue
		}
		switch p {
		case frees:
			end(step.Src, r.Until)
		case sweepHeap:
			for _, slot := range drops[i] {
				end(slot, r.Until)
			}
		case gives, moves:
			if p == moves {
				if ru := &rules[step.Kind]; r.Null != 0 && !ru.freesOnFail && !ru.empties(later, step) {
					continue
				}
				end(step.Src, r.Until)
			}
			if r.Null == 0 {
				stays = append(stays, stay{r.From, forever, r.Value, r.Value + max(r.Usable, 1), i})
				open[step.Dst] = len(stays)
			}
		}
	}
	return stays
}

// dropsOf gives the slots that each heap_destroy ended.
func dropsOf(s *ParallelSide) map[int][]uint32 {
	all := map[int][]uint32{}
	if s.strands == nil {
		return all
	}
	for _, thread := range s.strands.Threads {
		for _, x := range thread {
			if x.Drops > 0 {
				all[int(x.Step)] = s.strands.Drops[x.FirstDrop : x.FirstDrop+x.Drops]
			}
		}
	}
	return all
}

// hasHuge tells whether a program makes a block that has a segment of its own.
func hasHuge(c *prog.Code) bool {
	return slices.ContainsFunc(c.Steps, func(s prog.Step) bool {
		ru := &rules[s.Kind]
		if ru.promise != gives && ru.promise != moves {
			return false
		}
		q := ru.request(&s)
		return q.size+q.align > hugeFrom || q.align > hugeFrom
	})
}

// hugeFrom is a little below the size from which blocks have segments of their own, for what padding and
// alignment add.
const hugeFrom = 15 << 20
