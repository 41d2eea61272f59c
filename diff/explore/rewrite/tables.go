package rewrite

import (
	"fmt"
	"go/ast"
	"go/token"
	"sort"
	"strings"
)

// SiteUse is where an atomic site is used.
type SiteUse struct {
	Name, Method, At string
}

// siteNames are the names of the constants of type Site, in order.
func siteNames(f *ast.File) (names []string) {
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		if first, ok := g.Specs[0].(*ast.ValueSpec).Type.(*ast.Ident); !ok || first.Name != "Site" {
			continue
		}
		for _, s := range g.Specs {
			names = append(names, s.(*ast.ValueSpec).Names[0].Name)
		}
	}
	return names[:len(names)-1] // the last is their number
}

// siteUses finds the calls that name a site.
func siteUses(set *token.FileSet, f *ast.File, uses map[string]SiteUse) {
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || method.Sel.Name == "Yield" {
			return true
		}
		site, ok := call.Args[0].(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := site.X.(*ast.Ident); !ok || pkg.Name != "atom" {
			return true
		}
		at := set.Position(call.Pos())
		if _, is := uses[site.Sel.Name]; !is {
			uses[site.Sel.Name] = SiteUse{site.Sel.Name, method.Sel.Name, fmt.Sprintf("%s:%d", shortName(at.Filename), at.Line)}
		}
		return true
	})
}

// shortName is a file's name without its folders.
func shortName(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// tables is the source of the file that holds the places and the sites' names.
func tables(places []Place, names []string, uses map[string]SiteUse) string {
	var out strings.Builder
	out.WriteString("//go:build explore\n\npackage goalloc\n\n// Made by package rewrite.\n\nfunc init() {\n")
	out.WriteString("\tplaceTable = []Place{\n")
	for _, p := range places {
		fmt.Fprintf(&out, "\t\t{At: %q, Func: %q, Text: %q},\n", p.At, p.Func, p.Text)
	}
	out.WriteString("\t}\n\tsiteTable = []SiteUse{\n")
	for _, n := range names {
		u := uses[n]
		fmt.Fprintf(&out, "\t\t{Name: %q, Method: %q, At: %q},\n", n, u.Method, u.At)
	}
	out.WriteString("\t}\n}\n")
	return out.String()
}

// sortedKeys gives the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
