// Runs in a child process. See doc.go for an overview.

package reduce

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"midiff/diff"
	"midiff/diff/prog"
)

// Checker runs a program: a diff.Session, or what a test puts in its place.
type Checker interface {
	Check(p *prog.Program) diff.Verdict
	// CheckPristine tells whether the run before left anything behind.
	CheckPristine() diff.Verdict
}

// stained begins the answer of a child that may give no other: the run left something behind, for which
// the next program would be blamed.
const stained = "last "

// Serve is what the child does: it reads programs, each as a line with the number of its bytes, how often to
// run it at most and which outcome to stop at, and then the bytes; runs them, and answers each in a line with
// how often it ran and the last outcome. It ends with its input, or after a run that failed and left
// something behind.
func Serve(s Checker, in io.Reader, out io.Writer) error {
	from := bufio.NewReader(in)
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
	patience time.Duration // for one run
	cmd      *exec.Cmd
	in       io.WriteCloser
	out      *bufio.Reader
	said     bytes.Buffer // on standard error
}

// run gives the outcome of a program. An error means that there is no child to run it.
func (w *worker) run(ctx context.Context, text string) (Outcome, error) {
	_, o, err := w.runUntil(ctx, text, 1, "")
	return o, err
}

// runUntil runs a program up to so many times, until it comes to the outcome wanted, and gives how often it ran
// and the last outcome. Of a child that dies it is not known how often it ran: 1 is given.
func (w *worker) runUntil(ctx context.Context, text string, runs int, want Outcome) (int, Outcome, error) {
	answer, err := w.ask(ctx, text, runs, want)
	if number, outcome, ok := strings.Cut(string(answer), " "); ok && err == nil {
		if n, e := strconv.Atoi(number); e == nil {
			return n, Outcome(outcome), nil
		}
	}
	return 1, answer, err
}

func (w *worker) ask(ctx context.Context, text string, runs int, want Outcome) (Outcome, error) {
	if w.cmd == nil {
		if err := w.start(); err != nil {
			return "", err
		}
	}
	answer := make(chan string, 1)
	go func() {
		defer close(answer)
		if _, err := fmt.Fprintf(w.in, "%d %d %q\n%s", len(text), runs, string(want), text); err != nil {
			return
		}
		if line, err := w.out.ReadString('\n'); err == nil {
			answer <- strings.TrimSpace(line)
		}
	}()
	select {
	case line, ok := <-answer:
		if ok {
			line, last := strings.CutPrefix(line, stained)
			if last {
				w.kill()
			}
			return Outcome(line), nil
		}
		return died(w.end()), nil
	case <-time.After(w.patience * time.Duration(max(runs/8, 1))):
		w.kill()
		<-answer
		return hung, nil
	case <-ctx.Done():
		w.kill()
		<-answer
		return "", ctx.Err()
	}
}

func (w *worker) start() (err error) {
	w.cmd = w.command()
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
	return nil
}

// end waits for a child that stopped answering, and says how it died.
func (w *worker) end() string {
	w.in.Close()
	_ = w.cmd.Wait() // its state says more than the error
	how := howDied(w.said.String(), w.cmd.ProcessState.String())
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
