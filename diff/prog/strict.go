// What builds with padding do not take, though the API does. See doc.go for an overview.

package prog

const (
	padded  = "2.0-padded"
	checked = "2.0-checked"
)

// Padded tells whether a profile is that of a debug build, whose blocks have padding behind them. Such a
// build stops at an alignment of 0, and at a block whose address is no multiple of 8 when it is freed or
// asked for its size; and of a block aligned beyond 16 MiB it says that less than nothing is usable. Such calls,
// which would end the whole run, are no part of its programs.
func Padded(profile string) bool { return profile == padded || profile == checked }

// CountsAll tells whether a profile's build counts what release builds do not: blocks, pages, frees.
func CountsAll(profile string) bool { return profile == "2.0-stats" || Padded(profile) }

// Asserts tells whether a profile's build asserts anything.
func Asserts(profile string) bool { return Padded(profile) }

// mostFilled is the size up to which the build with all assertions takes blocks, of those that there is room
// for: it fills or reads all of a block that is reset or zeroed, gigabytes of memory, and looks as if it hung.
const mostFilled = 256 * mebi

// filled tells of a size that the build of a profile would fill, and that is too large for that.
func filled(profile string, kind Operand, n uint64) bool {
	return profile == checked && kind == Size && n > mostFilled && n <= 64*gibi
}

// strictProblem checks a number against what padded builds take.
func strictProblem(profile string, row *Row, kind Operand, n uint64) string {
	switch {
	case filled(profile, kind, n):
		return "profile " + profile + " takes sizes up to 256M, and above 64G: its build fills such blocks, " +
			"which takes all the machine has"
	case kind == Offset && n%8 != 0:
		return "profile " + profile + " takes offsets that are multiples of 8 only: its build stops when it " +
			"meets the block again"
	case kind == Align && n == 0 && !refusesZero(row):
		return "profile " + profile + " takes no alignment of 0: its build stops there"
	case kind == Align && n > alignMax:
		return "profile " + profile + " takes alignments up to 16M: its build does not know the usable size " +
			"of a block aligned beyond that"
	}
	return ""
}

// refusesZero tells of operations that look at the alignment before the assertion does.
func refusesZero(row *Row) bool { return row.Name == "posix_memalign" }

// makeStrict folds the numbers of an operation into what padded builds take.
func makeStrict(profile string, o *Op, row *Row) {
	num := 0
	for _, kind := range row.Operands {
		if kind < Size {
			continue
		}
		switch n := &o.Num[num]; {
		case filled(profile, kind, *n):
			*n = 1 + *n%smallMax
		case kind == Offset:
			*n -= *n % 8
		case kind == Align && *n == 0 && !refusesZero(row):
			*n = 1
		case kind == Align && *n > alignMax:
			*n = 1 + *n%smallMax // what it touches has been accounted for without an alignment
		}
		num++
	}
}

// stopsLater tells of operations that end the process in a later version, if there is a block: 2.3.1 divides by an
// alignment of 0 where a block stays in place at an offset, and its reallocarr to no elements gives the block to the C
// library.
func stopsLater(row *Row, o *Op) bool {
	return resizesAt(row) && o.Num[len(row.Numbers())-2] == 0 ||
		row.Name == "reallocarr" && o.Num[0] == 0 && o.Num[1] != 0
}

// resizesAt tells of operations on a block whose last numbers are an alignment and an offset.
func resizesAt(row *Row) bool {
	return len(row.Operands) > 0 && row.Operands[0] == BlockMove && row.Operands[len(row.Operands)-1] == Offset
}

// stopsOneIn is how many operations that would end the process are made harmless, for one that is left as it was
// drawn: such a stop is known, and what comes after it is not run.
const stopsOneIn = 32

// makeLegal makes the numbers of an operation such that the profile's builds take them, and most often return.
func (g *generator) makeLegal(o *Op, row *Row) {
	if Padded(g.p.Profile) {
		makeStrict(g.p.Profile, o, row)
	}
	if !IsLater(g.p.Profile) || !stopsLater(row, o) || g.oneIn(stopsOneIn) {
		return
	}
	if resizesAt(row) {
		o.Num[len(row.Numbers())-2] = 1
	} else {
		o.Num[0] = 1
	}
}
