// Parallel runs of a library that is opened at run time. See doc.go for an overview.

package diff

import (
	"fmt"
	"slices"
	"strings"

	"midiff/cref"
	"midiff/cref/pthreads"
	"midiff/diff/prog"
)

// OpenParallel is NewParallel with the reference that a -ref flag names: "" for the build from source, which is of
// profile 2.0, or so:PATH for a library. A process can have one library.
func OpenParallel(ref string, without ...string) (*Parallel, error) {
	x, err := NewParallel(without...)
	if path, shared := strings.CutPrefix(ref, SharedPrefix); err == nil && shared {
		x.ref = ref
		x.library, err = pthreads.Open(path)
	}
	return x, err
}

// Release gives the version of the library that was opened, "" if none was.
func (x *Parallel) Release() string {
	if x.library == nil {
		return ""
	}
	return cref.Release(x.library.Version)
}

// Profiles are those of the programs that can be run: all, but with a library those of its version. A library of a
// version that goalloc does not follow runs the programs of profile 2.3, alone.
func (x *Parallel) Profiles() []string {
	if x.library == nil {
		return prog.AtOnce
	}
	later := !strings.HasPrefix(x.Release(), "2.0.")
	return slices.DeleteFunc(slices.Clone(prog.AtOnce), func(p string) bool { return prog.IsLater(p) != later })
}

// Lacks lists the operations of a profile that the library does not have, for prog.GenConfig.
func (x *Parallel) Lacks(profile string) []string {
	if x.library == nil {
		return nil
	}
	return allLacks(x.library.Has, profile)
}

// Alone tells that goalloc does not follow the library's version, and is left out.
func (x *Parallel) Alone() bool {
	release := x.Release()
	return release != "" && !strings.HasPrefix(release, "2.0.") && !strings.HasPrefix(release, "2.3.")
}

// suits tells what is wrong with a program for the library.
func (x *Parallel) suits(p *prog.Program) error {
	if x.library == nil {
		return nil
	}
	if mine := x.Profiles(); !slices.Contains(mine, p.Profile) {
		return fmt.Errorf("the library is mimalloc %s, which runs programs of profile %s, and the program's is %s",
			x.Release(), strings.Join(mine, ", "), p.Profile)
	}
	return lacking(x.library.Has, x.Release(), p)
}

// leftByLibrary takes in what a library told of itself, and names what is left.
func (side *ParallelSide) leftByLibrary(release string) error {
	before, _, err := toldStats(pthreads.Told(false))
	if err != nil {
		return err
	}
	side.end.Abandoned, side.end.Reclaimed = segmentsIn(before)
	rounded := false
	if side.stats, rounded, err = toldStats(pthreads.Told(true)); err != nil {
		return err
	}
	switch {
	case strings.HasPrefix(release, "2.0."): // what is mapped and counted is judged exactly, or must be 0
		if side.end.Mapped != 0 {
			side.left = append(side.left, fmt.Sprintf("%d bytes are mapped", int64(side.end.Mapped)))
		}
		side.left = append(side.left, unsettled(side.stats)...)
	case rounded:
		side.left = unsettled(side.stats)
	default:
		side.left = leftoversLater(&side.end, side.stats)
	}
	return nil
}

// toldStats reads what a library tells of its statistics, as JSON or as the text for people.
func toldStats(text string) (stats []Stat, rounded bool, err error) {
	if strings.HasPrefix(text, "{") {
		stats, err = statsOf(text)
		return stats, false, err
	}
	return printedStats(text), true, nil
}
