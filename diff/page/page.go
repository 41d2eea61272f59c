// The page. See doc.go for an overview.

package page

import (
	_ "embed"
	"encoding/json"
	"fmt"
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

// mostFrames is how many steps a page can show; of a longer run these are the last.
const mostFrames = 400

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
	Text   string `json:"text"`
	Note   string `json:"note"`
	Ends   bool   `json:"ends,omitempty"` // the thread
}

// frame is the moment after a step: which of Heaps each side has.
type frame struct {
	Op        int      `json:"op"`
	C         int      `json:"c"`
	Go        int      `json:"go"`
	Different []string `json:"different,omitempty"`
}

// Write runs a program and writes its page. name is the file it is in.
func Write(w io.Writer, s *diff.Session, name string, p *prog.Program) (diff.Verdict, error) {
	v := s.Recorded(p)
	text, err := reportText(s, name, p, &v)
	if err != nil {
		return v, err
	}
	d := newData(s, p, &v)
	if err := d.frames(s, p, &v); err != nil {
		return v, err
	}
	return v, pageTemplate.Execute(w, map[string]any{
		"Name": name, "Verdict": verdictText(&v), "Agrees": v.Div == nil && len(v.Known) == 0,
		"Report": text, "Style": template.CSS(pageCSS), "Script": template.JS(pageJS), "Data": d,
		"First": d.firstShown(), "Steps": len(d.Frames),
	})
}

// newData takes in the program and its results.
func newData(s *diff.Session, p *prog.Program, v *diff.Verdict) *data {
	d := &data{Threads: p.Threads, Failing: -1}
	for i := range p.Ops {
		o := &p.Ops[i]
		line := int(o.Line)
		if line == 0 {
			line = i + 1
		}
		d.Ops = append(d.Ops, op{
			Line: line, Thread: int(o.Thread), Text: p.OpText(i), Note: s.Note(i),
			Ends: o.Kind.Row().EndsTied,
		})
	}
	switch {
	case v.Div != nil:
		d.Failing = v.Div.Op
	case len(v.Known) > 0:
		d.Failing = v.Known[0].First.Op
	}
	return d
}

// frames runs the program again, up to where it failed, and draws every step. Pictures that look alike
// are kept once.
func (d *data) frames(s *diff.Session, p *prog.Program, v *diff.Verdict) error {
	code := p.Lower()
	last := len(code.Steps) - 1
	if v.Div != nil && v.Div.Step >= 0 {
		last = v.Div.Step
	}
	seen := map[string]int{}
	draw := func(words []diff.StateEntry) int {
		h := newHeap(words)
		key, err := json.Marshal(h)
		if err != nil {
			panic(fmt.Sprintf("page: a picture cannot be written: %v", err))
		}
		at, ok := seen[string(key)]
		if !ok {
			at = len(d.Heaps)
			seen[string(key)] = at
			d.Heaps = append(d.Heaps, h)
		}
		return at
	}
	return s.Frames(p, max(0, last-mostFrames+1), last, func(f diff.Frame) {
		d.Frames = append(d.Frames, frame{
			Op: int(code.Steps[f.Step].Op), C: draw(f.C), Go: draw(f.Go), Different: f.Different,
		})
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
