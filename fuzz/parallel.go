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

	"midiff/diff"
	"midiff/diff/prog"
)

// ParallelBounds are the bounds of FuzzParallel's programs.
var ParallelBounds = prog.DecodeConfig{MaxOps: 300, MaxThreads: 4, MaxSize: 20 << 20, MaxTouched: 8 << 20, MaxBulk: 512,
	Exits: true, Heaps: true, Barriers: true, Parallel: true}

// servesVar makes the test binary the process that runs programs.
const servesVar = "MIDIFF_FUZZ_PARALLEL"

// Serves tells whether this process is the one that runs programs.
func Serves() bool { return os.Getenv(servesVar) != "" }

// ServeParallel runs the programs that come in, each text behind the number of its bytes, and answers each with a
// report behind the number of its bytes, empty for a run that found nothing new.
func ServeParallel(in io.Reader, out io.Writer) error {
	x, err := diff.NewParallel()
	if err != nil {
		return err
	}
	from := bufio.NewReader(in)
	for {
		text, err := receive(from)
		if err != nil {
			return nil // the other side has ended
		}
		p, err := prog.Parse("input", text)
		if err != nil {
			return err
		}
		var report bytes.Buffer
		if v := x.Check(p); v.Class == diff.Diverge || v.Class == diff.Unknown {
			if err := x.WriteReport(&report, ParallelFile, 1, &v); err != nil {
				return err
			}
		}
		if err := send(out, report.Bytes()); err != nil {
			return err
		}
	}
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

// ParallelFile is where the program of the last failure is.
const ParallelFile = "fuzz/failures/parallel.midiff"

// ParallelTarget runs inputs with their threads at once. The runs are in another process: what they cover
// differs from run to run, and must not guide the fuzzer; and one that ends its process ends no more.
type ParallelTarget struct {
	decoder *prog.Decoder
	cmd     *exec.Cmd
	to      io.WriteCloser
	from    *bufio.Reader
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
	report, err := []byte(nil), send(t.to, []byte(text))
	if err == nil {
		report, err = receive(t.from)
	}
	if err == nil && len(report) == 0 {
		return nil
	}
	t.Close()
	if err != nil {
		report = fmt.Appendf(nil, "the process that ran %s died: %v\n", ParallelFile, err)
	}
	name := filepath.Join(failures, filepath.Base(ParallelFile))
	if err := diff.WriteFile(name, text); err != nil {
		return err
	}
	return errors.New(strings.TrimSpace(string(report)))
}

func (t *ParallelTarget) start() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	t.cmd = exec.Command(self, "-test.run", "^$")
	t.cmd.Env = append(os.Environ(), servesVar+"=1")
	t.cmd.Stderr = os.Stderr
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

// Close ends the process.
func (t *ParallelTarget) Close() {
	if t.cmd != nil {
		t.to.Close()
		_ = t.cmd.Process.Kill()
		_ = t.cmd.Wait() // how it ended has been said
		t.cmd = nil
	}
}
