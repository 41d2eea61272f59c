// What is done about a failure while the soak goes on. See doc.go for an overview.

package soak

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"midiff/diff"
	"midiff/diff/prog"
	"midiff/diff/reduce"
	"midiff/diff/shrink"
)

// How long the reduction of one group may take, and all that wait when the soak is over.
const (
	perGroup   = time.Minute
	afterwards = time.Minute
)

// ReducedFile is the name of the file, in a failure's folder, with what a reduction came to.
const ReducedFile = "reduced.json"

// aftercare looks at one group after the other.
type aftercare struct {
	s      *soak
	groups chan *Group
	idle   chan struct{}
	cancel context.CancelFunc
}

func (s *soak) startCare(ctx context.Context) *aftercare {
	ctx, cancel := context.WithCancel(ctx)
	a := &aftercare{s: s, groups: make(chan *Group, mostGroups), idle: make(chan struct{}), cancel: cancel}
	go func() {
		defer close(a.idle)
		for g := range a.groups {
			if ctx.Err() == nil {
				a.look(ctx, g)
			}
		}
	}()
	return a
}

// mostGroups is how many groups may wait; no soak of use has as many.
const mostGroups = 10000

func (a *aftercare) take(g *Group) {
	select {
	case a.groups <- g:
	default: // it stays without a reduction, and the summary says so
	}
}

// end waits until all groups were looked at, but not for long.
func (a *aftercare) end() {
	close(a.groups)
	timer := time.AfterFunc(afterwards, a.cancel)
	defer timer.Stop()
	<-a.idle
	a.cancel()
}

// wait waits until all groups were looked at; each takes so long and no longer.
func (a *aftercare) wait() {
	close(a.groups)
	<-a.idle
	a.cancel()
}

// look finds out how reliably a group's program fails, and makes it smaller.
func (a *aftercare) look(ctx context.Context, g *Group) {
	r, err := a.reduce(ctx, g)
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	if err != nil {
		g.Problem = err.Error()
		return
	}
	g.Reduced = r
}

// reduce looks at a failure's folder, unless that was done before.
func (a *aftercare) reduce(ctx context.Context, g *Group) (*Reduced, error) {
	name := filepath.Join(g.Folder, ReducedFile)
	if text, err := os.ReadFile(name); err == nil { // of an earlier soak
		r := new(Reduced)
		return r, json.Unmarshal(text, r)
	}
	p, err := readFile(filepath.Join(g.Folder, diff.ProgramFile))
	if err != nil {
		return nil, err
	}
	mode, without, err := diff.HowRun(g.Folder)
	if err != nil {
		return nil, err
	}
	x := &reduction{c: a.s.c, folder: g.Folder, p: p, without: without, told: time.Now()}
	r := (*Reduced)(nil)
	if mode == parallel {
		r, err = x.atOnce(ctx, reduce.OutcomeOf(strings.TrimPrefix(g.Title, diff.ParallelTitle)))
	} else {
		r, err = x.lockstep(ctx, reduce.OutcomeOf(g.Title))
	}
	if err != nil {
		return nil, err
	}
	return r, a.keep(name, r)
}

// reduction makes the program of a folder smaller.
type reduction struct {
	c       *Config
	folder  string
	p       *prog.Program
	without []string
	told    time.Time
}

// lockstep reduces a program that fails in lockstep.
func (x *reduction) lockstep(ctx context.Context, as reduce.Outcome) (*Reduced, error) {
	r, err := x.run(ctx, lockstep, as, x.p)
	if errors.Is(err, reduce.ErrAgrees) {
		return &Reduced{Flaky: true, Runs: r.Runs, Before: len(x.p.Ops), After: len(x.p.Ops)}, nil
	}
	if err != nil {
		return nil, err
	}
	j := x.reduced(r)
	if j.Flaky = r.Flaky(); !j.Flaky {
		err = x.small(r, fmt.Sprintf("# fails: %s", r.Outcome))
	}
	return j, err
}

// run reduces a program, for as long as is due to a group.
func (x *reduction) run(ctx context.Context, mode string, as reduce.Outcome, p *prog.Program) (*reduce.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, perGroup)
	defer cancel()
	c := x.c.reduce(mode, x.without)
	c.Outcome, c.Progress = as, x.progress
	return reduce.Run(ctx, *c, p)
}

// reduced gives the figures of a reduction.
func (x *reduction) reduced(r *reduce.Result) *Reduced {
	return &Reduced{Outcome: string(r.Outcome), Hits: r.Hits, Runs: r.Runs, Before: len(x.p.Ops),
		After: len(r.Program.Ops), Candidates: r.Stats.Tested, Confirmed: r.Confirmed,
		Stopped: r.Stats.Stopped, Seconds: r.Elapsed.Seconds()}
}

// small keeps what a reduction came to.
func (x *reduction) small(r *reduce.Result, header string) error {
	return diff.WriteFile(filepath.Join(x.folder, diff.SmallFile), header+"\n"+r.Program.Text())
}

// tellProgress is how often a reduction says how it is getting on.
const tellProgress = 5 * time.Second

func (x *reduction) progress(s shrink.Stats, best *prog.Program) {
	if time.Since(x.told) < tellProgress {
		return
	}
	x.told = time.Now()
	x.say("%d of %d operations left after %d candidates (%s)", len(best.Ops), len(x.p.Ops), s.Tested, s.Pass)
}

func (x *reduction) say(format string, args ...any) {
	if x.c.Tell != nil {
		x.c.Tell(x.folder + ": " + fmt.Sprintf(format, args...))
	}
}

func (a *aftercare) keep(name string, r *Reduced) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return diff.WriteFile(name, string(text)+"\n")
}
