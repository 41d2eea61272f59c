// What was reached so far. See doc.go for an overview.

package evolve

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"midiff/diff"
)

// seenSize is room for what all signals can tell.
const seenSize = diff.Features + mostEdges + mostStates

// Seen has a byte per number that a signal can tell, not zero for what was reached. Processes that open the
// same file share it; a store of a byte needs no lock.
type Seen struct{ bytes []byte }

// NewSeen gives one of this process, with nothing in it.
func NewSeen() *Seen { return &Seen{make([]byte, seenSize)} }

// CreateSeen makes a file for it with nothing in it, and its folder.
func CreateSeen(path string) (*Seen, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return mapSeen(path, os.O_RDWR|os.O_CREATE|os.O_EXCL)
}

// OpenSeen shares the file of another process.
func OpenSeen(path string) (*Seen, error) { return mapSeen(path, os.O_RDWR) }

func mapSeen(path string, flags int) (*Seen, error) {
	file, err := os.OpenFile(path, flags, 0o644)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if err := file.Truncate(seenSize); err != nil {
		return nil, err
	}
	bytes, err := syscall.Mmap(int(file.Fd()), 0, seenSize, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &Seen{bytes}, nil
}

// Close gives the memory of a file back.
func (s *Seen) Close() error { return syscall.Munmap(s.bytes) }

// Mark takes in what was reached, and gives how much of it is new.
func (s *Seen) Mark(all []diff.Feature) (fresh int) {
	for _, f := range all {
		if s.bytes[f.Number] == 0 {
			s.bytes[f.Number] = 1
			fresh++
		}
	}
	return fresh
}

// fresh gives those that were not reached so far.
func (s *Seen) fresh(all []diff.Feature) (fresh []diff.Feature) {
	for _, f := range all {
		if s.bytes[f.Number] == 0 {
			fresh = append(fresh, f)
		}
	}
	return fresh
}

// Counts gives how much was reached.
func (s *Seen) Counts() Counts {
	edges := s.bytes[diff.Features:]
	return Counts{count(s.bytes[:diff.Features]), count(edges[:mostEdges]), count(edges[mostEdges:])}
}

func count(all []byte) (n int) {
	for _, b := range all {
		n += int(b)
	}
	return n
}
