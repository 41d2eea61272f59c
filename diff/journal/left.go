// Journals as others see them. See doc.go for an overview.

package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// Entry is a program that runs, or did when its process died.
type Entry struct {
	Kind    string // as given to Begin
	Number  uint64
	Program []byte
	Note    string // what was found about it, "" if nothing
	// Side is Rig, C or Port; Step is the number that its step has in the run, from 1, 0 before the first.
	Side int
	Step int
}

// Read gives what a journal tells, nil if no program runs. It may be asked while the owner lives; then what
// it gives may be a moment old.
func Read(path string) (*Entry, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return read(file)
}

func read(file *os.File) (*Entry, error) {
	page := make([]byte, pageSize)
	if n, err := file.ReadAt(page, 0); n < pageSize {
		if err == io.EOF { // its owner died while it made it
			err = nil
		}
		return nil, err
	}
	word := func(at int) int { return int(binary.NativeEndian.Uint32(page[at:])) }
	if string(page[:len(magic)]) != magic || word(atRunning) == 0 {
		return nil, nil
	}
	e := &Entry{
		Kind: text(page[atKind:atNote]), Note: text(page[atNote:]),
		Number: binary.NativeEndian.Uint64(page[atNumber:]),
	}
	e.Side, e.Step = place(page)
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	length := binary.NativeEndian.Uint64(page[atLength:])
	if length > uint64(info.Size()) {
		return nil, nil
	}
	e.Program = make([]byte, length)
	if _, err := file.ReadAt(e.Program, pageSize); err != nil {
		return nil, err
	}
	if crc32.ChecksumIEEE(e.Program) != uint32(word(atSum)) {
		return nil, nil // read while the next one was written
	}
	return e, nil
}

// text gives the bytes up to the first zero.
func text(b []byte) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	return string(b)
}

// View is a journal of another process, looked at while that runs and after its death. Its file may be
// removed meanwhile. A nil View tells nothing.
type View struct{ file *os.File }

// OpenView opens a journal to look at.
func OpenView(path string) (*View, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return &View{file}, nil
}

// Close ends the looking.
func (v *View) Close() error {
	if v == nil {
		return nil
	}
	return v.file.Close()
}

// Place gives where a run is, or was, whether or not it is over: the side and the number of its step. ok is
// false if the journal does not tell.
func (v *View) Place() (side, step int, ok bool) {
	page := make([]byte, pageSize)
	if v == nil {
		return 0, 0, false
	}
	if n, _ := v.file.ReadAt(page, 0); n < pageSize {
		return 0, 0, false
	}
	side, step = place(page)
	return side, step, true
}

// Progress gives some bytes that change with every step and every program, "" if there are none.
func (v *View) Progress() string {
	var b [atLength - atRunning]byte
	if v == nil {
		return ""
	}
	if _, err := v.file.ReadAt(b[:], atRunning); err != nil {
		return ""
	}
	return string(b[:])
}

// place gives the side that runs and the number of its step.
func place(page []byte) (side, step int) {
	word := func(at int) int { return int(binary.NativeEndian.Uint32(page[atPlace+4*at:])) }
	if side = word(2); side == C || side == Port {
		return side, word(side - C)
	}
	return Rig, 0
}

// Left goes through the journals of a folder that have no owner any more. What still runs in one is given
// to look; when that returns no error, or when there is nothing to tell, the journal is removed. While look
// runs, the journal is owned by this process. A folder that is not there has none.
func Left(folder string, look func(e *Entry) error) error {
	paths, err := filepath.Glob(filepath.Join(folder, "journal-*"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		err = errors.Join(err, Look(path, look))
	}
	return err
}

// Look is Left for one journal.
func Look(path string, look func(e *Entry) error) error {
	file, err := lock(path, 0)
	if file == nil {
		if errors.Is(err, os.ErrNotExist) { // another process looked after it
			err = nil
		}
		return err
	}
	defer file.Close()
	e, err := read(file)
	if e != nil && err == nil {
		err = look(e)
	}
	if err != nil {
		return err
	}
	return os.Remove(path)
}
