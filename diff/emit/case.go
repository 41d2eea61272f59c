// What is emitted: a program with what is known of its run. See doc.go for an overview.

package emit

import (
	"fmt"
	"slices"
	"strings"

	"midiff/diff"
	"midiff/diff/prog"
)

// Input is a program to emit.
type Input struct {
	Name    string   // its file
	About   []string // what its file says of it, line by line
	Program *prog.Program
	Without []string // quirks that are off in goalloc
	// Died says how the reference ended when it ran the program; "" if it lived. It is not run again.
	Died string
}

// Case is a program with what is known of its run.
type Case struct {
	Input
	p       *prog.Program // with a teardown, if something was found there
	code    *prog.Code
	first   []int // by operation: its first step
	wants   []diff.Want
	along   []diff.Want // the same along the lockstep run, up to the first finding
	verdict diff.Verdict
	found   []found
	c, g    []diff.Result // by step, as far as both ran
	taken   []diff.Taken
	faults  map[int][]hit
	counts  map[int]count
	left    []string // the statistics that a teardown found wrong; "memory"
}

// found is a finding.
type found struct {
	op               int // len(Program.Ops) or more: in the teardown
	signature        diff.Signature
	known            string
	blame            diff.Blame
	expected, actual string
}

// hit is a fault that struck: the n-th call of its kind in the operation.
type hit struct {
	fault   prog.Fault
	n       int
	natural bool // no fault of the program: the simulated system has no more memory
}

// count is how many OS calls of a kind were made in an operation, and how many should have been.
type count struct{ want, got map[string]int }

// Gather runs a program for what its emitters need. lock is not used if the reference died.
func Gather(lock *diff.Session, fixed *diff.Fixed, in Input) (*Case, error) {
	c := &Case{Input: in, p: in.Program, faults: map[int][]hit{}, counts: map[int]count{}}
	if in.Died == "" {
		c.verdict = lock.Recorded(in.Program)
		if c.verdict.Class == diff.Invalid || c.verdict.Class == diff.Unknown {
			return nil, fmt.Errorf("%s: %s: %s", in.Name, c.verdict.Class, c.verdict.Reason)
		}
		c.take(lock)
	}
	var err error
	if c.wants, err = fixed.Wants(c.p); err != nil {
		return nil, fmt.Errorf("%s: %w", in.Name, err)
	}
	c.code = c.p.Lower()
	c.first = firstSteps(c.p, c.code)
	c.wants = slices.Concat(c.along, c.wants[min(len(c.along), len(c.wants)):])
	if lock != nil && lock.SidesOnly {
		c.yield()
	}
	if in.Died != "" {
		rec := fixed.Recording()
		c.c, c.g, c.taken = slices.Clone(rec.Go), slices.Clone(rec.Go), slices.Clone(rec.Taken)
		c.strike(rec.Calls)
	}
	return c, nil
}

// yield takes for right that a library of a later version, with which the sides are only compared, gives null where
// goalloc does, too: what the contract says of that is 2.0's.
func (c *Case) yield() {
	for i := range min(len(c.wants), len(c.c)) {
		w := &c.wants[i]
		if c.c[i].Null == 0 || w.Null != diff.NeverNull {
			continue
		}
		w.Null = diff.MayBeNull
		if w.Report == diff.NoReport {
			w.Report = diff.ReportWithNull
		}
	}
}

func firstSteps(p *prog.Program, code *prog.Code) []int {
	first := make([]int, len(p.Ops)+1)
	for i := range first {
		first[i] = len(code.Steps)
	}
	for i := len(code.Steps) - 1; i >= 0; i-- {
		first[code.Steps[i].Op] = i
	}
	return first
}

// take keeps what the lockstep run found.
func (c *Case) take(lock *diff.Session) {
	rec := lock.Recording()
	finds := make([]diff.Divergence, 0, len(c.verdict.Known)+1)
	for _, k := range c.verdict.Known {
		finds = append(finds, k.First)
	}
	if c.verdict.Div != nil {
		finds = append(finds, *c.verdict.Div)
	}
	for _, d := range finds {
		if d.Op >= len(c.Program.Ops) {
			c.p = c.Program.TornDown()
			c.takeLeft(rec)
		}
		c.found = append(c.found, found{
			op: d.Op, signature: d.Signature, known: d.Known, blame: d.Blame, expected: d.Contract, actual: actual(lock, &d),
		})
	}
	slices.SortStableFunc(c.found, func(a, b found) int { return a.op - b.op })
	code := c.p.Lower()
	if d := c.verdict.Div; d != nil && d.Oracle == diff.OSTrace {
		c.counts[d.Op] = count{callsIn(rec.Calls, d.Step), callsIn(rec.CCalls, d.Step)}
	}
	n := min(len(rec.C), len(rec.Go), len(code.Steps))
	c.c, c.g = slices.Clone(rec.C[:n]), slices.Clone(rec.Go[:n])
	c.taken = slices.Clone(rec.Taken)
	c.first = firstSteps(c.p, code)
	c.code = code
	if !lock.SidesOnly {
		c.follow(rec)
	}
	c.strike(rec.CCalls)
}

// follow keeps what the contract asked along the run: up to the first finding, behind which the model has
// come to terms with it. Where calls fail, which of them do depends on the run, and so it is kept to the end.
func (c *Case) follow(rec *diff.Recording) {
	n := len(rec.Wants)
	if len(c.found) > 0 && c.found[0].op < len(c.p.Ops) && len(c.p.Faults) == 0 {
		n = min(n, c.first[c.found[0].op+1])
	}
	c.along = slices.Clone(rec.Wants[:min(n, len(c.code.Steps))])
}

// actual says what C did where something was found.
func actual(lock *diff.Session, d *diff.Divergence) string {
	if rec := lock.Recording(); d.Oracle == diff.Teardown {
		var lines []string
		for _, l := range rec.CLeft {
			lines = append(lines, l.Text)
		}
		return strings.Join(lines, "; ")
	}
	return lock.Actual(d)
}

// takeLeft keeps the names of the statistics that are not what they were, "memory" for memory.
func (c *Case) takeLeft(rec *diff.Recording) {
	for _, l := range rec.CLeft {
		name, _, ok := strings.Cut(l.Text, ".current")
		if !ok && strings.HasSuffix(l.Text, "mapped") {
			name = "memory"
		}
		if !slices.Contains(c.left, name) {
			c.left = append(c.left, name)
		}
	}
}

// callsIn counts the OS calls of a step by kind.
func callsIn(calls []diff.OSCall, step int) map[string]int {
	n := map[string]int{}
	for i := range calls {
		if int(calls[i].Step) == step {
			n[diff.CallName(calls[i].Kind)]++
		}
	}
	return n
}

// callNames are the words of OS calls that a fault hits.
var callNames = [prog.FaultCalls][]string{
	prog.FaultMmap: {"map"}, prog.FaultMunmap: {"unmap"}, prog.FaultMprotect: {"protect"},
	prog.FaultMadvise: {"decommit", "reset"}, prog.FaultGetrandom: {"random"}, prog.FaultClock: {"clock"},
}

// mostRefused is how many calls of an operation are made to fail where the simulated system had no memory.
const mostRefused = 8

// strike finds the operations in which calls failed, by a fault or since the simulated system has less memory
// than a real one.
func (c *Case) strike(calls []diff.OSCall) {
	for kind := range prog.FaultCall(prog.FaultCalls) {
		total, op, inOp, refused := uint32(0), -1, 0, 0
		for i := range calls {
			call := &calls[i]
			if !slices.Contains(callNames[kind], diff.CallName(call.Kind)) || int(call.Step) >= len(c.code.Steps) {
				continue
			}
			if now := int(c.code.Steps[call.Step].Op); now != op {
				op, inOp, refused = now, 0, 0
			}
			inOp++
			total++
			f, planned, first := c.faultAt(kind, total)
			switch {
			case first:
				c.faults[op] = append(c.faults[op], hit{fault: f, n: inOp})
			case !planned && call.Errno != 0 && refused < mostRefused:
				refused++
				f := prog.Fault{Call: kind, N: uint32(inOp), Errno: prog.Errno(call.Errno)}
				c.faults[op] = append(c.faults[op], hit{fault: f, n: inOp, natural: true})
			}
		}
	}
}

// faultAt gives the fault that the n-th call of a kind meets; first: it was not met before.
func (c *Case) faultAt(kind prog.FaultCall, n uint32) (f prog.Fault, planned, first bool) {
	for _, f := range c.p.Faults {
		if f.Call == kind && (f.N == n || f.Sticky && f.N < n) {
			return f, true, f.N == n
		}
	}
	return f, false, false
}

// missed are the faults that never struck.
func (c *Case) missed() (all []prog.Fault) {
	struck := map[string]bool{}
	for _, hits := range c.faults {
		for _, h := range hits {
			struck[h.fault.String()] = true
		}
	}
	for _, f := range c.p.Faults {
		if !struck[f.String()] {
			all = append(all, f)
		}
	}
	return all
}

// ops is how many operations can be emitted: as far as the contract is known to ask something.
func (c *Case) ops() int {
	if len(c.wants) >= len(c.code.Steps) {
		return len(c.p.Ops)
	}
	return int(c.code.Steps[len(c.wants)-1].Op) + 1
}

// want gives what the contract asks of an operation: for a bulk, of all its blocks.
func (c *Case) want(op int) (w diff.Want) {
	if c.first[op] >= len(c.wants) {
		return diff.Want{}
	}
	w = c.wants[c.first[op]]
	for i := c.first[op]; i < c.first[op+1] && i < len(c.wants); i++ {
		w.Null, w.Report = max(w.Null, c.wants[i].Null), max(w.Report, c.wants[i].Report)
	}
	return w
}

// gaveNull tells whether the reference, or goalloc in its place, gave null.
func (c *Case) gaveNull(op int) bool {
	return c.first[op] < len(c.c) && c.c[c.first[op]].Null != 0
}

// Shows tells whether something was found that breaks a promise which can be seen from outside: then the
// C file exits with 1.
func (c *Case) Shows() bool {
	return c.Died != "" || slices.ContainsFunc(c.found, c.visible)
}

// visible tells whether the C file can show a finding.
func (c *Case) visible(x found) bool {
	switch x.signature.Oracle {
	case diff.OSTrace: // no promise: the calls of goalloc are the measure
		n := c.counts[x.op]
		return slices.ContainsFunc(counted, func(k counter) bool { return n.want[k.word] != n.got[k.word] })
	case diff.Place, diff.State, diff.Stats, diff.Invariant, diff.Pristine:
		return false
	case diff.Teardown:
		if !slices.ContainsFunc(told, func(name string) bool { return slices.Contains(c.left, name) }) {
			return false
		}
	}
	return x.blame == diff.BlameC || x.blame == diff.BlameBoth
}

// told is what of a teardown can be read from outside.
var told = []string{"memory", "committed", "threads"}

// hidden says why not.
func (c *Case) hidden(x *found) string {
	if x.blame == diff.BlameGo {
		return "the library does what the contract asks"
	}
	if x.signature.Oracle == diff.Teardown {
		return "the API does not tell these statistics"
	}
	return "the API promises nothing of it"
}

// nullAt is gaveNull for an operation of the program by its address.
func (c *Case) nullAt(o *prog.Op) bool {
	for i := range c.p.Ops {
		if o == &c.p.Ops[i] {
			return c.gaveNull(i)
		}
	}
	return false
}

// About gives what the text of a program says of it: the prose of the comments above the first line.
func About(text []byte) (lines []string) {
	for line := range strings.Lines(string(text)) {
		comment, ok := strings.CutPrefix(strings.TrimSpace(line), "#")
		if !ok {
			break
		}
		comment = strings.TrimSpace(comment)
		if key, _, isHeader := strings.Cut(comment, ": "); isHeader && !strings.Contains(key, " ") || comment == "" {
			continue
		}
		lines = append(lines, comment)
	}
	return lines
}
