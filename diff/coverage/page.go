// The page. See doc.go for an overview.

package coverage

import (
	_ "embed"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"strings"
)

//go:embed page.tmpl
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// page is what the template shows.
type page struct {
	*Both
	Sides []side
}

// side is one side's files.
type side struct {
	Name, ID string
	Files    []file
	Count
}

// file is a source file, line by line.
type file struct {
	Name string
	Rows []line
	Count
}

// line is one of its lines; Why is the reason of one that is not reached.
type line struct {
	N     int
	Text  string
	Class string
	Why   string
}

// Count is how many lines there are of each kind.
type Count struct{ Ran, Partly, Missed int }

// All is how many lines have code.
func (c Count) All() int { return c.Ran + c.Partly + c.Missed }

// Percent is how much of the lines that have code ran, at least in part.
func (c Count) Percent() float64 { return 100 * float64(c.Ran+c.Partly) / float64(max(1, c.All())) }

func (c *Count) add(o Count) {
	c.Ran, c.Partly, c.Missed = c.Ran+o.Ran, c.Partly+o.Partly, c.Missed+o.Missed
}

// Total counts the lines of some files.
func Total(files map[string]Lines) (all Count) {
	for _, lines := range files {
		for _, s := range lines {
			switch s {
			case Ran:
				all.Ran++
			case Partly:
				all.Partly++
			case Missed:
				all.Missed++
			}
		}
	}
	return all
}

var classes = [...]string{NoCode: "", Ran: "ran", Partly: "partly", Missed: "missed"}

// WritePage writes both sides as a page that needs nothing else.
func (b *Both) WritePage(w io.Writer, reasons []Reason) error {
	c, err := newSide("C: mimalloc", "c", filepath.Join(b.Root, "cref", "mimalloc", "src"), b.Files, reasons)
	if err != nil {
		return err
	}
	g, err := newSide("Go: goalloc", "go", filepath.Join(b.Root, "goalloc"), b.Go, nil)
	if err != nil {
		return err
	}
	return pageTemplate.Execute(w, page{b, []side{c, g}})
}

func newSide(name, id, folder string, files map[string]Lines, reasons []Reason) (side, error) {
	s := side{Name: name, ID: id}
	for _, name := range sorted(files) {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return s, err
		}
		f := file{Name: name, Count: Total(map[string]Lines{name: files[name]})}
		for i, row := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
			l := line{N: i + 1, Text: row, Class: classes[files[name][i+1]]}
			if files[name][i+1] == Missed {
				l.Why = why(reasons, name, i+1)
			}
			f.Rows = append(f.Rows, l)
		}
		s.Files = append(s.Files, f)
		s.add(f.Count)
	}
	return s, nil
}

func why(reasons []Reason, name string, n int) string {
	for i := range reasons {
		if reasons[i].File == name && reasons[i].has(n) {
			return reasons[i].Why
		}
	}
	return ""
}
