package rewrite

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

const (
	allocator = "midiff/goalloc"
	tag       = "explore"
	tableFile = "explore_tables.go" // replaced by the tables
)

// listed is what the go command tells of a package.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
}

// Overlay rewrites the allocator of the module in folder root into folder out, and gives the name of the
// overlay file for `go build -overlay`.
func Overlay(root, out string, patches []Patch) (string, error) {
	pkgs, err := list(root)
	if err != nil {
		return "", err
	}
	r := rewriter{set: token.NewFileSet(), pkgs: pkgs, patches: patches, uses: map[string]SiteUse{}}
	texts, err := r.run()
	if err != nil {
		return "", err
	}
	return write(out, pkgs[allocator].Dir, texts)
}

// list asks the go command for the allocator and what it imports, compiled.
func list(root string) (map[string]*listed, error) {
	cmd := exec.Command("go", "list", "-tags", tag, "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles", allocator)
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, strings.TrimSpace(stderr.String()))
	}
	pkgs := map[string]*listed{}
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		pkgs[p.ImportPath] = &p
	}
}

type rewriter struct {
	set     *token.FileSet
	pkgs    map[string]*listed
	patches []Patch
	uses    map[string]SiteUse
	places  []Place
}

// run gives the texts of the files that change, by name.
func (r *rewriter) run() (map[string]string, error) {
	texts := map[string]string{}
	var files []*ast.File
	p := r.pkgs[allocator]
	for _, name := range p.GoFiles {
		source, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			return nil, err
		}
		if texts[name], err = apply(name, string(source), r.patches); err != nil {
			return nil, err
		}
		texts[name] = withAtom(texts[name])
		f, err := parser.ParseFile(r.set, name, texts[name], parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{},
		Defs: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}
	config := types.Config{Importer: importer.ForCompiler(r.set, "gc", r.export)}
	if _, err := config.Check(allocator, r.set, files, info); err != nil {
		return nil, err
	}
	for _, f := range files {
		r.file(f, info, texts)
	}
	names, err := r.names()
	if err != nil {
		return nil, err
	}
	texts[tableFile] = tables(r.places, names, r.uses)
	return texts, nil
}

// file rewrites one file of texts.
func (r *rewriter) file(f *ast.File, info *types.Info, texts map[string]string) {
	name := r.set.Position(f.Package).Filename
	base := r.set.File(f.Package).Pos(0)
	w := watcher{set: r.set, info: info, source: texts[name], edits: edits{base: base}, places: &r.places}
	siteUses(r.set, f, r.uses)
	w.file(f)
	texts[name] = w.edits.apply(texts[name])
	if strings.Contains(texts[name], rawImport) {
		texts[name] += "\nvar _ raw.Addr\n"
	}
}

const (
	atomImport = `"midiff/goalloc/internal/atom"`
	rawImport  = `"midiff/goalloc/internal/raw"`
)

var packageLine = regexp.MustCompile(`(?m)^package \w+$`)

// withAtom is a file that imports package atom, and uses it.
func withAtom(text string) string {
	if !strings.Contains(text, atomImport) {
		at := packageLine.FindStringIndex(text)[1]
		text = text[:at] + "; import " + atomImport + text[at:]
	}
	return text + "\nvar _ atom.Site\n"
}

func (r *rewriter) export(path string) (io.ReadCloser, error) {
	p := r.pkgs[path]
	if p == nil || p.Export == "" {
		return nil, fmt.Errorf("no compiled package %q", path)
	}
	return os.Open(p.Export)
}

func (r *rewriter) names() ([]string, error) {
	name := filepath.Join(r.pkgs[allocator+"/internal/atom"].Dir, "sites.go")
	f, err := parser.ParseFile(r.set, name, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return siteNames(f), nil
}

// write stores the texts and the overlay that puts them in the place of the files of folder.
func write(out, folder string, texts map[string]string) (string, error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", err
	}
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for _, name := range sortedKeys(texts) {
		to, err := filepath.Abs(filepath.Join(out, name))
		if err != nil {
			return "", err
		}
		if err := writeIfNew(to, texts[name]); err != nil {
			return "", err
		}
		overlay.Replace[filepath.Join(folder, name)] = to
	}
	text, err := json.MarshalIndent(overlay, "", "\t")
	if err != nil {
		return "", err
	}
	name := filepath.Join(out, "overlay.json")
	return name, writeIfNew(name, string(text))
}

// writeIfNew leaves a file alone that has the text already.
func writeIfNew(name, text string) error {
	if old, err := os.ReadFile(name); err == nil && string(old) == text {
		return nil
	}
	return os.WriteFile(name, []byte(text), 0o644)
}
