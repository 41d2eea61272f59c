// The report of a failure: one block, from what differs to the commands to go on with. See doc.go for
// an overview.

package diff

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"midiff/diff/prog"
)

// around is how many operations before and after the failing one a report shows.
const around = 8

// reporter writes about one run of one program.
type reporter struct {
	bytes.Buffer
	name           string
	replay, reduce string
	p              *prog.Program
	code           *prog.Code
	rec            *Recording
	alone          []string // known findings with the signature, where a library is judged alone
	library        string   // its name then
}

// WriteReport writes about a divergence of the last run: what differs, what each side and the contract
// say, the operations around it with their results, the OS calls if they differ, and as the last two
// lines the commands that replay and reduce it. name is the file that the program is in.
func (s *Session) WriteReport(w io.Writer, name string, p *prog.Program, v *Verdict) error {
	if v.Div != nil && v.Div.Op >= len(p.Ops) {
		p = s.ran // it diverged in the teardown
	}
	p = s.Ran(p, v)
	r := &reporter{name: name, p: p, code: s.Code(), rec: s.Recording()}
	if s.model.library != nil {
		r.library = s.model.library.Name()
		if v.Div != nil {
			r.alone = likeKnown(v.Div.Signature)
		}
	}
	r.replay, r.reduce = s.Commands(name)
	switch {
	case v.Class == Invalid:
		fmt.Fprintf(r, "midiff: %s: cannot be run: %s\n", name, v.Reason)
		_, err := w.Write(r.Bytes())
		return err
	case v.Class == Unknown:
		fmt.Fprintf(r, "midiff: %s: no verdict: %s\n", name, v.Reason)
	case v.Div.Step < 0:
		r.pristine(v.Div)
	default:
		r.divergence(v.Div)
	}
	r.commands()
	_, err := w.Write(r.Bytes())
	return err
}

// place gives the file and line of an operation.
func (r *reporter) place(op int) string {
	if line := r.p.Ops[op].Line; line > 0 {
		return fmt.Sprintf("%s:%d", r.name, line)
	}
	return fmt.Sprintf("%s: operation %d", r.name, op+1)
}

func (r *reporter) divergence(d *Divergence) {
	fmt.Fprintf(r, "midiff: %s: %s: %s\n", r.place(d.Op), d.Oracle, Oracles[d.Oracle].Doc)
	fmt.Fprintf(r, "  %s\n\n", r.p.OpText(d.Op))
	if r.library != "" {
		fmt.Fprintf(r, "  library   %s\n", r.full(&d.C, &r.code.Steps[d.Step]))
	} else {
		fmt.Fprintf(r, "  C         %s\n", r.full(&d.C, &r.code.Steps[d.Step]))
		fmt.Fprintf(r, "  goalloc   %s\n", r.full(&d.Go, &r.code.Steps[d.Step]))
	}
	if d.Contract != "" {
		fmt.Fprintf(r, "  contract  %s\n", d.Contract)
	}
	if r.library != "" {
		fmt.Fprintf(r, "  %s breaks the contract\n", r.library)
	} else {
		fmt.Fprintf(r, "  %s\n", blameSentences[d.Blame])
	}
	if len(r.alone) > 0 {
		fmt.Fprintf(r, "  like      %s of other versions (corpus/known/README.md)\n", strings.Join(r.alone, ", "))
	}
	if d.Known != "" {
		fmt.Fprintf(r, "  known     %s (corpus/known/README.md)\n", d.Known)
	}
	fmt.Fprintf(r, "  signature %s\n\n", d.Signature)
	r.history(d.Op)
	r.calls(d)
	r.states()
	r.left(d)
	if r.library != "" {
		r.says("the library", r.rec.CSays)
		return
	}
	r.says("C", r.rec.CSays)
	r.says("goalloc", r.rec.Says)
}

func (r *reporter) pristine(d *Divergence) {
	fmt.Fprintf(r, "midiff: %s: %s: %s\n", r.name, d.Oracle, Oracles[d.Oracle].Doc)
	fmt.Fprintf(r, "  C         fingerprint %#x\n", d.C.Value)
	fmt.Fprintf(r, "  goalloc   fingerprint %#x\n", d.Go.Value)
	fmt.Fprintf(r, "  before    %s\n", d.Contract)
}

// history writes the operations around op with what C gave, and what goalloc gave where that differs.
func (r *reporter) history(op int) {
	from, to := max(op-around, 0), min(op+around+1, len(r.p.Ops))
	for i := from; i < to; i++ {
		mark := "  "
		if i == op {
			mark = "> "
		}
		line := fmt.Sprintf("%s%4d  %s", mark, r.lineOf(i), r.p.OpText(i))
		if note := noteOf(r.rec, r.code, i); note != "" {
			line = fmt.Sprintf("%-52s  # -> %s", line, note)
		}
		fmt.Fprintln(r, line)
	}
	fmt.Fprintln(r)
}

func (r *reporter) lineOf(op int) int {
	if line := r.p.Ops[op].Line; line > 0 {
		return int(line)
	}
	return op + 1
}

// calls writes the OS calls of the failing step, when the sides made different ones.
func (r *reporter) calls(d *Divergence) {
	if d.C.OSHash == d.Go.OSHash {
		return
	}
	for _, side := range []struct {
		name  string
		calls []OSCall
	}{{"C", r.rec.CCalls}, {"goalloc", r.rec.Calls}} {
		fmt.Fprintf(r, "OS calls of %s in this operation:\n", side.name)
		var lines []string
		for i := range side.calls {
			if int(side.calls[i].Step) == d.Step {
				lines = append(lines, callText(&side.calls[i]))
			}
		}
		r.counted(lines)
	}
	fmt.Fprintln(r)
}

// counted writes lines, equal ones that follow each other as one.
func (r *reporter) counted(lines []string) {
	if len(lines) == 0 {
		fmt.Fprintln(r, "  none")
	}
	for i := 0; i < len(lines); {
		n := 1
		for i+n < len(lines) && lines[i+n] == lines[i] {
			n++
		}
		if n > 1 {
			fmt.Fprintf(r, "  %s, %d times\n", lines[i], n)
		} else {
			fmt.Fprintf(r, "  %s\n", lines[i])
		}
		i += n
	}
}

// states writes what of the states differs.
func (r *reporter) states() {
	if len(r.rec.State) == 0 {
		return
	}
	fmt.Fprintln(r, "the states after this operation:")
	for _, line := range r.rec.State {
		fmt.Fprintf(r, "  %s\n", line)
	}
	fmt.Fprintln(r)
}

// left writes what a teardown left behind on each side, and which operation it goes back to.
func (r *reporter) left(d *Divergence) {
	if d.Oracle != Teardown {
		return
	}
	for _, side := range []struct {
		name  string
		lines []Leftover
	}{{"C", r.rec.CLeft}, {"goalloc", r.rec.Left}} {
		fmt.Fprintf(r, "left by %s when all was given back:\n", side.name)
		for _, l := range side.lines {
			fmt.Fprintf(r, "  %s", l.Text)
			if l.Step >= 0 {
				op := int(r.code.Steps[l.Step].Op)
				fmt.Fprintf(r, ", since %s: %s", r.place(op), r.p.OpText(op))
			}
			fmt.Fprintln(r)
		}
		if len(side.lines) == 0 {
			fmt.Fprintln(r, "  nothing")
		}
	}
	fmt.Fprintln(r)
}

func (r *reporter) says(side, text string) {
	if text != "" {
		fmt.Fprintf(r, "%s says:\n%s\n", side, bytes.TrimSpace([]byte(text)))
	}
}

func (r *reporter) commands() {
	fmt.Fprintf(r, "replay: %s\nreduce: %s\n", r.replay, r.reduce)
}

// Commands gives the commands that replay and reduce a program that is in the file name.
func (s *Session) Commands(name string) (replay, reduce string) {
	replay, reduce = commands(name, s.without)
	if s.shared != nil {
		ref := " -ref " + SharedPrefix + s.shared.Path + " "
		replay = strings.Replace(replay, "midiff run ", "midiff run"+ref, 1)
		reduce = strings.Replace(reduce, "midiff shrink ", "midiff shrink"+ref, 1)
	}
	return replay, reduce
}
