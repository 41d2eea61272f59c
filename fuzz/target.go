// What the targets have in common. See doc.go for an overview.

package fuzz

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"syscall"

	"midiff/corpus"
	"midiff/diff"
	"midiff/diff/journal"
	"midiff/diff/prog"
)

// failures is where programs that fail are kept, a folder per signature; the targets run in this package's
// folder, and people run commands in the project's.
const (
	failures = "failures"
	shown    = "fuzz/failures"
)

// Programs are the bounds of the targets' programs. Within them an execution takes microseconds; what
// lies beyond is for soaks.
var Programs = map[string]prog.DecodeConfig{
	"FuzzLockstep": {MaxOps: 200, MaxThreads: 1, MaxSize: 40 << 20, MaxTouched: 4 << 20,
		MaxBulk: 1024, MaxSlow: 8, Options: true},
	"FuzzThreads": {MaxOps: 200, MaxThreads: 4, MaxSize: 40 << 20, MaxTouched: 4 << 20,
		MaxBulk: 1024, MaxSlow: 4, Exits: true, Options: true},
	"FuzzHeaps": {MaxOps: 200, MaxThreads: 2, MaxSize: 40 << 20, MaxTouched: 4 << 20,
		MaxBulk: 1024, MaxSlow: 4, MaxArena: 512 << 20, Exits: true, Heaps: true, Arenas: true},
	"FuzzAligned": {MaxOps: 200, MaxThreads: 2, MaxSize: 40 << 20, MaxAlign: 1 << 31,
		MaxTouched: 4 << 20, MaxBulk: 256, MaxSlow: 4, Aligned: true, Heaps: true},
}

// stateEvery is after how many operations the states inside the allocators are compared; they are at
// the end of every program, too.
const stateEvery = 64

// keeper is the process's: it has one C side, and one journal, so that an input that ends the process is
// not lost.
var keeper = sync.OnceValues(func() (*diff.Keeper, error) {
	s, err := diff.NewSession()
	if err != nil {
		return nil, err
	}
	s.StateEvery = stateEvery
	k := &diff.Keeper{Session: s, Store: diff.Store{Folder: failures, Shown: shown}}
	k.Journal, err = journal.Open(filepath.Join(failures, diff.JournalsFolder))
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return k, nil // a place where nothing can be kept
	case err != nil:
		return nil, err
	}
	s.Watch(k.Journal.Place())
	return k, nil
})

// Target runs inputs of one kind.
type Target struct {
	name    string
	decoder *prog.Decoder
	keeper  *diff.Keeper
}

// NewTarget makes the target of a name in Programs. All targets of a process share one session, so
// only one may run at a time.
func NewTarget(name string) (*Target, error) {
	k, err := keeper()
	if err != nil {
		return nil, err
	}
	return &Target{name, prog.NewDecoder(Programs[name]), k}, nil
}

// Careful has all live blocks verified after every operation, and the pristine state after every input.
func (t *Target) Careful() { t.keeper.Session.Careful = true }

// Check runs an input. The error is a report.
func (t *Target) Check(data []byte) error {
	v, f, err := t.keeper.CheckInput(t.name, data, t.decoder.Decode(data))
	switch {
	case err != nil:
		return fmt.Errorf("the rig failed: %w", err)
	case f != nil:
		return errors.New(f.Report)
	case v.Class == diff.Invalid:
		return errors.New("an input became a program that cannot be run: " + v.Reason)
	}
	return nil
}

// CheckText parses a text and, when it is a program, prints it and parses that.
func CheckText(text []byte) error {
	p, err := prog.Parse("input", text)
	if err != nil {
		var at *prog.Error
		if !errors.As(err, &at) || at.Line < 1 || at.Col < 1 || at.Msg == "" {
			return fmt.Errorf("the parser's error names no place: %w", err)
		}
		return nil
	}
	printed := p.Text()
	again, err := prog.Parse("printed", []byte(printed))
	if err != nil {
		return fmt.Errorf("what the printer wrote does not parse: %w\n%s", err, printed)
	}
	if again.Text() != printed {
		return fmt.Errorf("printing twice gives two texts:\n%s\n%s", printed, again.Text())
	}
	return nil
}

// Seeds are the corpus's programs as inputs.
func Seeds() (inputs [][]byte, err error) {
	for _, folder := range corpus.Folders() {
		for _, f := range corpus.Programs(folder) {
			p, err := prog.Parse(f.Path(), f.Text)
			if err != nil {
				return nil, err
			}
			inputs = append(inputs, p.Encode())
		}
	}
	return inputs, nil
}
