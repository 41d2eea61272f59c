// What the targets have in common. See doc.go for an overview.

package fuzz

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"
	"syscall"

	"midiff/corpus"
	"midiff/cref"
	"midiff/diff"
	"midiff/diff/journal"
	"midiff/diff/prog"
	"midiff/fuzz/feed"
	"midiff/fuzz/seeds"
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

// coverVar says what guides the fuzzer beside Go's own counters: nothing if it is 0, what of the C library ran if it
// is edges, what its state was like if it is features, else both; in
// binaries with the build tag ccover.
const coverVar = "MIDIFF_CCOVER"

// chosen tells whether an input is looked at carefully.
func chosen(data []byte) bool { return crc32.ChecksumIEEE(data)%lookEvery == 0 }

// lookEvery is of how many inputs one is looked at carefully, which one depends on its bytes alone: what an input covers
// must not depend on the ones before it.
const lookEvery = 64

// keeper is the process's: it has one C side, and one journal, so that an input that ends the process is
// not lost.
var keeper = sync.OnceValues(func() (*diff.Keeper, error) {
	s, err := diff.NewSession()
	if err != nil {
		return nil, err
	}
	s.StateEvery, s.LookEvery = stateEvery, 0
	if s.Covers() {
		s.Coverage = new(cref.Coverage)
	}
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
	careful bool
	edges   bool     // what ran of C guides the fuzzer
	looks   bool     // what C's state was like does
	reached *reached // nil: nobody wants to know
}

// NewTarget makes the target of a name in Programs. All targets of a process share one session, so
// only one may run at a time.
func NewTarget(name string) (*Target, error) {
	boundHeap()
	k, err := keeper()
	if err != nil {
		return nil, err
	}
	r, err := openReached()
	if err != nil {
		return nil, err
	}
	guide, told := os.Getenv(coverVar), k.Session.Coverage != nil
	return &Target{name: name, decoder: prog.NewDecoder(Programs[name]), keeper: k, reached: r,
		edges: told && guide != "0" && guide != "features", looks: told && guide != "0" && guide != "edges"}, nil
}

// Careful has all live blocks verified after every operation, and the pristine state after every input.
func (t *Target) Careful() { t.careful = true }

// Covered is what the last input covered of the C library; nil if that is not known.
func (t *Target) Covered() *cref.Coverage { return t.keeper.Session.Coverage }

// Check runs an input. The error is a report.
func (t *Target) Check(data []byte) error {
	s := t.keeper.Session
	s.Careful = t.careful || chosen(data)
	v, f, err := t.keeper.CheckInput(t.name, data, t.decoder.Decode(data))
	if t.edges {
		feed.Feed(s.Coverage.Edges, nil)
	}
	if t.looks {
		feed.Feed(nil, s.Coverage.Features)
	}
	if t.reached != nil {
		if err := t.reached.take(s.Coverage, f != nil); err != nil {
			return err
		}
	}
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

// SeedsVar names the one program of the corpus to start from, as smoke/op-malloc, or a folder of it, as smoke/; for who
// measures what a start from little comes to.
const SeedsVar = "MIDIFF_SEED"

// Seeds are the corpus's programs as inputs.
func Seeds() (inputs [][]byte, err error) {
	only := os.Getenv(SeedsVar)
	all, err := seeds.For("")
	for _, in := range all {
		if only == "" || in.Name == only+corpus.Extension || in.Name == only+path.Base(in.Name) {
			inputs = append(inputs, in.Data)
		}
	}
	return inputs, err
}
