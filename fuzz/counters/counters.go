// Package counters reads the coverage counters of its own process: the bytes that Go's fuzzer looks at after each
// input. The fuzzer keeps them to itself, so they are read where the file of the program says that they are.
package counters

import (
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"strings"
)

// section is where the linker puts the counters.
const section = ".go.fuzzcntrs"

// ErrNone says that the program was built without counters.
var ErrNone = errors.New("this program has no coverage counters")

// Counters are those of this process.
type Counters struct {
	memory *os.File
	from   uint64
	zeros  []byte
	syms   []elf.Symbol
}

// Open finds the counters.
func Open() (*Counters, error) {
	const self = "/proc/self/exe"
	f, err := elf.Open(self)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := f.Section(section)
	if in == nil || in.Size == 0 {
		return nil, ErrNone
	}
	syms, err := f.Symbols()
	if err != nil && !errors.Is(err, elf.ErrNoSymbols) {
		return nil, err
	}
	memory, err := os.OpenFile("/proc/self/mem", os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("counters: %w", err)
	}
	return &Counters{memory, in.Addr, make([]byte, in.Size), syms}, nil
}

// Close ends the reading.
func (c *Counters) Close() error { return c.memory.Close() }

// Of gives what run moves, a byte for each counter: its highest bit, as the fuzzer takes it.
func (c *Counters) Of(run func()) ([]byte, error) {
	if _, err := c.memory.WriteAt(c.zeros, int64(c.from)); err != nil {
		return nil, err
	}
	run()
	moved := make([]byte, len(c.zeros))
	if _, err := c.memory.ReadAt(moved, int64(c.from)); err != nil {
		return nil, err
	}
	for i, n := range moved {
		n |= n >> 1
		n |= n >> 2
		n |= n >> 4
		moved[i] = n - n>>1
	}
	return moved, nil
}

// In tells for each counter whether it is one of the packages whose path begins with prefix. It knows in programs that
// have their symbols only.
func (c *Counters) In(prefix string) []bool {
	in := make([]bool, len(c.zeros))
	for i := range c.syms {
		if at := c.syms[i].Value - c.from; at < uint64(len(in)) && strings.HasPrefix(c.syms[i].Name, prefix) {
			in[at] = true
		}
	}
	return in
}
