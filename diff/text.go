// The strings that operations copy: ends of one long string without a zero in it. See doc.go for an overview.

package diff

import (
	"os"
	"strings"
	"sync"

	"midiff/diff/prog"
)

// The variable of the environment that there is, and the one that there is not; a path that is that of the root, and
// one of a file that there is not. cref/text.h has the same.
const (
	textVariable   = "MIDIFF_TEXT"
	noTextVariable = "MIDIFF_NO_TEXT"
	textValue      = "what a variable of the environment holds"
	rootPath       = "/."
	noPath         = "/dev/null/none"
)

// texts is the long string, and its characters of two bytes.
var texts = sync.OnceValues(func() (string, []uint16) {
	const bytes = 2 * prog.MaxLength
	var b strings.Builder
	wide := make([]uint16, prog.MaxLength)
	for i := range bytes {
		c := byte(1 + i%255)
		b.WriteByte(c)
		wide[i/2] |= uint16(c) << (i % 2 * 8)
	}
	return b.String(), wide
})

// setVariable sets the variable that there is.
var setVariable = sync.OnceValue(func() error { return os.Setenv(textVariable, textValue) })

// textOf is a string of n bytes.
func textOf(n uint64) string {
	all, _ := texts()
	return all[uint64(len(all))-n:]
}

// wideOf is a string of n characters of two bytes.
func wideOf(n uint64) []uint16 {
	_, all := texts()
	return all[uint64(len(all))-n:]
}

// variableOf names the variable that a step asks for.
func variableOf(s *prog.Step) string {
	if s.A != 0 {
		return textVariable
	}
	return noTextVariable
}

// pathOf names the file that a step asks for.
func pathOf(s *prog.Step) string {
	if s.A != 0 {
		return rootPath
	}
	return noPath
}

// texting says what an operation copies.
type texting uint8

const (
	noText texting = iota
	characters
	firstCharacters // at most as many as the second number says
	wideCharacters
	variable
	path
)

var textOps = map[string]texting{"strdup": characters, "strndup": firstCharacters, "mbsdup": characters,
	"wcsdup": wideCharacters, "dupenv_s": variable, "realpath": path}

// size is the bytes that the copy takes, with the zero at its end; 0 if there is nothing to copy.
func (x texting) size(s *prog.Step) uint64 {
	switch {
	case x == characters:
		return s.A + 1
	case x == firstCharacters:
		return min(s.A, s.B) + 1
	case x == wideCharacters:
		return 2 * (s.A + 1)
	case s.A == 0:
		return 0
	case x == variable:
		return uint64(len(textValue)) + 1
	}
	return uint64(len("/")) + 1
}

// copyOf is what the copy must hold, without the zero at its end.
func (x texting) copyOf(s *prog.Step) string {
	switch x {
	case firstCharacters:
		return textOf(s.A)[:min(s.A, s.B)]
	case wideCharacters:
		return textOf(2 * s.A)
	case variable:
		return textValue
	case path:
		return "/"
	}
	return textOf(s.A)
}

// zeros is how many bytes the zero at the end of the copy has.
func (x texting) zeros() int {
	if x == wideCharacters {
		return 2
	}
	return 1
}

// check gives 0, or 1 and the offset of the first byte of a copy that is not as it must be.
func (x texting) check(s *prog.Step, b []byte) uint64 {
	text := x.copyOf(s)
	for i := range b {
		if want := byte(0); i < len(text) && b[i] != text[i] || i >= len(text) && b[i] != want {
			return uint64(i) + 1
		}
	}
	return 0
}
