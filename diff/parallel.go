// Parallel runs: the threads of a program at once, on the real system, first in C and then in goalloc. See
// doc.go for an overview.

package diff

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	"midiff/cref/pthreads"
	"midiff/diff/prog"
)

// Parallel runs programs with threads that run at once. What depends on who comes first is not compared:
// places, OS calls and states. Compared are, for each side alone and where it can be between the sides:
// null, usable sizes, alignment, zeroing, the contents of every block in full before it goes and at the end,
// that no two blocks share a byte at any time, and the state at rest, when everything was freed and collected.
//
// Two runs of a program need not come to the same. A Parallel is not for concurrent use.
type Parallel struct {
	// Patience is how long a run may stand still before it counts as hung.
	Patience time.Duration
	// Bare has nothing stamped or verified, so that runs are as fast as the allocators.
	Bare bool

	without []string
	ref     string            // as -ref names it
	library *pthreads.Library // nil for the build from source
	known   *KnownList
	runs    ParallelRun
	failed  bool // a run was not as it should be
}

// patience is enough for the longest operation, the stamping of some gigabytes.
const patience = 20 * time.Second

// NewParallel makes it ready; the quirks named are switched off in goalloc.
func NewParallel(without ...string) (*Parallel, error) {
	known, err := loadFolder("known")
	if err = errors.Join(err, setVariable()); err != nil {
		return nil, err
	}
	for _, name := range without {
		if _, err := QuirkBit(name); err != nil {
			return nil, err
		}
	}
	return &Parallel{Patience: patience, without: without, known: known}, nil
}

// ParallelRun is what a run did.
type ParallelRun struct {
	Program *prog.Program
	Code    *prog.Code
	Strands *prog.Strands
	C, Go   ParallelSide

	refused *prog.Op // the operation that is not for runs in parallel, if it is one
}

// ParallelSide is what one side did.
type ParallelSide struct {
	Results []pthreads.Result // by step
	Reached Reached
	Absent  bool          // it is not there: no library of the program's version, or no goalloc of the library's
	Live    int           // blocks that were left to the first thread
	Took    time.Duration // from the start of all threads to their end
	Peak    uint64        // bytes of the process that were resident at a time, at most; 0 if that is not known

	strands *prog.Strands
	quirks  []uint64 // by step: known bugs that took effect, of goalloc only
	end     pthreads.Ending
	stats   []Stat // at rest, of versions that tell them by name
	hung    bool
	crashed int      // 1 + the step it stopped in, 0 if it did not
	says    string   // where it stopped
	left    []string // what was left at last
	broken  []string // invariants of goalloc that do not hold when all threads have ended
}

// Reached counts what a run came to, beside operations that were only asked for.
type Reached struct {
	Operations, Exits, Collects uint64
	RemoteFrees                 uint64 // blocks that another thread had made
	Abandoned, Reclaimed        uint64 // segments, before the first thread tidied up
	OnFree                      uint64 // segments that a free reclaimed; C cannot be asked
}

// ByName gives a count by the word that scenarios use: exits, collects, remote, abandoned, reclaimed or on-free.
func (r *Reached) ByName(word string) uint64 {
	switch word {
	case "exits":
		return r.Exits
	case "collects":
		return r.Collects
	case "remote":
		return r.RemoteFrees
	case "abandoned":
		return r.Abandoned
	case "reclaimed":
		return r.Reclaimed
	case "on-free":
		return r.OnFree
	}
	return 0
}

// Add takes another run's counts in.
func (r *Reached) Add(o *Reached) {
	r.Operations += o.Operations
	r.Exits += o.Exits
	r.Collects += o.Collects
	r.RemoteFrees += o.RemoteFrees
	r.Abandoned += o.Abandoned
	r.Reclaimed += o.Reclaimed
	r.OnFree += o.OnFree
}

// Check runs a program once.
func (x *Parallel) Check(p *prog.Program) Verdict {
	v := x.check(p)
	x.failed = x.failed || v.Class == Diverge || v.Class == Unknown
	return v
}

func (x *Parallel) check(p *prog.Program) Verdict {
	run := &x.runs
	*run = ParallelRun{Program: p, Code: p.Lower()}
	var err error
	if run.Strands, err = prog.Untwine(run.Code); err != nil {
		var at *prog.NotParallel
		if errors.As(err, &at) {
			run.refused = &p.Ops[at.Op]
		}
		return Verdict{Class: Invalid, Reason: err.Error()}
	}
	if err := x.suits(p); err != nil {
		return Verdict{Class: Invalid, Reason: err.Error()}
	}
	run.C.strands, run.Go.strands = run.Strands, run.Strands
	if run.C.Absent = x.library == nil && prog.IsLater(p.Profile); run.C.Absent {
		run.C.skip(run.Code)
	} else {
		resetPeak()
		if err := x.runC(run); err != nil {
			return Verdict{Class: Unknown, Reason: err.Error()}
		}
		run.C.Peak = peak()
	}
	run.Go.Absent = x.Alone()
	if run.C.crashed != 0 || run.Go.Absent { // what a crash did to goalloc's memory nobody knows
		run.Go.skip(run.Code)
		return x.judge(run)
	}
	resetPeak()
	if err := x.runGo(run); err != nil {
		return Verdict{Class: Unknown, Reason: err.Error()}
	}
	run.Go.Peak = peak()
	return x.judge(run)
}

// CheckPristine tells of nothing after a run that agreed, and after any other that something may be left: what a
// broken heap did to the process is not known.
func (x *Parallel) CheckPristine() Verdict {
	if x.failed {
		return Verdict{Class: Unknown, Reason: "a parallel run failed in this process"}
	}
	return Verdict{}
}

// Last is the last run, until the next.
func (x *Parallel) Last() *ParallelRun { return &x.runs }

// runC runs the C side.
func (x *Parallel) runC(run *ParallelRun) error {
	job := NewJob(run.Strands)
	job.Bare, job.Library = x.Bare, x.library
	job.Patience = uint32(x.Patience / time.Millisecond)
	side := &run.C
	results, end, err := pthreads.Run(job)
	side.hung = errors.Is(err, pthreads.ErrHung)
	if errors.Is(err, pthreads.ErrStopped) {
		side.stoppedBy(end)
	} else if err != nil && !side.hung {
		return err
	}
	side.Results, side.end, side.quirks = results, *end, make([]uint64, len(results))
	side.Took, side.Live = time.Duration(end.Nanoseconds), int(end.Live)
	if !side.hung && side.crashed == 0 {
		if err := side.leftByC(run, x.Release()); err != nil {
			return err
		}
	}
	side.count(run.Code)
	return nil
}

// stoppedBy takes in that a thread crashed.
func (side *ParallelSide) stoppedBy(end *pthreads.Ending) {
	sig := syscall.Signal(end.StoppedBy)
	side.crashed, side.says = int(end.StoppedAt), fmt.Sprintf("signal %d (%v)", end.StoppedBy, sig)
	if side.crashed == 0 { // at the end of a thread, or of the run
		side.crashed = len(side.strands.Code.Steps) + 1
		side.says += ", at the end of a thread"
	}
}

// NewJob makes a program ready for C.
func NewJob(s *prog.Strands) *pthreads.Job {
	j := &pthreads.Job{Drops: s.Drops, Results: len(s.Code.Steps), Blocks: s.Code.Blocks, Heaps: s.Code.Heaps}
	for _, w := range s.Waits {
		j.Waits = append(j.Waits, pthreads.Wait(w))
	}
	for _, name := range prog.OptionNames {
		set := pthreads.Setting{Name: name}
		for _, o := range s.Code.Options {
			if o.Name == name {
				set.Value, set.Set = o.Value, true
			}
		}
		j.Settings = append(j.Settings, set)
	}
	for _, thread := range s.Threads {
		all := make([]pthreads.Stitch, len(thread))
		for i := range thread {
			all[i] = stitchOf(s.Code, &thread[i])
		}
		j.Threads = append(j.Threads, all)
	}
	return j
}

func stitchOf(c *prog.Code, x *prog.Stitch) pthreads.Stitch {
	s := &c.Steps[x.Step]
	code, ok := pthreads.Code(s.Kind.String())
	if !ok {
		panic("diff: package pthreads has no " + s.Kind.String() + ", which prog.Untwine lets through")
	}
	o := pthreads.Stitch{FirstWait: x.FirstWait, Waits: x.Waits, FirstDrop: x.FirstDrop, NumDrops: x.Drops,
		Result: x.Step}
	o.Op.Code, o.Op.Thread, o.Op.ID = code, s.Thread, x.Step+1
	o.Op.Dst, o.Op.Src, o.Op.Heap = s.Dst, s.Src, s.Heap
	o.Op.A, o.Op.B, o.Op.C, o.Op.D = s.A, s.B, s.C, s.D
	if s.Heaped {
		o.Op.Heaped = 1
	}
	switch {
	case x.IsBarrier:
		o.How, o.Result = pthreads.Barrier, prog.NoSlot
	case x.EndsThread:
		o.How = pthreads.Ends
	}
	return o
}

// skip says that a side did not run.
func (side *ParallelSide) skip(c *prog.Code) {
	side.Results, side.quirks = make([]pthreads.Result, len(c.Steps)), make([]uint64, len(c.Steps))
}

// count takes in what was reached.
func (side *ParallelSide) count(c *prog.Code) {
	r := &side.Reached
	for i := range side.Results {
		if side.Results[i].Ran == 0 {
			continue
		}
		r.Operations++
		r.RemoteFrees += uint64(side.Results[i].Remote)
		switch c.Steps[i].Kind {
		case kindExit, kindExitOnce:
			r.Exits++
		case kindCollect, kindHeapCollect:
			r.Collects++
		}
	}
	r.Abandoned, r.Reclaimed = uint64(side.end.Abandoned), uint64(side.end.Reclaimed)
}

var (
	kindExit        = mustKind("exit")
	kindExitOnce    = mustKind("exit_once")
	kindCollect     = mustKind("collect")
	kindHeapCollect = mustKind("heap_collect")
)

func mustKind(name string) prog.Kind {
	k, ok := prog.KindOf(name)
	if !ok {
		panic("diff: prog.Table has no " + name)
	}
	return k
}
