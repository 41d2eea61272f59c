package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"midiff/diff"
	"midiff/diff/journal"
	"midiff/diff/soak"
)

// innerVar has, in a process that runs programs with their threads at once, the name of its journal: a thread that
// goes wrong may end it, and the process around it looks after the program that did.
const innerVar = "MIDIFF_PARALLEL_JOURNAL"

// noJournal is the name where nothing can be kept.
const noJournal = "-"

// isInner tells whether this process is one that runs programs.
func isInner() bool { return os.Getenv(innerVar) != "" }

// openInner opens the journal of a process that runs programs, nil for none. The process ends with its parent.
func openInner() (*journal.Journal, error) {
	endWithParent()
	if name := os.Getenv(innerVar); name != noJournal {
		return journal.OpenAt(name)
	}
	return nil, nil
}

// atOnce runs a command again in processes of their own, each with a journal in the folder of failures.
type atOnce struct {
	config soak.Config
	keeps  bool // failures can be kept
}

func newAtOnce(by, ref string) (*atOnce, error) {
	c, err := soakConfig(soak.Work{Ref: ref, Folder: failures, Shown: failures, Origin: diff.Origin{By: by}})
	if err != nil {
		return nil, err
	}
	c.Tell = tell
	err = os.MkdirAll(filepath.Join(failures, diff.ParallelJournals), 0o755)
	if errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return &atOnce{config: c}, nil
	}
	return &atOnce{c, true}, err
}

// crashed is the exit code of Go's runtime, which also lists goroutines then: a program that is not for runs in
// parallel has the same code.
const crashed = 2

// run runs a process, and tells how it ended if it did not end as it should.
func (a *atOnce) run(args ...string) (code int, ended *soak.Ended, err error) {
	self, err := os.Executable()
	if err != nil {
		return exitRig, nil, err
	}
	name := noJournal
	if a.keeps {
		name = filepath.Join(failures, diff.ParallelJournals, fmt.Sprintf("journal-%d-%d", os.Getpid(), time.Now().UnixNano()))
	}
	var said bytes.Buffer
	cmd := childCommand(self, args...)
	cmd.Env = append(cmd.Env, innerVar+"="+name)
	cmd.Stdout, cmd.Stderr = os.Stdout, io.MultiWriter(os.Stderr, &said)
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return exitRig, nil, err
	}
	code = cmd.ProcessState.ExitCode()
	if code < 0 || code == crashed && bytes.Contains(said.Bytes(), []byte("\ngoroutine ")) {
		return exitDiverge, &soak.Ended{Path: name, How: cmd.ProcessState.String(), Said: said.String()}, nil
	}
	return code, nil, nil
}

// look looks after what is left: the program of a process that ended, nil for none, those of earlier ones, and
// folders that nobody has looked at. It tells whether there was a failure.
func (a *atOnce) look(ended *soak.Ended) (failed bool, err error) {
	if !a.keeps {
		return ended != nil, nil
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	sum := soak.AtOnce(ctx, a.config, ended)
	for _, g := range sum.Groups {
		tell(fmt.Sprintf("%s: %s: %s", g.Folder, g.Title, reduced(g)))
	}
	for _, what := range sum.Broke {
		err = errors.Join(err, errors.New(what))
	}
	return len(sum.Groups) > 0, err
}
