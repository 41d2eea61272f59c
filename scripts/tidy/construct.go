// Constructs of Go that are seldom right. See doc.go for an overview.
package tidy

import (
	"go/ast"
	"slices"
)

// maySleep are the tests that may call time.Sleep, each with its reason.
var maySleep = []string{}

// checkSleep finds time.Sleep in tests, where it is either too short or too long.
func checkSleep(f *File, report reporter) {
	if !f.isTest() || slices.Contains(maySleep, f.Path) {
		return
	}
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := selector.X.(*ast.Ident); ok && pkg.Name == "time" && selector.Sel.Name == "Sleep" {
			report(f.line(n.Pos()), "time.Sleep in a test")
		}
		return true
	})
}
