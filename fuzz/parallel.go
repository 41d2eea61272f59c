// Parallel runs of inputs, in a process of their own. See doc.go for an overview.

package fuzz

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"midiff/diff"
	"midiff/diff/journal"
	"midiff/diff/prog"
)

// ParallelBounds are the bounds of FuzzParallel's programs.
var ParallelBounds = prog.DecodeConfig{MaxOps: 300, MaxThreads: 4, MaxSize: 20 << 20, MaxTouched: 8 << 20, MaxBulk: 512,
	Exits: true, Heaps: true, Barriers: true, Parallel: true}

// servesVar makes the test binary the process that runs programs: it is the name of its journal, or noJournal.
const (
	servesVar = "MIDIFF_FUZZ_PARALLEL"
	noJournal = "-"
)

// keptVar is the folder of a failure that is kept already: further ones are not, since those that Go tries when it
// makes an input smaller would be so many.
const keptVar = "MIDIFF_FUZZ_KEPT"

// Serves tells whether this process is the one that runs programs.
func Serves() bool { return os.Getenv(servesVar) != "" }

// ServeParallel runs the programs that come in, each text behind the number of its bytes, and answers each with the
// folder of its failure and a report, both behind the number of their bytes, and empty for a run that found nothing
// new. Each program is in the journal while it runs.
func ServeParallel(in io.Reader, out io.Writer) error {
	x, err := diff.NewParallel()
	if err != nil {
		return err
	}
	k := &diff.ParallelKeeper{Parallel: x, Keeps: os.Getenv(keptVar) == "" && os.Getenv(servesVar) != noJournal,
		Store: diff.Store{Folder: failures, Shown: shown, Origin: diff.Origin{By: "FuzzParallel"}}}
	if name := os.Getenv(servesVar); name != noJournal {
		if k.Journal, err = journal.OpenAt(name); err != nil {
			return err
		}
	}
	from := bufio.NewReader(in)
	for number := uint64(1); ; number++ {
		text, err := receive(from)
		if err != nil {
			return k.Close() // the other side has ended
		}
		folder, report, err := serveOne(k, text, number)
		if err != nil {
			return err
		}
		if err := errors.Join(send(out, []byte(folder)), send(out, report)); err != nil {
			return err
		}
	}
}

// serveOne runs a program.
func serveOne(k *diff.ParallelKeeper, text []byte, number uint64) (folder string, report []byte, err error) {
	p, err := prog.Parse("input", text)
	if err != nil {
		return "", nil, err
	}
	v, f, err := k.Check(p, number, 1)
	switch {
	case err != nil || v.Title() == "":
		return "", nil, err
	case f != nil:
		return f.Folder, []byte(f.Report), nil
	}
	var b bytes.Buffer
	err = k.Parallel.WriteReport(&b, "an input that is not kept", 1, &v)
	return "", b.Bytes(), err
}

func send(to io.Writer, text []byte) error {
	_, err := to.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(len(text))), text...))
	return err
}

func receive(from io.Reader) ([]byte, error) {
	var n uint32
	if err := binary.Read(from, binary.LittleEndian, &n); err != nil {
		return nil, err
	}
	text := make([]byte, n)
	_, err := io.ReadFull(from, text)
	return text, err
}

// ParallelTarget runs inputs with their threads at once. The runs are in another process: what they cover
// differs from run to run, and must not guide the fuzzer; and one that ends its process ends no more.
type ParallelTarget struct {
	decoder *prog.Decoder
	cmd     *exec.Cmd
	to      io.WriteCloser
	from    *bufio.Reader
	journal string
	said    bytes.Buffer
	kept    string // the folder of the first failure
}

// NewParallelTarget makes one; its process starts with the first input.
func NewParallelTarget() *ParallelTarget {
	return &ParallelTarget{decoder: prog.NewDecoder(ParallelBounds)}
}

// Check runs an input. The error is a report.
func (t *ParallelTarget) Check(data []byte) error {
	text := t.decoder.Decode(data).Text()
	if t.cmd == nil {
		if err := t.start(); err != nil {
			return err
		}
	}
	var folder, report []byte
	err := send(t.to, []byte(text))
	if err == nil {
		folder, err = receive(t.from)
	}
	if err == nil {
		report, err = receive(t.from)
	}
	if err == nil && len(report) == 0 {
		return nil
	}
	if err != nil { // its process died
		return t.died()
	}
	t.Close()
	return t.found(string(folder), string(report))
}

// found remembers the folder of the first failure, and gives the report about one.
func (t *ParallelTarget) found(folder, report string) error {
	if folder == "" && t.kept != "" {
		report = fmt.Sprintf("%s\nkept is the first that failed, in %s\n", report, t.kept)
	}
	if t.kept == "" && folder != "" {
		t.kept = filepath.Join(shown, filepath.Base(folder))
	}
	return errors.New(strings.TrimSpace(report))
}

// died keeps the program that the process died of.
func (t *ParallelTarget) died() error {
	t.to.Close()
	_ = t.cmd.Wait() // its state says more than the error
	how := t.cmd.ProcessState.String()
	t.cmd = nil
	report := fmt.Sprintf("the process that ran the input died: %s\n%s", how, t.said.String())
	if t.kept != "" || t.journal == noJournal {
		return t.found("", report)
	}
	folder := ""
	err := journal.Look(t.journal, func(e *journal.Entry) error {
		p, err := prog.Parse("journal", e.Program)
		if err != nil {
			return err
		}
		f, err := diff.SaveParallel(&diff.Store{Folder: failures, Shown: shown,
			Origin: diff.Origin{By: "FuzzParallel", Number: e.Number}}, &diff.ParallelFailure{
			Title: "died " + how, Program: p, Verdict: &diff.Verdict{Class: diff.Unknown, Reason: report}, Ran: 1,
			Report: func(file string) string {
				return fmt.Sprintf("midiff: %s: %s\n%s", file, report, diff.ParallelCommandLines(file, "", nil, diff.TimesToSee(1, 1)))
			}})
		if err == nil {
			folder, report = f.Folder, f.Report
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%s\ncannot be kept: %w", report, err)
	}
	return t.found(folder, report)
}

func (t *ParallelTarget) start() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	t.journal = noJournal
	folder := filepath.Join(failures, diff.ParallelJournals)
	if os.MkdirAll(folder, 0o755) == nil { // else it is a place where nothing can be kept
		t.journal = filepath.Join(folder, fmt.Sprintf("journal-%d-%d", os.Getpid(), time.Now().UnixNano()))
	}
	t.said.Reset()
	t.cmd = exec.Command(self, "-test.run", "^$")
	t.cmd.Env = append(os.Environ(), servesVar+"="+t.journal, keptVar+"="+t.kept)
	t.cmd.Stderr = &t.said
	if t.to, err = t.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := t.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	t.from = bufio.NewReader(out)
	return t.cmd.Start()
}

// Close ends the process; between inputs it does so by itself.
func (t *ParallelTarget) Close() {
	if t.cmd != nil {
		t.to.Close()
		timer := time.AfterFunc(time.Second, func() { _ = t.cmd.Process.Kill() })
		_ = t.cmd.Wait() // how it ended does not matter
		timer.Stop()
		t.cmd = nil
	}
}
