package rewrite

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// records are the types whose fields are watched: they lie in memory that threads hand to each other, or
// share under a claim.
var records = []string{"page", "segment", "heap", "arena", "pageQueue", "commitMask", "linkKeys", "chacha",
	"cachedSource", "cacheSlot"}

// rawCalls are the functions of package raw that access memory; package atom has each under the same
// name, with a place as one more operand.
var rawCalls = []string{"Load", "Store", "Zero", "Copy"}

// Place is one plain access in the source.
type Place struct {
	At   string // file:line
	Func string // as in the table of sites: Thread.Free
	Text string // the expression
}

// watcher rewrites the plain accesses of one file.
type watcher struct {
	set    *token.FileSet
	info   *types.Info
	source string
	edits  edits
	fn     string
	places *[]Place
}

// file rewrites all functions.
func (w *watcher) file(f *ast.File) {
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		w.fn = funcName(fn)
		ast.Inspect(fn.Body, w.visit)
	}
}

func funcName(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return fn.Name.Name
	}
	t := fn.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	return types.ExprString(t) + "." + fn.Name.Name
}

// visit handles what it knows, with its parts, and leaves other nodes to ast.Inspect.
func (w *watcher) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		return w.assign(n)
	case *ast.IncDecStmt:
		if w.watched(n.X) {
			w.wrap(n.X, "*atom.Update(", ")")
			return false
		}
	case *ast.UnaryExpr:
		if n.Op == token.AND && isPlace(n.X) {
			w.parts(n.X)
			return false
		}
	case *ast.RangeStmt:
		return w.ranges(n)
	case *ast.CallExpr:
		return w.call(n)
	case *ast.SliceExpr:
		if _, ok := w.typeOf(n.X).Underlying().(*types.Array); ok {
			w.parts(n.X)
			w.inspect(n.Low, n.High, n.Max)
			return false
		}
	case ast.Expr:
		if w.info.Types[n].Value != nil || w.info.Types[n].IsType() {
			return false
		}
		if w.watched(n) {
			w.wrap(n, "(*atom.Read(", "))")
			return false
		}
	}
	return true
}

func (w *watcher) inspect(all ...ast.Expr) {
	for _, e := range all {
		if e != nil {
			ast.Inspect(e, w.visit)
		}
	}
}

// assign rewrites what an assignment writes.
func (w *watcher) assign(n *ast.AssignStmt) bool {
	if n.Tok == token.DEFINE {
		w.inspect(n.Rhs...)
		return false
	}
	if len(n.Lhs) == 1 && w.watched(n.Lhs[0]) && n.Tok == token.ASSIGN {
		// In one call, so that the write comes after what its value is made of.
		at := w.place(n.Lhs[0])
		w.address(n.Lhs[0], "atom.Set(", "")
		w.edits.replace(n.TokPos, n.TokPos+1, ",")
		w.inspect(n.Rhs...)
		w.edits.insert(n.Rhs[0].End(), fmt.Sprintf(", %d)", at))
		return false
	}
	for _, e := range n.Lhs {
		switch {
		case !w.watched(e):
			w.inspect(e)
		case n.Tok == token.ASSIGN:
			w.wrap(e, "*atom.Write(", ")")
		default:
			w.wrap(e, "*atom.Update(", ")")
		}
	}
	w.inspect(n.Rhs...)
	return false
}

// ranges looks at a loop over an array of which only the indices are asked for: it reads nothing.
func (w *watcher) ranges(n *ast.RangeStmt) bool {
	t := w.typeOf(n.X).Underlying()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem().Underlying()
	}
	if _, ok := t.(*types.Array); !ok || n.Value != nil {
		return true
	}
	w.parts(n.X)
	ast.Inspect(n.Body, w.visit)
	return false
}

// call rewrites calls of package raw, and takes care of methods that are called on the place itself.
func (w *watcher) call(n *ast.CallExpr) bool {
	sel, ok := n.Fun.(*ast.SelectorExpr)
	if !ok {
		return w.info.Types[n].Value == nil
	}
	if x, ok := sel.X.(*ast.Ident); ok && x.Name == "raw" && slices.Contains(rawCalls, sel.Sel.Name) {
		w.edits.replace(x.Pos(), x.End(), "atom")
		w.inspect(n.Args...)
		w.edits.insert(n.Rparen, fmt.Sprintf(", %d", w.place(n)))
		return false
	}
	if s := w.info.Selections[sel]; s != nil && s.Kind() == types.MethodVal && isPlace(sel.X) && takesAddress(s) {
		w.parts(sel.X)
		w.inspect(n.Args...)
		return false
	}
	return true
}

// takesAddress tells whether a method with a pointer receiver is called on a value that is no pointer.
func takesAddress(s *types.Selection) bool {
	_, isPointer := s.Recv().Underlying().(*types.Pointer)
	_, wants := s.Obj().(*types.Func).Signature().Recv().Type().(*types.Pointer)
	return wants && !isPointer
}

// wrap makes expression e an operand of a function of package atom that takes its address and a place.
func (w *watcher) wrap(e ast.Expr, open, shut string) {
	at := w.place(e)
	w.address(e, open, fmt.Sprintf(", %d%s", at, shut))
}

// address writes the address of e, between two texts.
func (w *watcher) address(e ast.Expr, open, shut string) {
	if star, ok := e.(*ast.StarExpr); ok {
		w.edits.replace(star.Star, star.Star+1, open)
		w.inspect(star.X)
	} else {
		w.edits.insert(e.Pos(), open+"&")
		w.parts(e)
	}
	w.edits.insert(e.End(), shut)
}

// parts visits what an expression that is a place is made of, but not the place.
func (w *watcher) parts(e ast.Expr) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		w.parts(e.X)
	case *ast.SelectorExpr:
		w.base(e.X)
	case *ast.IndexExpr:
		w.base(e.X)
		w.inspect(e.Index)
	case *ast.StarExpr:
		w.inspect(e.X)
	default:
		w.inspect(e)
	}
}

// base visits the operand of a selector or an index: a pointer is read, a struct or an array is not.
func (w *watcher) base(x ast.Expr) {
	switch w.typeOf(x).Underlying().(type) {
	case *types.Struct, *types.Array:
		w.parts(x)
	default:
		w.inspect(x)
	}
}

func isPlace(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return isPlace(e.X)
	case *ast.SelectorExpr, *ast.IndexExpr, *ast.StarExpr:
		return true
	}
	return false
}

func (w *watcher) typeOf(e ast.Expr) types.Type {
	if t := w.info.TypeOf(e); t != nil {
		return t
	}
	return types.Typ[types.Invalid]
}

// watched tells whether e lies in a record that is reached by a pointer, and is no atomic word.
func (w *watcher) watched(e ast.Expr) bool {
	return w.inRecord(e) && !isAtomic(w.typeOf(e))
}

func (w *watcher) inRecord(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return w.inRecord(e.X)
	case *ast.StarExpr:
		return w.info.Types[e].IsValue() && isRecord(w.typeOf(e))
	case *ast.SelectorExpr:
		s := w.info.Selections[e]
		return s != nil && s.Kind() == types.FieldVal && w.through(e.X)
	case *ast.IndexExpr:
		return w.through(e.X)
	}
	return false
}

// through tells whether x is, or lies in, a record that is reached by a pointer.
func (w *watcher) through(x ast.Expr) bool {
	switch t := w.typeOf(x).Underlying().(type) {
	case *types.Pointer:
		return isRecord(t.Elem())
	case *types.Struct, *types.Array:
		return w.inRecord(x)
	}
	return false
}

func isRecord(t types.Type) bool {
	named, ok := t.(*types.Named)
	return ok && slices.Contains(records, named.Obj().Name())
}

// isAtomic is true of atomic words and arrays of them.
func isAtomic(t types.Type) bool {
	if a, ok := t.Underlying().(*types.Array); ok {
		return isAtomic(a.Elem())
	}
	named, ok := t.(*types.Named)
	return ok && named.Obj().Name() == "U64"
}

// place is the number of an access.
func (w *watcher) place(e ast.Expr) int {
	at := w.set.Position(e.Pos())
	text := w.source[w.edits.offset(e.Pos()):w.edits.offset(e.End())]
	*w.places = append(*w.places, Place{At: fmt.Sprintf("%s:%d", shortName(at.Filename), at.Line), Func: w.fn, Text: text})
	return len(*w.places)
}
