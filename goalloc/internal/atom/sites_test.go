// The table of sites against the source that it describes. See sites.go for the table.

package atom

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// methodOrder is the memory order that each method's name promises; for a compare-and-swap the one of
// success.
var methodOrder = map[string]Order{
	"LoadRlx": Relaxed, "LoadAcq": Acquire, "LoadSC": SeqCst,
	"StoreRlx": Relaxed, "StoreRel": Release, "StoreSC": SeqCst,
	"AddRlx": Relaxed, "SubRlx": Relaxed,
	"AddAcqRel": AcqRel, "SubAcqRel": AcqRel,
	"OrAcqRel": AcqRel, "AndAcqRel": AcqRel, "SwapAcqRel": AcqRel,
	"CasRel": Release, "CasStrongRel": Release, "CasAcqRel": AcqRel, "CasStrongAcqRel": AcqRel,
}

// access is a call of a U64 method in the allocator.
type access struct {
	pos    token.Position
	fn     string // name of the enclosing function
	typ    string // its receiver's type, "" for a plain function
	method string
	word   string // the field accessed, the last name of the receiver expression
	site   string // the constant named; "" when the argument is anything else
}

// accesses are all calls of U64 methods in the allocator's own files, in order of the source.
func accesses(t *testing.T) (all []access) {
	fset := token.NewFileSet()
	pkgs, err := parser.ParseDir(fset, filepath.Join("..", ".."), func(f fs.FileInfo) bool {
		return !strings.HasSuffix(f.Name(), "_test.go")
	}, 0)
	require.NoError(t, err)
	for _, pkg := range pkgs {
		for _, file := range pkg.Files {
			for _, d := range file.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok {
					all = append(all, accessesIn(fset, fn)...)
				}
			}
		}
	}
	require.NotEmpty(t, all)
	return all
}

func accessesIn(fset *token.FileSet, fn *ast.FuncDecl) (all []access) {
	ast.Inspect(fn, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || methodOrder[sel.Sel.Name] == "" {
			return true
		}
		all = append(all, access{
			pos: fset.Position(call.Pos()), fn: fn.Name.Name, typ: receiverType(fn),
			method: sel.Sel.Name, word: lastName(sel.X), site: siteName(call),
		})
		return true
	})
	return all
}

func receiverType(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return ""
	}
	return lastName(fn.Recv.List[0].Type)
}

// lastName is the last identifier of a selector chain: expire for c.slots[i].expire.
func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.IndexExpr:
		return lastName(e.X)
	case *ast.StarExpr:
		return lastName(e.X)
	}
	return "?"
}

func siteName(call *ast.CallExpr) string {
	if len(call.Args) == 0 {
		return ""
	}
	sel, ok := call.Args[0].(*ast.SelectorExpr)
	if !ok || lastName(sel.X) != "atom" {
		return ""
	}
	return sel.Sel.Name
}

// siteNames are the names of the Site constants, by number.
func siteNames(t *testing.T) (names []string) {
	file, err := parser.ParseFile(token.NewFileSet(), "sites.go", nil, 0)
	require.NoError(t, err)
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST || len(g.Specs) < int(numSites) {
			continue
		}
		for _, s := range g.Specs {
			names = append(names, s.(*ast.ValueSpec).Names[0].Name)
		}
	}
	require.Len(t, names, int(numSites)+1, "the constants, and numSites")
	return names[:numSites]
}

func TestEveryAccessNamesASiteOfItsOrderAndFunction(t *testing.T) {
	number := map[string]Site{}
	for i, name := range siteNames(t) {
		number[name] = Site(i)
	}
	var wrong []string
	for _, a := range accesses(t) {
		i, ok := number[a.site]
		if !ok {
			wrong = append(wrong, fmt.Sprintf("%v: %s without an atom.Site constant", a.pos, a.method))
			continue
		}
		info := Sites[i]
		if want := methodOrder[a.method]; info.Order != want {
			wrong = append(wrong, fmt.Sprintf("%v: %s is %s, but %s in the table", a.pos, a.site, want, info.Order))
		}
		if info.Func != a.fn && info.Func != a.typ+"."+a.fn {
			wrong = append(wrong, fmt.Sprintf("%v: %s is in %s.%s, but in %s in the table",
				a.pos, a.site, a.typ, a.fn, info.Func))
		}
	}
	require.Empty(t, wrong, strings.Join(wrong, "\n"))
}

func TestEverySiteIsUsedOnce(t *testing.T) {
	uses := map[string]int{}
	for _, a := range accesses(t) {
		uses[a.site]++
	}
	for _, name := range siteNames(t) {
		require.Equal(t, 1, uses[name], "uses of %s", name)
	}
}

func TestTableIsComplete(t *testing.T) {
	for i, name := range siteNames(t) {
		info := Sites[i]
		require.NotEmpty(t, info.Func, name)
		require.NotEmpty(t, info.Counterpart, name)
		require.Contains(t, []Order{Relaxed, Acquire, Release, AcqRel, SeqCst}, info.Order, name)
		require.Less(t, info.Partner, numSites, name)
	}
}

func TestPartnersAccessTheSameWord(t *testing.T) {
	names, words := siteNames(t), map[string]string{}
	for _, a := range accesses(t) {
		words[a.site] = a.word
	}
	for i, name := range names {
		partner := names[Sites[i].Partner]
		require.Equal(t, words[name], words[partner], "words of %s and its partner %s", name, partner)
	}
}

// An acquire that pairs with a relaxed write acquires nothing. The reference has one: a thread leaves
// the readers with a relaxed decrement, and the one that waits for them reads with acquire.
func TestAcquiresPairWithReleases(t *testing.T) {
	names := siteNames(t)
	for i, name := range names {
		partners := []Order{Release, AcqRel, SeqCst}
		switch {
		case name == "ReadersAwait":
			continue
		case Sites[i].Order == AcqRel: // it may be the releasing side of the pair
			partners = append(partners, Acquire)
		case Sites[i].Order != Acquire:
			continue
		}
		require.Contains(t, partners, Sites[Sites[i].Partner].Order,
			"%s pairs with %s", name, names[Sites[i].Partner])
	}
}

// Reset is not atomic: it is for start-up alone.
func TestResetIsForStartUp(t *testing.T) {
	allowed := map[string]bool{"start": true, "fill": true}
	paths, err := filepath.Glob(filepath.Join("..", "..", "*.go"))
	require.NoError(t, err)
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, text, 0)
		require.NoError(t, err)
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || allowed[fn.Name.Name] {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && len(call.Args) == 1 {
					sel, ok := call.Fun.(*ast.SelectorExpr)
					require.False(t, ok && sel.Sel.Name == "Reset",
						"%v: Reset(v) outside start-up", fset.Position(n.Pos()))
				}
				return true
			})
		}
	}
}
