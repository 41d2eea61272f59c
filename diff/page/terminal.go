// The same for a terminal: one moment of a run as text. See doc.go for an overview.

package page

import (
	"bytes"
	"fmt"
	"io"
	"math/bits"
	"reflect"
	"slices"
	"strings"

	"midiff/diff"
	"midiff/diff/prog"
)

// ErrNoMoment is the error of a line after which there is nothing to show.
type ErrNoMoment struct{ Line int }

// Error names the line.
func (e ErrNoMoment) Error() string {
	return fmt.Sprintf("line %d: no operation there that was run, or more than %d operations before the last one: "+
		"give the line of another", e.Line, mostFrames)
}

// WriteText runs a program and writes its report and, after it, both heaps after the operation of a line,
// or for line 0 after the failing one, the last one if none failed. name is the file it is in.
func WriteText(w io.Writer, s *diff.Session, name string, p *prog.Program, line int) (diff.Verdict, error) {
	r, err := run(s, name, p)
	if err != nil {
		return r.verdict, err
	}
	t := &text{ran: r}
	t.WriteString(r.report)
	if len(r.Frames) > 0 {
		at := r.firstShown()
		if line > 0 {
			if at = r.frameOf(line); at < 0 {
				return r.verdict, ErrNoMoment{line}
			}
		}
		t.moment(&r.Frames[at])
	}
	if r.verdict.Class == diff.Agree {
		fmt.Fprintf(t, "\nreplay: %s\n", r.replay)
	}
	_, err = w.Write(t.Bytes())
	return r.verdict, err
}

// frameOf finds the last moment of the operation of a line, -1 for none.
func (d *data) frameOf(line int) int {
	for i := len(d.Frames) - 1; i >= 0; i-- {
		if d.Ops[d.Frames[i].Op].Line == line {
			return i
		}
	}
	return -1
}

// text is what a terminal gets.
type text struct {
	*ran
	bytes.Buffer
}

func (t *text) moment(f *frame) {
	t.timeline(f.Op)
	o := &t.Ops[f.Op]
	fmt.Fprintf(t, "\nboth heaps after line %d, %s\n", o.Line, o.Text)
	fmt.Fprintln(t, "  bars: = header, a letter for each page, . free, / free and nobody's; long stretches are drawn short")
	fmt.Fprintln(t, "  blocks: # live, . free, r freed by another thread, + some of each; behind them the handles there")
	c, g := t.Heaps[f.C], t.Heaps[f.Go]
	for _, at := range segments(c, g) {
		t.segment(c.at(at), g.at(at))
	}
	t.aside("C", c)
	t.aside("goalloc", g)
	t.differences(f)
}

// timelineWidth is how many operations of the timeline fit into a line.
const timelineWidth = 100

// timeline draws a line per thread and a column per operation, as many as fit around one.
func (t *text) timeline(op int) {
	marks := map[string]byte{"makes": 'm', "frees": 'f', "ends": 'x', "other": 'o'}
	from := max(0, min(op-timelineWidth/2, len(t.Ops)-timelineWidth))
	to := min(from+timelineWidth, len(t.Ops))
	fmt.Fprintf(t, "\nthreads, lines %d to %d: m makes a block or heap, f frees, x ends the thread, o anything else\n",
		t.Ops[from].Line, t.Ops[to-1].Line)
	for thread := range t.Threads {
		row := []byte(strings.Repeat(".", to-from))
		for i := from; i < to; i++ {
			if t.Ops[i].Thread == thread {
				row[i-from] = marks[t.Ops[i].Role]
			}
		}
		fmt.Fprintf(t, "  t%d %s\n", thread, row)
	}
	fmt.Fprintf(t, "     %s^\n", strings.Repeat(" ", op-from))
}

// segments gives the numbers of all that one side or the other has.
func segments(heaps ...*Heap) (all []int) {
	for _, h := range heaps {
		for _, s := range h.Segments {
			all = append(all, s.At)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (h *Heap) at(number int) *Segment {
	for _, s := range h.Segments {
		if s.At == number {
			return s
		}
	}
	return nil
}

// segment draws one once where both sides have it alike, and otherwise as each has it.
func (t *text) segment(c, g *Segment) {
	if reflect.DeepEqual(c, g) {
		t.picture("", c)
		return
	}
	for _, side := range []struct {
		name string
		s    *Segment
	}{{"C: ", c}, {"goalloc: ", g}} {
		if side.s != nil {
			t.picture(side.name, side.s)
		} else {
			fmt.Fprintf(t, "\n! %sno such segment\n", side.name)
		}
	}
}

// pageLetters name the pages of a bar; where there are more, they begin again.
const pageLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// mostNames is how many handles are named beside a page.
const mostNames = 12

func namesText(names []string) string {
	if n := len(names) - mostNames; n > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostNames], " "), n)
	}
	return strings.Join(names, " ")
}

func (t *text) picture(side string, s *Segment) {
	mark, bar, pages := "  ", "", 0
	if side != "" {
		mark = "! "
	}
	free := "."
	if s.Owner < 0 {
		free = "/"
	}
	rows := new(bytes.Buffer)
	for _, span := range s.Spans {
		sign := map[string]string{"header": "=", "free": free}[span.Kind]
		if span.Kind == "page" {
			sign = string(pageLetters[pages%len(pageLetters)])
			pages++
			row := fmt.Sprintf("    %s %-58s [%s] %s", sign, pageText(span), cellText(span), namesText(span.Names))
			fmt.Fprintln(rows, strings.TrimRight(row, " "))
		}
		bar += strings.Repeat(sign, 3*bits.Len(uint(span.Slices))-2)
	}
	fmt.Fprintf(t, "\n%s%ssegment %d, %s\n    |%s|\n%s", mark, side, s.At, segmentText(s), bar, rows)
}

func segmentText(s *Segment) string {
	owner := fmt.Sprintf("thread %d", s.Owner)
	switch s.Owner {
	case -1:
		owner = "abandoned"
	case -2:
		owner = "its thread has ended"
	}
	if s.Huge {
		owner += ", huge"
	}
	owner += fmt.Sprintf(", %d of 512 parts committed", s.Committed)
	if s.Expire {
		owner += ", some due back"
	}
	return owner
}

func pageText(s *Span) string {
	at := fmt.Sprintf("slice %d", s.At)
	if s.Slices > 1 {
		at = fmt.Sprintf("slices %d to %d", s.At, s.At+s.Slices-1)
	}
	text := fmt.Sprintf("%s: %d of %d blocks of %d bytes", at, s.Used, s.Room, s.Size)
	if s.Full {
		text += ", full"
	}
	return text
}

// cellText draws the blocks that have been made.
func cellText(s *Span) string {
	return strings.NewReplacer("l", "#", "f", ".", "m", "+", "n", "").Replace(s.Blocks)
}

// aside names what a side has besides segments with pages.
func (t *text) aside(side string, h *Heap) {
	for _, at := range h.Cached {
		fmt.Fprintf(t, "\n  %s keeps segment %d in its cache\n", side, at)
	}
	for _, a := range h.Arenas {
		exclusive := ""
		if a.Exclusive {
			exclusive = ", exclusive"
		}
		fmt.Fprintf(t, "\n  %s: arena %d%s, %d of %d blocks in use, from segment %d\n", side, a.Number, exclusive,
			a.Used, a.Blocks, a.At)
	}
}

func (t *text) differences(f *frame) {
	fmt.Fprintln(t, "\nwhat differs of the states then:")
	for _, d := range f.Different {
		fmt.Fprintf(t, "  %-40s C %s, goalloc %s\n", d.Place, d.C, d.Go)
	}
	if f.More > 0 {
		fmt.Fprintf(t, "  and %d more\n", f.More)
	}
	if len(f.Different) == 0 {
		fmt.Fprintln(t, "  nothing")
	}
}
