// Access to the embedded programs. See doc.go for an overview.

package corpus

import (
	"embed"
	"io/fs"
	"path"
	"strings"
)

//go:embed */*.midiff known/*/*.midiff
var files embed.FS

//go:embed golden/*/*.midiff
var golden embed.FS

// Extension is how the name of a program's file ends.
const Extension = ".midiff"

// File is one program.
type File struct {
	Folder string
	Name   string // without folder and extension
	Text   []byte
}

// Path gives the name of the file below the corpus: "smoke/op-malloc.midiff".
func (f *File) Path() string { return path.Join(f.Folder, f.Name+Extension) }

// Folders lists the folders that hold programs, sorted.
func Folders() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Programs reads all programs of a folder, sorted by name; none if there is no such folder.
func Programs(folder string) []File { return programs(files, folder) }

// Golden reads the traces that were recorded of a version, sorted by name; none if there are none.
func Golden(version string) []File { return programs(golden, path.Join("golden", version)) }

func programs(all embed.FS, folder string) []File {
	entries, err := all.ReadDir(folder)
	if err != nil {
		return nil
	}
	var programs []File
	for _, e := range entries {
		text, err := all.ReadFile(path.Join(folder, e.Name()))
		if err != nil {
			continue
		}
		programs = append(programs, File{Folder: folder, Name: strings.TrimSuffix(e.Name(), Extension), Text: text})
	}
	return programs
}

// Read reads one program by folder and name, with or without extension: "smoke/op-malloc". The error
// is an *fs.PathError that names it.
func Read(name string) ([]byte, error) {
	return fs.ReadFile(files, strings.TrimSuffix(name, Extension)+Extension)
}

// Folder gives a folder's files.
func Folder(name string) (fs.FS, error) { return fs.Sub(files, name) }
