// Traces: what one allocator did on a program, as a text that is itself the program. See doc.go for an overview.

package diff

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"midiff/diff/prog"
)

// Trace is a program and what an allocator gave in each of its steps.
//
// Its text is the program with a comment behind each operation:
//
//	t0 a = malloc(48)                         # -> seg0+0x10090 usable 48 os 2 0x3b9aca0012345678
//	t0 k = bulk(100, 5000)                    # -> seg0+0x21000 usable 5120 (19 by 5120), seg0+0x41000 ...
//	t1 free(a)                                # -> done
//
// A result is what the call gave, null, a place or a number; its usable size or what else it told; errors; and,
// where the step called the system, how many calls there were so far and a hash of them. What is 0 is left out.
// Steps of a bulk that differ by a constant distance in their places are one result with their number.
type Trace struct {
	Program *prog.Program
	Source  string // what was recorded: a version
	Results []Result
	Stats   []Stat // of the process, at the end; what is 0 is left out
}

// statWord begins the line of a statistic, behind the program.
const statWord = "# stat "

// traceHeader begins the line that names the source.
const traceHeader = "# recorded from "

// Text gives the trace as text.
func (t *Trace) Text() string {
	var b bytes.Buffer
	b.WriteString(traceHeader + t.Source + "\n")
	steps := t.Program.Lower().Steps
	at := 0
	err := t.Program.Print(&b, func(op int) string {
		from := at
		for at < len(steps) && at < len(t.Results) && int(steps[at].Op) == op {
			at++
		}
		if from == at {
			return ""
		}
		return t.opText(steps, from, at)
	})
	if err != nil {
		panic(err) // a buffer takes everything
	}
	for _, s := range t.Stats {
		fmt.Fprintf(&b, "%s%s: total %d peak %d current %d\n", statWord, s.Name, s.Total, s.Peak, s.Current)
	}
	return b.String()
}

// opText writes the results of the steps [from, to) of one operation.
func (t *Trace) opText(steps []prog.Step, from, to int) string {
	var all []string
	for i := from; i < to; {
		n, stride := t.repeats(steps, i, to)
		text := resultText(&steps[i], t.before(i), &t.Results[i])
		switch {
		case n > 1 && stride != 0:
			text += fmt.Sprintf(" (%d by %d)", n, stride)
		case n > 1:
			text += fmt.Sprintf(" (%d)", n)
		}
		all = append(all, text)
		i += n
	}
	return strings.Join(all, ", ")
}

// before gives the result of the step before step i.
func (t *Trace) before(i int) *Result {
	if i == 0 {
		return &Result{OSHash: traceStart}
	}
	return &t.Results[i-1]
}

// traceStart is the hash of no calls on the system.
const traceStart = 0x6d69646966663130

// repeats tells how many steps from step i on give the same but for places at a distance.
func (t *Trace) repeats(steps []prog.Step, i, to int) (n int, stride int64) {
	n = 1
	for i+n < to {
		next := t.Results[i+n]
		by := int64(next.Value - t.Results[i+n-1].Value)
		if n == 1 {
			stride = by
		}
		first := t.Results[i]
		first.Value = next.Value
		if by != stride || first != next || stride != 0 && !givesPlace(&steps[i]) {
			break
		}
		n++
	}
	if n == 1 {
		stride = 0
	}
	return n, stride
}

// givesPlace tells whether the value of a step is an address.
func givesPlace(s *prog.Step) bool {
	switch rules[s.Kind].promise {
	case gives, moves, fits, newHeap, tellsHeap, tellsArea:
		return true
	}
	return false
}

// fields are the parts of a result that a text names, in order.
var fields = []struct {
	word string
	hex  bool
	get  func(r *Result) uint64
	set  func(r *Result, v uint64)
}{
	{"usable", false, func(r *Result) uint64 { return r.Usable }, func(r *Result, v uint64) { r.Usable = v }},
	{"told", false, func(r *Result) uint64 { return r.Told }, func(r *Result, v uint64) { r.Told = v }},
	{"errno", false, func(r *Result) uint64 { return uint64(r.Errno) },
		func(r *Result, v uint64) { r.Errno = uint16(v) }},
	{"errors", false, func(r *Result) uint64 { return uint64(r.Errors) },
		func(r *Result, v uint64) { r.Errors = uint8(v) }},
	{"warnings", false, func(r *Result) uint64 { return uint64(r.Warnings) },
		func(r *Result, v uint64) { r.Warnings = uint8(v) }},
	{"callbacks", true, func(r *Result) uint64 { return uint64(r.Deferred) },
		func(r *Result, v uint64) { r.Deferred = uint32(v) }},
	{"stats", true, func(r *Result) uint64 { return r.Stats }, func(r *Result, v uint64) { r.Stats = v }},
	{"bad", false, func(r *Result) uint64 { return r.Bad }, func(r *Result, v uint64) { r.Bad = v }},
	{"what", false, func(r *Result) uint64 { return uint64(r.BadWhat) },
		func(r *Result, v uint64) { r.BadWhat = uint8(v) }},
	{"slot", false, func(r *Result) uint64 { return uint64(r.BadSlot) },
		func(r *Result, v uint64) { r.BadSlot = uint32(v) }},
}

const wordOS, wordDone, wordNull, wordMain = "os", "done", "null", "main"

func resultText(s *prog.Step, before, r *Result) string {
	var words []string
	if r.Null != 0 {
		words = append(words, wordNull)
	}
	switch place := givesPlace(s); {
	case place && r.Value == mainHeapName:
		words = append(words, wordMain)
	case place && r.Value != 0:
		words = append(words, PlaceName(r.Value))
	case r.Value != 0:
		words = append(words, strconv.FormatUint(r.Value, 10))
	}
	for _, f := range fields {
		v := f.get(r)
		switch {
		case v == 0:
		case f.hex || v >= 1<<40:
			words = append(words, f.word, fmt.Sprintf("%#x", v))
		default:
			words = append(words, f.word, strconv.FormatUint(v, 10))
		}
	}
	if r.OSCalls != before.OSCalls || r.OSHash != before.OSHash {
		words = append(words, wordOS, strconv.Itoa(int(r.OSCalls)), fmt.Sprintf("%#x", r.OSHash))
	}
	if len(words) == 0 {
		return wordDone
	}
	return strings.Join(words, " ")
}
