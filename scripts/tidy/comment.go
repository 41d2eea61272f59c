// What comments must say. See doc.go for an overview.
package tidy

import (
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
)

const pointer = "See doc.go for an overview."

// overviewFolders are the packages whose doc.go is an overview that every other file points to.
var overviewFolders = []string{
	"goalloc", "diff/prog", "scripts/setup", "scripts/fuzz", "scripts/tidy",
}

func checkOverview(f *File, report reporter) {
	if !f.isGo() || f.isTest() || !slices.Contains(overviewFolders, f.folder()) ||
		path.Base(f.Path) == "doc.go" {
		return
	}
	comments := f.Syntax.Comments
	if len(comments) == 0 || f.line(comments[0].Pos()) != 1 ||
		!strings.HasSuffix(oneLine(comments[0].Text()), ". "+pointer) {
		report(1, "the file does not open with what it holds and %q", pointer)
	}
}

// oneLine is a text with its line breaks and runs of blanks made single blanks.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func checkExported(f *File, report reporter) {
	if !f.isGo() || f.isTest() || f.isGenerated() {
		return
	}
	bare := func(name *ast.Ident, docs ...*ast.CommentGroup) {
		if name.IsExported() && !slices.ContainsFunc(docs, says) {
			report(f.line(name.Pos()), "%s is exported and has no doc comment", name.Name)
		}
	}
	for _, d := range f.Syntax.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if exportedReceiver(d) && !isPrinting(d) {
				bare(d.Name, d.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					bare(spec.Name, spec.Doc, spec.Comment, d.Doc)
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						bare(name, spec.Doc, spec.Comment, d.Doc)
					}
				}
			}
		}
	}
}

func says(doc *ast.CommentGroup) bool { return doc != nil && strings.TrimSpace(doc.Text()) != "" }

// exportedReceiver is false for methods of types that other packages cannot name.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	exported := true
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		name, ok := n.(*ast.Ident)
		exported = exported && (!ok || name.IsExported())
		return exported && !ok
	})
	return exported
}

// isPrinting is true of the methods that package fmt calls: their names say all there is to say.
func isPrinting(d *ast.FuncDecl) bool {
	return d.Recv != nil && (d.Name.Name == "String" || d.Name.Name == "Error")
}

// counterpartFolders are the packages whose functions mirror C ones. A file of which none does may
// say so once, in the comment that opens it.
var counterpartFolders = []string{"goalloc"}

var (
	counterpart   = regexp.MustCompile(`(?m)^Counterpart: (.+)$`)
	noCounterpart = regexp.MustCompile(`(?m)^Counterpart: none\W+\w.+$`)
)

func checkCounterpart(f *File, report reporter) {
	if !f.isGo() || f.isTest() || f.isGenerated() || !slices.Contains(counterpartFolders, f.folder()) {
		return
	}
	if len(f.Syntax.Comments) > 0 && saysNone(f.Syntax.Comments[0]) {
		return
	}
	for _, d := range f.Syntax.Decls {
		d, ok := d.(*ast.FuncDecl)
		if !ok || saysNone(d.Doc) {
			continue
		}
		found := counterpart.FindStringSubmatch(d.Doc.Text())
		switch {
		case found == nil:
			report(f.line(d.Pos()), "%s names no counterpart in C", d.Name.Name)
		case strings.HasPrefix(found[1], "none"):
			report(f.line(d.Pos()), "%s has no counterpart and no reason for that", d.Name.Name)
		}
	}
}

// saysNone tells whether a comment declares that there is no counterpart, with a reason.
func saysNone(doc *ast.CommentGroup) bool {
	return doc != nil && noCounterpart.MatchString(doc.Text())
}

// Comment lines that are code beyond doubt: prose ends otherwise. Code blocks in doc comments are
// indented and so left alone.
var (
	deadGo = regexp.MustCompile(`^// ?([\w.\[\], ]+ := .+|(if|for|switch|func|else|}) .*{|}|return .*\)|[\w.]+\(.*\);?|[\w.]+(\+\+|--))$`)
	deadC  = regexp.MustCompile(`^\s*(// ?([\w\->.\[\]]+ [-+|&]?= [^;.]+;|[\w\->.]+\(.*\);|(if|for|while|switch) \(.*\{|\})|#\s*if 0\b.*)$`)
)

func checkDeadCode(f *File, report reporter) {
	switch {
	case f.isGo():
		for _, group := range f.Syntax.Comments {
			for _, c := range group.List {
				if deadGo.MatchString(c.Text) && !isDirective(c) {
					report(f.line(c.Pos()), "commented-out code: %s", c.Text)
				}
			}
		}
	case f.isC():
		f.lines(func(number int, line string) {
			if deadC.MatchString(line) {
				report(number, "commented-out code: %s", strings.TrimSpace(line))
			}
		})
	}
}

// isDirective is true of //go:generate and the like.
func isDirective(c *ast.Comment) bool {
	return strings.HasPrefix(c.Text, "//go:") || strings.HasPrefix(c.Text, "//line ")
}
