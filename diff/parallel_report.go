// The report of a parallel run. See doc.go for an overview.

package diff

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
)

// WriteReport writes about the last run, which was the ran-th of its program: what it reached on each side
// if the sides agree, else what differs and the commands that replay and reduce it. name is the program's
// file.
func (x *Parallel) WriteReport(w io.Writer, name string, ran int, v *Verdict) error {
	var b bytes.Buffer
	switch v.Class {
	case Agree:
		x.agreed(&b, name, ran, v)
	case Diverge:
		x.diverged(&b, name, ran, v.Div)
	case Invalid:
		if o := x.runs.refused; o != nil {
			name = fmt.Sprintf("%s:%d:1", name, o.Line)
		}
		fmt.Fprintf(&b, "midiff: %s: cannot be run in parallel: %s\n", name, v.Reason)
	default:
		fmt.Fprintf(&b, "midiff: %s: no verdict: %s\n", name, v.Reason)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (x *Parallel) agreed(b *bytes.Buffer, name string, ran int, v *Verdict) {
	for _, k := range v.Known {
		fmt.Fprintf(b, "%s: known %s: %s: %s (%dx, see corpus/known/README.md)\n", name, k.Name,
			k.First.Signature, Oracles[k.First.Oracle].Doc, k.Count)
	}
	fmt.Fprintf(b, "%s: agree in parallel, %s of %d operations\n", name, counted(ran, "run"), v.Steps)
	for _, s := range x.sides() {
		if s.side.Absent {
			fmt.Fprintf(b, "  %-8s  -, %s\n", s.name, s.missing())
			continue
		}
		fmt.Fprintf(b, "  %-8s  %s\n", s.name, s.side.Reached.String())
	}
}

// String lists the counts.
func (r *Reached) String() string {
	onFree := ""
	if r.OnFree > 0 {
		onFree = fmt.Sprintf(" (%d by a free)", r.OnFree)
	}
	return fmt.Sprintf("%d operations, %d exits, %d segments abandoned, %d reclaimed%s, %d frees by other threads, "+
		"%d collects", r.Operations, r.Exits, r.Abandoned, r.Reclaimed, onFree, r.RemoteFrees, r.Collects)
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

type namedSide struct {
	name string
	side *ParallelSide
}

// missing says why a side did not run.
func (s *namedSide) missing() string {
	if s.name == "C" {
		return "no library of the program's version: -ref so:PATH names one"
	}
	return "it does not follow the library's version"
}

func (x *Parallel) sides() [2]namedSide {
	return [2]namedSide{{"C", &x.runs.C}, {"goalloc", &x.runs.Go}}
}

func (x *Parallel) diverged(b *bytes.Buffer, name string, ran int, d *Divergence) {
	run := &x.runs
	r := &reporter{name: name, p: run.Program, code: run.Code}
	fmt.Fprintf(b, "midiff: %s: %s: %s\n", r.place(d.Op), d.Oracle, Oracles[d.Oracle].Doc)
	fmt.Fprintf(b, "  %s\n\n", run.Program.OpText(d.Op))
	for _, s := range x.sides() {
		fmt.Fprintf(b, "  %-8s  %s\n", s.name, s.side.tells(d))
	}
	if d.Contract != "" {
		fmt.Fprintf(b, "  contract  %s\n", strings.ReplaceAll(d.Contract, "\n", "\n            "))
	}
	if !run.C.Absent && !run.Go.Absent {
		fmt.Fprintf(b, "  %s\n", blameSentences[d.Blame])
	}
	fmt.Fprintf(b, "  signature %s\n", d.Signature)
	fmt.Fprintf(b, "  in run %d; others of the same program may agree\n\n", ran)
	if run.Go.says != "" {
		fmt.Fprintf(b, "goalloc says:\n%s\n", strings.TrimSpace(run.Go.says))
	}
	b.WriteString(ParallelCommandLines(name, x.ref, x.without, TimesToSee(1, ran)))
}

// ParallelCommandLines is CommandLines of a program that fails in parallel, in one of so many runs; ref is the
// reference as -ref names it, "" for the build from source.
func ParallelCommandLines(file, ref string, without []string, times int) string {
	replay, reduce := commands(file, without)
	if ref != "" {
		ref = " -ref " + ref
	}
	replay = strings.Replace(replay, " run -v", fmt.Sprintf(" run -mode parallel -times %d%s", times, ref), 1)
	reduce = strings.Replace(reduce, " shrink", " shrink -mode parallel"+ref, 1)
	return fmt.Sprintf("replay: %s\nreduce: %s\n", replay, reduce)
}

// tells says what a side did in the step that a divergence is about, or at the end.
func (s *ParallelSide) tells(d *Divergence) string {
	step := d.Step
	switch {
	case s.Absent:
		return "-"
	case s.hung:
		return "stands still"
	case s.crashed != 0:
		what, _, _ := strings.Cut(s.says, "\n")
		return "stopped: " + what
	case d.Oracle == Teardown && len(s.left) > 0:
		return "left: " + strings.Join(s.left, "; ")
	case d.Oracle == Teardown:
		return "left nothing"
	case step >= len(s.Results):
		return "did not come so far"
	}
	p := &s.Results[step]
	at := time.Duration(p.From).Round(time.Microsecond)
	switch {
	case p.Ran == 0:
		return "did not come so far"
	case p.Bad != 0:
		return fmt.Sprintf("byte %d of the block is wrong", p.Bad-1)
	case p.Null != 0:
		return "null"
	case p.Usable != 0:
		return fmt.Sprintf("%#x, usable %d, after %v", p.Value, p.Usable, at)
	case p.Value != 0:
		return fmt.Sprintf("%#x", p.Value)
	}
	return "done"
}
