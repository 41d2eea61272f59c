// Parallel runs of goalloc: a goroutine on a thread of its own for each thread of the program. See doc.go for
// an overview.

package diff

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"midiff/cref/pthreads"
	"midiff/diff/prog"
	"midiff/goalloc"
)

// goThreads is a run in progress.
type goThreads struct {
	proc    *goalloc.Process
	strands *prog.Strands
	side    *ParallelSide
	blocks  []made // by slot
	heaps   []goHeap
	done    []counter // by thread: stitches done
	begun   time.Time
	stopped atomic.Int64 // 1 + the step in which a thread panicked: all others give up
	says    string       // where it did; written once, before stopped
	ends    sync.WaitGroup
	bare    bool
	tidied  atomic.Uint64
	onFree  atomic.Uint64 // segments that a free reclaimed
	at0     uintptr       // bytes mapped before the run
}

// counter is alone on its cache line.
type counter struct {
	atomic.Uint32
	_ [60]byte
}

// made is a block, as it was stamped, and the thread and life that made it.
type made struct {
	stamped
	maker uint32
}

// strand is one life of a thread.
type strand struct {
	*goThreads
	th     *goalloc.Thread
	number uint8
	life   uint32
	mains  map[uint32]bool // heap slots of the first thread
}

// runGo runs the Go side. An error means that the rig could not.
func (x *Parallel) runGo(run *ParallelRun) error {
	g, err := newGoThreads(run.Strands, &run.Go, x.without)
	if err != nil {
		return err
	}
	g.bare = x.Bare
	g.side.hung = !g.runAll(x.Patience)
	g.side.count(run.Code)
	g.side.Reached.OnFree = g.onFree.Load()
	if g.side.hung || g.stopped.Load() != 0 {
		g.side.crashed, g.side.says = int(g.stopped.Load()), g.says
		return nil // its memory stays: some thread may still be in there
	}
	return g.proc.Close()
}

func newGoThreads(s *prog.Strands, side *ParallelSide, without []string) (*goThreads, error) {
	c := s.Code
	profile, err := goalloc.ProfileByName(c.Profile)
	if err != nil {
		return nil, err
	}
	proc, err := goalloc.New(goalloc.Config{Profile: profile, MostMapped: mostMapped})
	if err != nil {
		return nil, err
	}
	for _, o := range c.Options {
		if err := proc.SetOption(o.Name, o.Value); err != nil {
			return nil, err
		}
	}
	for _, name := range without {
		q, err := goalloc.QuirkByName(name)
		if err != nil {
			return nil, err
		}
		proc.Without(q)
	}
	side.Results, side.quirks = make([]pthreads.Result, len(c.Steps)), make([]uint64, len(c.Steps))
	return &goThreads{proc: proc, strands: s, side: side, blocks: make([]made, c.Blocks),
		heaps: make([]goHeap, c.Heaps), done: make([]counter, c.Threads), begun: time.Now(), at0: proc.MappedBytes()}, nil
}

// runAll runs all threads to their end, and has the first one tidy up. False if nothing moves any more.
func (g *goThreads) runAll(patience time.Duration) bool {
	g.begun = time.Now()
	var first sync.WaitGroup
	first.Go(func() {
		defer g.catch(nil)
		main := &strand{goThreads: g, th: g.proc.Main(), mains: map[uint32]bool{}}
		for t := 1; t < len(g.done); t++ {
			g.spawn(uint8(t), 0, 0, nil)
		}
		main.live(0)
		g.ends.Wait()
		g.side.Took = time.Since(g.begun)
		if g.stopped.Load() == 0 {
			main.rest()
		}
	})
	over := make(chan bool)
	go func() {
		first.Wait()
		close(over)
	}()
	for seen, since := uint64(0), time.Now(); ; {
		select {
		case <-over:
			return true
		case <-time.After(20 * time.Millisecond):
		}
		if now := g.progress(); now != seen {
			seen, since = now, time.Now()
		}
		if time.Since(since) > patience {
			return false
		}
	}
}

func (g *goThreads) progress() uint64 {
	sum := g.tidied.Load()
	for t := range g.done {
		sum += uint64(g.done[t].Load())
	}
	return sum
}

// spawn starts a life of a thread, once the one before is over.
func (g *goThreads) spawn(number uint8, life uint32, from int, before chan struct{}) {
	over := make(chan struct{})
	g.ends.Go(func() {
		defer close(over)
		runtime.LockOSThread() // never unlocked: the thread of the system ends, too
		if before != nil {
			<-before
			g.done[number].Store(uint32(from))
		}
		s := &strand{goThreads: g, th: g.proc.NewThread(), number: number, life: life}
		if next := s.live(from); next > 0 {
			g.spawn(number, life+1, next, over)
		}
		if g.stopped.Load() == 0 {
			s.end()
		}
	})
}

// end is what the end of a thread does.
func (s *strand) end() {
	defer s.catch(nil)
	s.th.Close()
}

// live runs the thread from a stitch on. It gives the stitch at which another life goes on, 0 if none does.
func (s *strand) live(from int) (next int) {
	all := s.strands.Threads[s.number]
	for i := from; i < len(all); i++ {
		x := &all[i]
		if x.IsBarrier {
			s.done[s.number].Store(uint32(i + 1))
		}
		if !s.await(s.strands.Waits[x.FirstWait : x.FirstWait+x.Waits]) {
			return 0
		}
		if !x.IsBarrier && !s.step(x) {
			return 0
		}
		if x.EndsThread && s.number != 0 {
			return i + 1
		}
		s.done[s.number].Store(uint32(i + 1))
	}
	for t := range s.done { // all threads are done before any of them ends
		if !s.await([]prog.Wait{{Thread: uint32(t), Stitches: uint32(len(s.strands.Threads[t]))}}) {
			return 0
		}
	}
	return 0
}

// await waits; false if another thread has stopped the run.
func (g *goThreads) await(waits []prog.Wait) bool {
	for _, w := range waits {
		for round := 0; g.done[w.Thread].Load() < w.Stitches; round++ {
			if round < 64 {
				continue
			}
			if g.stopped.Load() != 0 {
				return false
			}
			if round < 4096 {
				runtime.Gosched()
			} else {
				time.Sleep(50 * time.Microsecond)
			}
		}
	}
	return true
}

// step makes the call of a stitch. False if it panicked.
func (s *strand) step(x *prog.Stitch) (ok bool) {
	r := &s.side.Results[x.Step]
	defer s.catch(x)
	threadedOf[s.strands.Code.Steps[x.Step].Kind](s, &call{x, &s.strands.Code.Steps[x.Step], r})
	r.Ran = 1
	ev := s.th.TakeEvents()
	if ev.Quirks != 0 {
		s.side.quirks[x.Step] = uint64(ev.Quirks)
	}
	if ev.ReclaimedOnFree {
		s.onFree.Add(1)
	}
	return true
}

// catch keeps a panic of goalloc, a wild address included, as the crash of a step.
func (g *goThreads) catch(x *prog.Stitch) {
	if p := recover(); p != nil {
		step := int64(len(g.strands.Code.Steps)) // at the end of a thread, or of the run
		if x != nil {
			step = int64(x.Step)
		}
		if g.stopped.CompareAndSwap(0, step+1) {
			g.says = fmt.Sprintf("panic: %v\n%s", p, debug.Stack())
		}
	}
}

// since is the time of the run.
func (g *goThreads) since() int64 { return int64(time.Since(g.begun)) }
