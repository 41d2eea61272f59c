// Runs in a child process. See doc.go for an overview.

package reduce

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"midiff/diff"
	"midiff/diff/journal"
	"midiff/diff/prog"
	"midiff/diff/stall"
)

// Checker runs a program: a diff.Session, or what a test puts in its place.
type Checker interface {
	Check(p *prog.Program) diff.Verdict
	// CheckPristine tells whether the run before left anything behind.
	CheckPristine() diff.Verdict
}

// JournalVar is the variable that has the name of the child's journal. It is there for its place alone
// (journal.Place): the child opens it and has its session keep it up to date.
const JournalVar = "MIDIFF_SERVE_JOURNAL"

// ready is what a child says when it can take programs.
const ready = "ready"

// stained begins the answer of a child that may give no other: the run left something behind, for which
// the next program would be blamed.
const stained = "last "

// Serve is what the child does: it says that it is ready; reads programs, each as a line with the number of its
// bytes, how often to run it at most and which outcome to stop at, and then the bytes; runs them, and answers
// each in a line with how often it ran and the last outcome. It ends with its input, or after a run that
// failed and left something behind.
func Serve(s Checker, in io.Reader, out io.Writer) error {
	from := bufio.NewReader(in)
	if _, err := fmt.Fprintln(out, ready); err != nil {
		return err
	}
	for {
		line, err := from.ReadString('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		var n, runs int
		var want string
		if _, err := fmt.Sscanf(line, "%d %d %q", &n, &runs, &want); err != nil {
			return fmt.Errorf("serve: expected the length of a program, a number of runs and an outcome: %w", err)
		}
		text := make([]byte, n)
		if _, err := io.ReadFull(from, text); err != nil {
			return err
		}
		o, ran, clean := Outcome("invalid"), 0, true
		p, err := prog.Parse("candidate", text)
		for ; err == nil && clean && ran < runs && (ran == 0 || string(o) != want); ran++ {
			v := s.Check(p)
			o = outcomeOf(&v)
			clean = !o.Failed() || s.CheckPristine().Class == diff.Agree
		}
		if !clean {
			_, err := fmt.Fprintf(out, "%s%d %s\n", stained, ran, o)
			return err
		}
		if _, err := fmt.Fprintln(out, ran, o); err != nil {
			return err
		}
	}
}

// worker is a child that serves; it is started again after it died.
type worker struct {
	command  func() *exec.Cmd
	patience time.Duration                            // for one run
	asleep   time.Duration                            // the same for one that sleeps, if that is longer
	quick    func(before time.Duration) time.Duration // the patience after a run that hung; nil to keep it
	before   time.Duration                            // processor time of the last run that hung, until it did; 0 if it is not known
	op       int                                      // the operation in which the last run ended that the child did not survive, -1 for none
	view     *journal.View                            // of the child's journal
	cmd      *exec.Cmd
	in       io.WriteCloser
	out      *bufio.Reader
	said     bytes.Buffer // on standard error
	watch    stall.Watch
}

// run gives the outcome of a program. An error means that there is no child to run it.
func (w *worker) run(ctx context.Context, text string) (Outcome, error) {
	_, o, err := w.runUntil(ctx, text, 1, "")
	return o, err
}

// runUntil runs a program up to so many times, until it comes to the outcome wanted, and gives how often it ran
// and the last outcome. Of a child that dies it is not known how often it ran: 1 is given.
func (w *worker) runUntil(ctx context.Context, text string, runs int, want Outcome) (int, Outcome, error) {
	answer, err := w.answer(ctx, text, runs, want)
	if number, outcome, ok := strings.Cut(string(answer), " "); ok && err == nil {
		if n, e := strconv.Atoi(number); e == nil {
			return n, Outcome(outcome), nil
		}
	}
	return 1, answer, err
}

func (w *worker) answer(ctx context.Context, text string, runs int, want Outcome) (Outcome, error) {
	if w.cmd == nil {
		if err := w.start(ctx); err != nil {
			return "", err
		}
	}
	line, how, err := w.ask(ctx, w.patience*time.Duration(max(runs/8, 1)),
		fmt.Sprintf("%d %d %q\n%s", len(text), runs, string(want), text))
	if err != nil || how == nil {
		line, last := strings.CutPrefix(line, stained)
		if last {
			w.kill()
		}
		return Outcome(line), err
	}
	o := how(w.where(text))
	if w.quick != nil && o.hung() && o == want && w.before > 0 {
		w.patience = min(w.patience, w.quick(w.before))
	}
	return o, nil
}

// ask sends text and waits for a line. Where the child gives none, how makes the outcome from the place.
func (w *worker) ask(ctx context.Context, patience time.Duration, text string) (line string,
	how func(where string) Outcome, err error) {
	answer := make(chan string, 1)
	go func() {
		defer close(answer)
		if _, err := io.WriteString(w.in, text); err != nil {
			return
		}
		if line, err := w.out.ReadString('\n'); err == nil {
			answer <- strings.TrimSpace(line)
		}
	}()
	w.watch.Limit, w.watch.Asleep = patience, w.asleep
	w.watch.Begin()
	began := w.watch.Used()
	look := time.NewTicker(min(max(patience/10, 5*time.Millisecond), 100*time.Millisecond))
	defer look.Stop()
	for {
		select {
		case line, ok := <-answer:
			if ok {
				return line, nil, nil
			}
			state := w.end()
			return "", func(where string) Outcome { return Died(w.said.String(), state, where) }, nil
		case <-look.C:
			if w.watch.Hung() {
				if w.before = 0; w.view != nil {
					w.before = w.watch.Used() - began
				}
				w.kill()
				<-answer
				return "", Hung, nil
			}
		case <-ctx.Done():
			w.kill()
			<-answer
			return "", nil, ctx.Err()
		}
	}
}

// where tells where the run of a program was when the child ended, "" if it did not say.
func (w *worker) where(text string) string {
	side, step, ok := w.view.Place()
	p, err := prog.Parse("candidate", []byte(text))
	if w.op = -1; !ok || err != nil {
		return ""
	}
	words, op := diff.Where(p, side, step)
	w.op = op
	return words
}

// start makes a child and waits until it is ready. How long that takes says nothing about programs.
func (w *worker) start(ctx context.Context) (err error) {
	folder, err := os.MkdirTemp("", "midiff-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder) // who has opened the journal by then has it still
	name := filepath.Join(folder, "journal")
	w.view.Close()
	w.cmd, w.view = w.command(), nil
	w.cmd.Env = append(w.cmd.Environ(), JournalVar+"="+name)
	w.said.Reset()
	w.cmd.Stderr = &w.said
	if w.in, err = w.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	w.out = bufio.NewReader(out)
	if err := w.cmd.Start(); err != nil {
		w.cmd = nil
		return fmt.Errorf("cannot start a process to run programs in: %w", err)
	}
	w.watch = stall.Watch{Pid: w.cmd.Process.Pid, Progress: func() string { return w.view.Progress() }}
	line, how, err := w.ask(ctx, startPatience, "")
	if err == nil && (how != nil || line != ready) {
		err = fmt.Errorf("a process to run programs in does not start: %s%s", line, w.said.String())
	}
	if err == nil {
		w.view, err = journal.OpenView(name)
	}
	if errors.Is(err, os.ErrNotExist) { // a child that keeps none
		err = nil
	}
	return err
}

// startPatience is how long a child may take to be ready.
const startPatience = 20 * time.Second

// end waits for a child that stopped answering, and says how it ended.
func (w *worker) end() string {
	w.in.Close()
	_ = w.cmd.Wait() // its state says more than the error
	how := w.cmd.ProcessState.String()
	w.cmd = nil
	return how
}

// kill ends the child; it must not be answering any more.
func (w *worker) kill() {
	if w.cmd != nil {
		_ = w.cmd.Process.Kill()
		w.end()
	}
}

// close ends the child and leaves nothing behind.
func (w *worker) close() {
	w.kill()
	w.view.Close()
}
