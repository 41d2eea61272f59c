// Limits on files and functions. See doc.go for an overview.
package tidy

import (
	"go/ast"
	"regexp"
	"strings"
)

const (
	maxFileLines     = 500 // of Go and C files that are no tests
	maxFunctionLines = 70  // first line of the signature to the closing brace
)

func checkFileSize(f *File, report reporter) {
	if f.isTest() || f.isGenerated() || !f.isGo() && !f.isC() {
		return
	}
	if n := strings.Count(f.Text, "\n"); n > maxFileLines {
		report(n, "%d lines, of at most %d", n, maxFileLines)
	}
}

func checkFunctionSize(f *File, report reporter) {
	measure := func(name string, first, last int) {
		if n := last - first + 1; n > maxFunctionLines {
			report(first, "%s has %d lines, of at most %d", name, n, maxFunctionLines)
		}
	}
	switch {
	case f.isGenerated():
	case f.isGo():
		for _, d := range f.Syntax.Decls {
			if d, ok := d.(*ast.FuncDecl); ok {
				measure(d.Name.Name, f.line(d.Pos()), f.line(d.End()))
			}
		}
	case f.isC():
		f.functionsC(measure)
	}
}

// A C function begins on a line at the margin that holds its parameters and ends with the first
// brace at the margin. That is the layout of the project's C.
var functionC = regexp.MustCompile(`^[a-z_].*?(\w+)\(`)

func (f *File) functionsC(do func(name string, first, last int)) {
	name, first, open := "", 0, false
	f.lines(func(number int, line string) {
		found := functionC.FindStringSubmatch(line)
		switch {
		case !open && found != nil && !strings.HasSuffix(line, ";"):
			name, first, open = found[1], number, true
		case open && strings.HasPrefix(line, "}"):
			do(name, first, number)
			open = false
		}
	})
}
