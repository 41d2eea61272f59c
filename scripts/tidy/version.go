// What may know of versions of the reference. See doc.go for an overview.
package tidy

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// versionedFolder is the package that has several versions of the reference in it.
const versionedFolder = "goalloc"

// versionFiles are files for one version that do not say so in their names, as NAME_20.go does.
var versionFiles = map[string]string{
	"goalloc/abandoned.go": "2.0",
	"goalloc/cache.go":     "2.0",
	"goalloc/find.go":      "2.0",
}

// buildFiles are files for builds of the reference with other macros, of one version so far.
var buildFiles = map[string]bool{
	"goalloc/harden.go": true, "goalloc/links.go": true, "goalloc/padding.go": true, "goalloc/statsfull.go": true,
}

var (
	versionSuffix  = regexp.MustCompile(`_(\d)(\d)\.go$`)
	versionLiteral = regexp.MustCompile(`^2\.\d+(-\w+|\.\d+)?$`)
)

// version is the one version that the file is for, "" for none.
func (f *File) version() string {
	if !f.isGo() || f.isTest() || f.folder() != versionedFolder {
		return ""
	}
	if m := versionSuffix.FindStringSubmatch(f.Path); m != nil {
		return m[1] + "." + m[2]
	}
	return versionFiles[f.Path]
}

// isShared tells whether the file is for all versions. Those that put the versions together are not.
func (f *File) isShared() bool {
	return f.isGo() && !f.isTest() && f.folder() == versionedFolder && f.version() == "" &&
		!strings.HasPrefix(path.Base(f.Path), "profile")
}

// checkVersion finds what is declared in the files of one version and used in the shared ones, and versions by
// name.
func checkVersion(f *File, report reporter) {
	if !f.isShared() {
		return
	}
	declared := map[string]string{}
	for _, of := range f.among {
		if v := of.version(); v != "" {
			for _, name := range of.declares() {
				declared[name] = v
			}
		}
	}
	for _, name := range f.Syntax.Unresolved { // what the file does not declare itself
		if v, ok := declared[name.Name]; ok {
			report(f.line(name.Pos()), "%s is of version %s alone", name.Name, v)
		}
	}
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		if text, err := strconv.Unquote(lit.Value); err == nil && versionLiteral.MatchString(text) {
			report(f.line(lit.Pos()), "version %s by name", text)
		}
		return true
	})
}

// declares lists what the file declares for its package, methods left out.
func (f *File) declares() (names []string) {
	for _, d := range f.Syntax.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, spec.Name.Name)
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}

// LinesByVersion counts the lines of the package with several versions: of the shared files under "shared", of
// files for other builds under "builds", and of each version's under its number.
func LinesByVersion(files []*File) map[string]int {
	lines := map[string]int{}
	for _, f := range files {
		if !f.isGo() || f.isTest() || f.folder() != versionedFolder {
			continue
		}
		kind := f.version()
		switch {
		case kind != "":
		case buildFiles[f.Path]:
			kind = "builds"
		default:
			kind = "shared"
		}
		lines[kind] += strings.Count(f.Text, "\n")
	}
	return lines
}
