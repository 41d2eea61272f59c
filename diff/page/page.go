// The page. See doc.go for an overview.

package page

import (
	_ "embed"
	"html/template"
	"io"

	"midiff/diff"
	"midiff/diff/prog"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// mostFrames is how many operations a page can show; of a longer run these are the last.
const mostFrames = 400

// mostDifferences is how many words of a state a page names for one step.
const mostDifferences = 60

// data is what the page's script gets.
type data struct {
	Ops     []op    `json:"ops"`
	Threads int     `json:"threads"`
	Frames  []frame `json:"frames"`
	Heaps   []*Heap `json:"heaps"`
	Failing int     `json:"failing"` // index into Ops, -1 for none
}

type op struct {
	Line   int    `json:"line"`
	Thread int    `json:"thread"`
	Name   string `json:"name"`
	Text   string `json:"text"`
	Note   string `json:"note"`
	Role   string `json:"role"` // makes, frees, ends (the thread) or other
	// From is the operation of another thread that made the block which this one takes, -1 for none.
	From int `json:"from"`
}

// frame is the moment after an operation: which of Heaps each side has.
type frame struct {
	Op        int                    `json:"op"`
	C         int                    `json:"c"`
	Go        int                    `json:"go"`
	Different []diff.StateDifference `json:"different,omitempty"`
	More      int                    `json:"more,omitempty"` // differences that are not named
}

// Write runs a program and writes its page. name is the file it is in.
func Write(w io.Writer, s *diff.Session, name string, p *prog.Program) (diff.Verdict, error) {
	r, err := run(s, name, p)
	if err != nil {
		return r.verdict, err
	}
	return r.verdict, pageTemplate.Execute(w, map[string]any{
		"Name": name, "Verdict": verdictText(&r.verdict),
		"Agrees": r.verdict.Div == nil && len(r.verdict.Known) == 0,
		"Header": r.header(), "Replay": r.replay, "Reduce": r.reduce,
		"Report": r.report, "Program": r.program.Text(), "Style": template.CSS(pageCSS),
		"Script": template.JS(pageJS), "Data": r.data, "First": r.firstShown(), "Steps": len(r.Frames),
	})
}

// firstShown is the step at which the page opens: the failing one.
func (d *data) firstShown() int {
	for i := range d.Frames {
		if d.Frames[i].Op == d.Failing {
			return i
		}
	}
	return max(len(d.Frames)-1, 0)
}
