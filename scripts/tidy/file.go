// Reading the project's files. See doc.go for an overview.
package tidy

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// File is one text file of the project.
type File struct {
	Path   string // from the project's folder, with slashes
	Text   string
	Syntax *ast.File // of a Go file, else nil
	among  []*File   // all that are checked with it
	set    *token.FileSet
}

// NewFile makes a File of a text, parsing it if it is Go.
func NewFile(name, text string) (*File, error) {
	f := &File{Path: name, Text: text}
	if f.in(".go") {
		var err error
		f.set = token.NewFileSet()
		f.Syntax, err = parser.ParseFile(f.set, name, text, parser.ParseComments)
		if err != nil {
			return nil, err
		}
	}
	return f, nil
}

// in tells whether the file's name ends in one of the extensions.
func (f *File) in(extensions ...string) bool {
	return slices.Contains(extensions, path.Ext(f.Path))
}

func (f *File) isGo() bool   { return f.Syntax != nil }
func (f *File) isC() bool    { return f.in(".c", ".h") }
func (f *File) isTest() bool { return strings.HasSuffix(f.Path, "_test.go") }
func (f *File) isData() bool { return strings.Contains("/"+f.Path, "/testdata/") }

func (f *File) isGenerated() bool {
	return f.isGo() && ast.IsGenerated(f.Syntax)
}

func (f *File) folder() string { return path.Dir(f.Path) }

func (f *File) line(at token.Pos) int { return f.set.Position(at).Line }

// lines calls do for every line with its number from 1, until it has none left.
func (f *File) lines(do func(number int, line string)) {
	number := 0
	for line := range strings.Lines(f.Text) {
		number++
		do(number, strings.TrimSuffix(line, "\n"))
	}
}

// Load reads all text files of the project in folder root.
func Load(root string) ([]*File, error) {
	ignored, err := ignoreList(filepath.Join(root, ".gitignore"))
	if err != nil {
		return nil, err
	}
	var files []*File
	err = fs.WalkDir(os.DirFS(root), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name == ".git" || slices.Contains(ignored, name) {
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !e.Type().IsRegular() {
			return nil
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || strings.ContainsRune(string(text), 0) {
			return err
		}
		f, err := NewFile(name, string(text))
		if err == nil {
			files = append(files, f)
		}
		return err
	})
	return files, err
}

// ignoreList reads a .gitignore that holds only exact paths, which is all that the project needs
// and keeps this from being a second git.
func ignoreList(name string) ([]string, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var list []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case !strings.HasPrefix(line, "/") || strings.ContainsAny(line, "*?[!\\"):
			return nil, fmt.Errorf("%s: %q: write an exact path from the project's folder, as /cref/source.h", name, line)
		default:
			list = append(list, strings.Trim(line, "/"))
		}
	}
	return list, nil
}
