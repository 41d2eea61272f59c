// The parent's side of a child. See doc.go for an overview.

package soak

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"midiff/diff/journal"
	"midiff/diff/stall"
)

// child is a process that works.
type child struct {
	s       *soak
	job     int
	cmd     *exec.Cmd
	said    bytes.Buffer // on standard error
	events  chan event
	ended   chan error // of waiting, after the last event
	journal string
	view    *journal.View
	last    uint64 // number of its last failure that is counted
	counted uint64 // programs in what it told
	behind  uint64 // programs behind it, if another child is to go on
	hung    bool
}

// start starts a child.
func (s *soak) start(w *Work) (*child, error) {
	c := &child{s: s, job: w.Part, cmd: s.c.Command(w.args()...), events: make(chan event), ended: make(chan error, 1)}
	c.cmd.Stderr = &c.said
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start a process to run programs in: %w", err)
	}
	go c.read(out)
	return c, nil
}

// read passes events on. What a child wrote in part before it died is dropped.
func (c *child) read(out io.Reader) {
	for d := json.NewDecoder(out); ; {
		var e event
		if d.Decode(&e) != nil {
			break
		}
		c.events <- e
	}
	_, _ = io.Copy(io.Discard, out) // or it could not write on
	close(c.events)
	c.ended <- c.cmd.Wait()
}

// looksPerLimit is how often a child is looked at in the time after which it would count as hung.
const looksPerLimit = 20

// follow takes a child's events in until it ends, and ends it when it hangs or ctx does. The error is how it
// ended.
func (c *child) follow(ctx context.Context) error {
	limit := c.s.c.Patience
	watch := &stall.Watch{Pid: c.cmd.Process.Pid, Limit: limit,
		Progress: func() string { return c.view.Progress() }}
	defer func() { c.view.Close() }()
	watch.Begin()
	look := time.NewTicker(limit / looksPerLimit)
	defer look.Stop()
	stop := ctx.Done()
	for events := c.events; events != nil; {
		select {
		case e, ok := <-events:
			if !ok {
				events = nil
				break
			}
			c.take(&e)
		case <-look.C:
			if c.view != nil && !c.hung && watch.Hung() {
				c.hung = true
				_ = c.cmd.Process.Kill()
			}
		case <-stop:
			stop = nil
			_ = c.cmd.Process.Kill()
		}
	}
	return <-c.ended
}

func (c *child) take(e *event) {
	switch {
	case e.Journal != "":
		c.journal = e.Journal
		c.view, _ = journal.OpenView(c.journal) // it may be dead already, and its journal with it
	case e.Behind > 0:
		c.behind = e.Behind
	case e.Failure != nil:
		c.last = e.Failure.Number
		c.s.failed(e.Failure.Title, e.Failure.Folder)
	case e.Measured != nil:
		c.s.took(e.Measured)
	case e.Kept != "":
		c.s.kept()
	case e.Tally != nil:
		c.counted += uint64(e.Tally.Programs)
		c.s.add(e.Tally, c.job, e.Drawn)
	}
}

// exitCode gives the code that it ended with by itself, -1 if it was ended.
func exitCode(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}
