// What is done about a failure while the soak goes on. See doc.go for an overview.

package soak

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"midiff/diff"
	"midiff/diff/reduce"
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
	ctx, cancel := context.WithTimeout(ctx, perGroup)
	defer cancel()
	c := a.s.c.reduce(g.without)
	c.Outcome = reduce.OutcomeOf(g.Title)
	r, err := reduce.Run(ctx, *c, p)
	switch {
	case errors.Is(err, reduce.ErrAgrees):
		return a.keep(name, &Reduced{Flaky: true, Runs: r.Runs, Before: len(p.Ops), After: len(p.Ops)})
	case err != nil:
		return nil, err
	}
	j := &Reduced{Outcome: string(r.Outcome), Flaky: r.Flaky(), Hits: r.Hits, Runs: r.Runs, Before: len(p.Ops),
		After: len(r.Program.Ops), Candidates: r.Stats.Tested, Confirmed: r.Confirmed,
		Stopped: r.Stats.Stopped, Seconds: r.Elapsed.Seconds()}
	if !j.Flaky {
		text := fmt.Sprintf("# fails: %s\n%s", r.Outcome, r.Program.Text())
		if err := diff.WriteFile(filepath.Join(g.Folder, diff.SmallFile), text); err != nil {
			return nil, err
		}
	}
	return a.keep(name, j)
}

func (a *aftercare) keep(name string, r *Reduced) (*Reduced, error) {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, err
	}
	return r, diff.WriteFile(name, string(text)+"\n")
}
