// The owner's side of a journal. See doc.go for an overview.

package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// The first page: fields in the byte order of the machine. The program follows at pageSize.
const (
	pageSize = 4096
	magic    = "midiff-1"

	atMagic   = 0
	atRunning = 8  // 1: a program runs, or what was found about it is not safe yet
	atPlace   = 12 // three words: see Words
	atNumber  = 24 // of the program
	atLength  = 32 // of the program, bytes
	atSum     = 40 // its CRC-32
	atKind    = 64 // a text, zeros behind it
	atNote    = 1024
	kindRoom  = atNote - atKind - 1
	noteRoom  = pageSize - atNote - 1
)

// Words is the length of what Place gives: three words of 32 bits, with the number of the step that C
// was given last, that goalloc was given last, and the side that runs.
const Words = 12

// Values of the third word: the side that runs.
const (
	Rig  = iota // neither: the rig compares, reports, resets
	C           // the reference
	Port        // goalloc
)

// Journal is a journal that this process owns. It is not for concurrent use.
type Journal struct {
	file *os.File
	page []byte
}

// mostJournals bounds the search for a free name.
const mostJournals = 10000

// Open makes a journal in a folder, or takes one over that has no owner and nothing to tell.
func Open(folder string) (*Journal, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	for n := range mostJournals {
		j, err := openAt(filepath.Join(folder, fmt.Sprintf("journal-%d", n)), false)
		if j != nil || err != nil {
			return j, err
		}
	}
	return nil, fmt.Errorf("%s: %d journals that nobody looked at; midiff recover does", folder, mostJournals)
}

// OpenAt makes a journal of that name; what is in it is lost. It is an error if another process owns it.
func OpenAt(path string) (*Journal, error) {
	j, err := openAt(path, true)
	if j == nil && err == nil {
		err = fmt.Errorf("%s: another process has this journal", path)
	}
	return j, err
}

// openAt gives nil without an error for one that is not to be had.
func openAt(path string, anyhow bool) (*Journal, error) {
	file, err := lock(path, os.O_CREATE)
	if file == nil {
		return nil, err
	}
	if e, err := read(file); !anyhow && err == nil && e != nil {
		return nil, file.Close()
	}
	j := &Journal{file: file}
	if err := j.makePage(); err != nil {
		return nil, errors.Join(fmt.Errorf("journal %s: %w", path, err), file.Close())
	}
	return j, nil
}

// lock opens a file and takes its lock, nil if another process has it.
func lock(path string, flags int) (*os.File, error) {
	for {
		file, err := os.OpenFile(path, os.O_RDWR|flags, 0o644)
		if err != nil {
			return nil, err
		}
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == syscall.EWOULDBLOCK {
			return nil, file.Close()
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), file.Close())
		}
		mine, err := file.Stat()
		if now, e := os.Stat(path); err == nil && e == nil && os.SameFile(mine, now) {
			return file, nil
		}
		file.Close() // it was removed between opening and locking: again
	}
}

// makePage fills the first page before it is mapped: memory behind a file's end cannot be touched, nor
// can a page that the disk has no room for.
func (j *Journal) makePage() (err error) {
	page := make([]byte, pageSize)
	copy(page[atMagic:], magic)
	if err := j.file.Truncate(0); err != nil {
		return err
	}
	if _, err := j.file.WriteAt(page, 0); err != nil {
		return err
	}
	j.page, err = syscall.Mmap(int(j.file.Fd()), 0, pageSize, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_SHARED)
	return err
}

// Path gives the file.
func (j *Journal) Path() string { return j.file.Name() }

// Place gives the three words that tell where the run is, for whoever runs programs to write to. They lie
// outside of Go's heap.
func (j *Journal) Place() []byte { return j.page[atPlace : atPlace+Words : atPlace+Words] }

// Begin writes a program down that is about to run. kind says how its bytes are to be read, number which of
// its owner's it is. When it returns, the program is safe from the death of this process.
func (j *Journal) Begin(kind string, number uint64, program []byte) error {
	j.Done()
	if _, err := j.file.WriteAt(program, pageSize); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	clear(j.page[atPlace:])
	binary.NativeEndian.PutUint64(j.page[atNumber:], number)
	binary.NativeEndian.PutUint64(j.page[atLength:], uint64(len(program)))
	binary.NativeEndian.PutUint32(j.page[atSum:], crc32.ChecksumIEEE(program))
	copy(j.page[atKind:], kind[:min(len(kind), kindRoom)])
	binary.NativeEndian.PutUint32(j.page[atRunning:], 1)
	return nil
}

// Note adds what was found about the program that runs. It stays until Done: a reader takes a program with
// a note for one that failed, even if it does not do so again.
func (j *Journal) Note(found string) {
	found = strings.ReplaceAll(found, "\x00", " ")
	copy(j.page[atNote:], found[:min(len(found), noteRoom)])
}

// Done says that the program needs no looking after any more: it ran to its end, or what it came to is
// kept elsewhere.
func (j *Journal) Done() { binary.NativeEndian.PutUint32(j.page[atRunning:], 0) }

// Close gives the journal up. One with nothing to tell is removed.
func (j *Journal) Close() error {
	var err error
	if binary.NativeEndian.Uint32(j.page[atRunning:]) == 0 {
		err = os.Remove(j.file.Name())
	}
	return errors.Join(err, syscall.Munmap(j.page), j.file.Close())
}
