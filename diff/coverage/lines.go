// From places in the library's code to lines of its source. See doc.go for an overview.

package coverage

import (
	"debug/dwarf"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
)

// State is what became of a line.
type State uint8

// A line without code, one that ran, one of which a part ran, and one that did not.
const (
	NoCode State = iota
	Ran
	Partly
	Missed
)

// with takes in that a piece of the line ran or did not.
func (s State) with(ran bool) State {
	switch {
	case s == NoCode && ran, s == Ran && ran:
		return Ran
	case s == NoCode, s == Missed && !ran:
		return Missed
	}
	return Partly
}

// Lines are the states of a file's lines, by number from 1.
type Lines map[int]State

// callSize is how far the address of a place lies behind the begin of its call.
const callSize = 5

// sourceMark is what the names of the library's files have before the part that says which.
const sourceMark = "mimalloc/src/"

// LinesOf gives the lines of the library's files in this program, by the file's name, of the places and whether each
// ran.
func LinesOf(places []uintptr, ran []bool) (map[string]Lines, error) {
	f, err := elf.Open("/proc/self/exe")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d, err := f.DWARF()
	if err != nil {
		return nil, err
	}
	unit, functions, err := library(d)
	if err != nil {
		return nil, err
	}
	rows, err := rowsOf(d, unit)
	if err != nil {
		return nil, err
	}
	files := map[string]Lines{}
	for _, fn := range functions {
		first := sort.Search(len(places), func(i int) bool { return uint64(places[i]) > fn.low })
		for i := sort.Search(len(rows), func(i int) bool { return rows[i].from >= fn.low }); i < len(rows) && rows[i].from < fn.high; i++ {
			r := &rows[i]
			// The place whose code this is: the last one that begins before it, or the function's first.
			at := sort.Search(len(places), func(i int) bool { return uint64(places[i])-callSize > r.from }) - 1
			at = max(at, first)
			if at >= len(places) || uint64(places[at]) > fn.high {
				continue // a function without a place is none of the library's
			}
			if files[r.file] == nil {
				files[r.file] = Lines{}
			}
			files[r.file][r.line] = files[r.file][r.line].with(ran[at])
		}
	}
	return files, nil
}

// function is where a function's code lies.
type function struct{ low, high uint64 }

// library finds the unit that the library was compiled as, and its functions.
func library(d *dwarf.Data) (unit *dwarf.Entry, all []function, err error) {
	for r := d.Reader(); ; {
		e, err := r.Next()
		switch {
		case err != nil:
			return nil, nil, err
		case e == nil && unit == nil:
			return nil, nil, errors.New("this program has no covered.c, or was stripped of what debuggers need")
		case e == nil:
			return unit, all, nil
		case e.Tag == dwarf.TagCompileUnit:
			if unit != nil {
				return unit, all, nil
			}
			if name, _ := e.Val(dwarf.AttrName).(string); strings.HasSuffix(name, "covered.c") {
				unit = e
				continue
			}
			r.SkipChildren()
		case e.Tag == dwarf.TagSubprogram && unit != nil:
			low, isLow := e.Val(dwarf.AttrLowpc).(uint64)
			size, isSize := e.Val(dwarf.AttrHighpc).(int64)
			if isLow && isSize {
				all = append(all, function{low, low + uint64(size)})
			}
			r.SkipChildren()
		}
	}
}

// row is a piece of code that belongs to a line.
type row struct {
	from uint64
	file string
	line int
}

// rowsOf lists the pieces of code of the library's files in a unit, by address.
func rowsOf(d *dwarf.Data, unit *dwarf.Entry) (rows []row, err error) {
	lines, err := d.LineReader(unit)
	if err != nil {
		return nil, err
	}
	var before *dwarf.LineEntry
	for {
		var e dwarf.LineEntry
		if err := lines.Next(&e); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("line table: %w", err)
		}
		if before != nil && !before.EndSequence && before.Line > 0 && e.Address > before.Address {
			if _, name, ok := strings.Cut(before.File.Name, sourceMark); ok {
				rows = append(rows, row{before.Address, name, before.Line})
			}
		}
		kept := e
		before = &kept
	}
	slices.SortFunc(rows, func(a, b row) int { return int(int64(a.from) - int64(b.from)) })
	return rows, nil
}
