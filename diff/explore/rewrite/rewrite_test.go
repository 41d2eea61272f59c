package rewrite

import (
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// stub is an importer that knows packages raw and atom by a few lines.
type stub struct{ set *token.FileSet }

func (s stub) Import(path string) (*types.Package, error) {
	if path == allocator+"/internal/atom" {
		return s.check("package atom\ntype Site int\n")
	}
	if path != allocator+"/internal/raw" {
		return nil, errors.New("no package " + path)
	}
	return s.check(`package raw
type Addr uintptr
func Load(a Addr) Addr { return a }
func Store(a, v Addr) {}
func Zero(a Addr, n uintptr) {}
func Copy(dst, src Addr, n uintptr) {}
func Of[T any](p *T) Addr { return 0 }
`)
}

func (s stub) check(text string) (*types.Package, error) {
	f, err := parser.ParseFile(s.set, "stub.go", text, 0)
	if err != nil {
		return nil, err
	}
	return (&types.Config{}).Check(f.Name.Name, s.set, []*ast.File{f}, nil)
}

// rewriteText rewrites a package of one file.
func rewriteText(t *testing.T, text string) (string, []Place) {
	set := token.NewFileSet()
	text = withAtom(text)
	f, err := parser.ParseFile(set, "input.go", text, 0)
	require.NoError(t, err)
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}}
	_, err = (&types.Config{Importer: stub{set}}).Check("input", set, []*ast.File{f}, info)
	require.NoError(t, err)
	r := rewriter{set: set, uses: map[string]SiteUse{}}
	texts := map[string]string{"input.go": text}
	r.file(f, info, texts)
	return texts["input.go"], r.places
}

// The golden file shows what becomes of each kind of access.
func TestAccessesBecomeCalls(t *testing.T) {
	input, err := os.ReadFile(filepath.Join("testdata", "input.txt"))
	require.NoError(t, err)
	out, places := rewriteText(t, string(input))
	require.Equal(t, strings.Count(string(input), "\n"), strings.Count(strings.TrimSuffix(out, "\nvar _ atom.Site\n\nvar _ raw.Addr\n"), "\n"),
		"no line is added before the end")
	var got strings.Builder
	got.WriteString(out)
	for i, p := range places {
		fmt.Fprintf(&got, "// %d %s %s: %s\n", i+1, p.At, p.Func, p.Text)
	}
	name := filepath.Join("testdata", "output.golden")
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(got.String()), 0o644))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, string(want), got.String())
}

func TestAPatchMustFit(t *testing.T) {
	const source = "a\nb\nb\n"
	for name, c := range map[string]struct {
		patch Patch
		says  string
	}{
		"not there":  {Patch{"f.go", "c", "d"}, "is there 0 times"},
		"twice":      {Patch{"f.go", "b", "d"}, "is there 2 times"},
		"more lines": {Patch{"f.go", "a", "a\na"}, "changes the number of lines"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := apply("f.go", source, []Patch{c.patch})
			require.ErrorContains(t, err, c.says)
		})
	}
	out, err := apply("f.go", source, []Patch{{"f.go", "a", "x"}, {"g.go", "none", "y"}})
	require.NoError(t, err)
	require.Equal(t, "x\nb\nb\n", out)
}

// The allocator that comes out must compile, and know its places and sites.
func TestTheAllocatorCompiles(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	require.NoError(t, err)
	overlay, err := Overlay(root, t.TempDir(), nil)
	require.NoError(t, err)
	cmd := exec.Command("go", "build", "-tags", tag, "-overlay", overlay, "./goalloc")
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	tables, err := os.ReadFile(filepath.Join(filepath.Dir(overlay), tableFile))
	require.NoError(t, err)
	require.Contains(t, string(tables), `Func: "Thread.freeLocal", Text: "pg.used"`)
	require.Contains(t, string(tables), `{Name: "ThreadFreePush", Method: "CasRel", At: "free.go:`)
	require.NotContains(t, string(tables), `Method: ""`, "a site that is used nowhere")
}
