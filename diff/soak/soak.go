// The parent: jobs and their children. See doc.go for an overview.

package soak

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"midiff/diff"
	"midiff/diff/evolve"
	"midiff/diff/journal"
	"midiff/diff/prog"
	"midiff/diff/reduce"
)

// Config says how to soak.
type Config struct {
	Work // what all children do; the programs are shared out
	Jobs int
	// Command gives the process of a child: it calls ParseWork on its last argument, and Run.
	Command func(args ...string) *exec.Cmd
	// Patience is how long a program may go without progress before it counts as hung: in processor
	// time, or asleep (package stall).
	Patience time.Duration
	// Serve gives the process that runs single programs, in lockstep or in parallel, with some quirks off
	// (package reduce).
	Serve func(mode string, without []string) *exec.Cmd
	// Decode reads the program of a journal that is of another kind than text.
	Decode func(kind string, data []byte) (*prog.Program, error)
	// Progress is told every now and then, New of the first failure of each group; nil for nobody.
	Progress func(s *Summary)
	New      func(folder string)
	// Tell is told in words how a reduction is getting on, nil for nobody.
	Tell func(line string)
	// Measured is told what each program of Work.Measure reaches, by its place among the folder's; those
	// that fail are left out.
	Measured func(program int, reached []uint32)

	before *state // what a process before had come to: see Resume
}

// Modes of Config.Serve.
const (
	lockstep = "lockstep"
	parallel = diff.ModeParallel
)

// exitRig is the code that a child ends with by itself when it cannot go on. Code 2 is Go's for a crash.
const exitRig = 3

// mostReducePatience bounds the patience of reductions, which run a program that hangs many times.
const mostReducePatience = 2 * time.Second

// mostStarts is how many children of a job may die one after the other without having run a program.
const mostStarts = 3

// soak is one that is under way.
type soak struct {
	c     *Config
	begun time.Time
	care  *aftercare

	mu    *sync.Mutex // also of the summary's groups
	sum   *Summary
	saved map[string]string // folders of deaths by title
	drawn []uint64          // per job: random programs behind it; nil where nobody goes on

	savedAt time.Time    // when the state was
	reached *evolve.Seen // by all children, nil without a corpus
	looked  time.Time    // when it was counted
}

// Run soaks until the work is done or ctx ends. First it looks after what soaks that were killed left.
func Run(ctx context.Context, c Config) *Summary {
	s := newSoak(&c)
	s.care = s.startCare(ctx)
	s.drawn = make([]uint64, c.Jobs)
	s.goOn()
	s.recover(ctx)
	if err := s.openCorpus(); err != nil {
		s.broke(err)
		s.care.end()
		return s.sum
	}
	defer s.closeCorpus()
	var jobs sync.WaitGroup
	for i := range c.Jobs {
		jobs.Go(func() {
			if err := s.job(ctx, s.c.share(i, s.drawn[i])); err != nil {
				s.broke(err)
			}
		})
	}
	jobs.Wait()
	s.sum.Elapsed = time.Since(s.begun)
	s.care.end()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.look(true)
	s.save(ctx.Err() == nil)
	return s.sum
}

func newSoak(c *Config) *soak {
	return &soak{c: c, begun: time.Now(), mu: new(sync.Mutex), sum: &Summary{Tally: diff.NewTally()},
		saved: map[string]string{}}
}

// reduce is how single programs are run.
func (c *Config) reduce(mode string, without []string) *reduce.Config {
	r := &reduce.Config{Patience: min(c.Patience, mostReducePatience),
		Command: func() *exec.Cmd { return c.Serve(mode, without) }}
	if mode == parallel { // nothing says how far threads are that run at once
		r.Patience, r.Flaky, r.Measure = parallelPatience, true, rateFor
	}
	return r
}

// share is the work of the i-th job: every Jobs-th program's worth, from a seed of its own, without those that were
// drawn before.
func (c *Config) share(i int, drawn uint64) Work {
	w := c.Work
	w.Programs /= c.Jobs
	if i < c.Work.Programs%c.Jobs {
		w.Programs++
	}
	w.Seed += uint64(i) << 32
	w.Part, w.Parts, w.Skip = i, c.Jobs, drawn
	return w
}

// job runs children until the work is done.
func (s *soak) job(ctx context.Context, w Work) error {
	if s.c.Work.Programs > 0 && w.Programs == 0 { // more jobs than programs
		return nil
	}
	for starts := 0; ctx.Err() == nil; {
		if w.For = s.c.For; w.For > 0 {
			if w.For -= time.Since(s.begun); w.For <= 0 {
				return nil
			}
		}
		c, err := s.start(&w)
		if err != nil {
			return err
		}
		ended := c.follow(ctx)
		code := exitCode(ended)
		if code == 0 && c.behind > 0 && ctx.Err() == nil {
			w.Done = c.behind
			continue
		}
		if code == 0 {
			return nil
		}
		if ctx.Err() != nil {
			return s.interrupted(c)
		}
		if code == exitRig {
			return fmt.Errorf("a soak process failed: %s", strings.TrimSpace(c.said.String()))
		}
		number, err := s.died(ctx, c)
		if err != nil {
			return err
		}
		if starts++; number > 0 {
			s.uncounted(number - w.Done - c.counted)
			w.Done, starts = number, 0
		}
		if starts == mostStarts {
			return fmt.Errorf("a soak process dies before it runs anything (%w): %s", ended,
				strings.TrimSpace(c.said.String()))
		}
	}
	return nil
}

// interrupted gives up what a child ran that this process ended, unless it had been found to fail.
func (s *soak) interrupted(c *child) error {
	if c.journal == "" {
		return nil
	}
	return journal.Look(c.journal, func(e *journal.Entry) error {
		if e.Note == "" || e.Number == c.last {
			return nil
		}
		return s.keepNoted(e.Note, e, "the soak was ended before it could be looked at again")
	})
}

// died keeps the program that a child died of, and gives its number: 0 if there was none.
func (s *soak) died(ctx context.Context, c *child) (number uint64, err error) {
	s.restarted()
	if c.journal == "" {
		return 0, nil
	}
	err = journal.Look(c.journal, func(e *journal.Entry) error {
		number = e.Number
		if e.Number == c.last { // it was kept, and the journal not told
			return nil
		}
		return s.bury(ctx, e, c)
	})
	return number, err
}

// add takes in what the child of a job did, and how many random programs are behind it; 0 if it does not say.
func (s *soak) add(t *diff.Tally, job int, drawn uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sum.Add(t)
	s.sum.Elapsed = time.Since(s.begun)
	if job < len(s.drawn) {
		s.drawn[job] = max(s.drawn[job], drawn)
	}
	s.progress()
	s.save(false)
}

// uncounted adds programs that a child ran since it last told its figures.
func (s *soak) uncounted(programs uint64) {
	t := diff.NewTally()
	t.Programs = int(programs)
	s.add(t, 0, 0)
}

func (s *soak) restarted() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sum.Restarts++
}

func (s *soak) broke(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sum.Broke = append(s.sum.Broke, err.Error())
}

// failed counts a failure that is in a folder.
func (s *soak) failed(title, folder string) {
	s.mu.Lock()
	g, first := s.sum.group(title)
	g.Count++
	if first {
		g.Folder = folder
	}
	s.progress()
	s.mu.Unlock()
	if first {
		if s.c.New != nil {
			s.c.New(folder)
		}
		s.care.take(g)
	}
}

// progress is for the owner of the lock.
func (s *soak) progress() {
	s.look(false)
	if s.c.Progress == nil {
		return
	}
	s.c.Progress(s.sum)
}

// shown is how commands call a folder of failures.
func (s *soak) shown(folder string) string { return filepath.Join(s.c.Shown, filepath.Base(folder)) }
