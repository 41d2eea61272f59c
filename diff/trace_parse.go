// Traces, read from their texts. See doc.go for an overview.

package diff

import (
	"fmt"
	"strconv"
	"strings"

	"midiff/diff/prog"
)

// ParseTrace reads a trace. Errors name the file and the line.
func ParseTrace(name string, text []byte) (*Trace, error) {
	p, err := prog.Parse(name, text)
	if err != nil {
		return nil, err
	}
	t := &Trace{Program: p}
	lines := strings.Split(string(text), "\n")
	source, ok := strings.CutPrefix(lines[0], traceHeader)
	if !ok {
		return nil, fmt.Errorf("%s:1:1: expected %q and a version", name, traceHeader)
	}
	t.Source = source
	for i, line := range lines {
		if !strings.HasPrefix(line, statWord) {
			continue
		}
		stat, numbers, ok := strings.Cut(strings.TrimPrefix(line, statWord), ": ")
		s := Stat{Name: stat}
		if _, err := fmt.Sscanf(numbers, "total %d peak %d current %d", &s.Total, &s.Peak, &s.Current); err != nil || !ok {
			return nil, fmt.Errorf("%s:%d:1: expected %sNAME: total N peak N current N", name, i+1, statWord)
		}
		t.Stats = append(t.Stats, s)
	}
	steps := p.Lower().Steps
	for at := 0; at < len(steps); {
		op := steps[at].Op
		end := at
		for end < len(steps) && steps[end].Op == op {
			end++
		}
		line := p.Ops[op].Line
		_, note, ok := strings.Cut(lines[line-1], "# -> ")
		if !ok {
			return nil, fmt.Errorf("%s:%d:1: expected a result behind the operation: # -> ...", name, line)
		}
		if err := t.parseOp(steps[at:end], note); err != nil {
			return nil, fmt.Errorf("%s:%d:1: %w", name, line, err)
		}
		at = end
	}
	return t, nil
}

// parseOp reads the results of the steps of one operation.
func (t *Trace) parseOp(steps []prog.Step, note string) error {
	left := steps
	for _, text := range strings.Split(note, ", ") {
		if len(left) == 0 {
			return fmt.Errorf("%q: the operation has %d steps, and more results", text, len(steps))
		}
		text, n, stride, err := cutRepeats(text)
		if err != nil || n > len(left) {
			return fmt.Errorf("%q: expected (N by DISTANCE) or (N), N at most %d", text, len(left))
		}
		r := *t.before(len(t.Results))
		r = Result{OSCalls: r.OSCalls, OSHash: r.OSHash}
		if err := parseResult(&left[0], &r, text); err != nil {
			return err
		}
		for range n {
			t.Results = append(t.Results, r)
			r.Value += uint64(stride)
		}
		left = left[n:]
	}
	if len(left) > 0 {
		return fmt.Errorf("%d results are missing", len(left))
	}
	return nil
}

// cutRepeats takes the number of steps and the distance off a result.
func cutRepeats(text string) (rest string, n int, stride int64, err error) {
	rest, repeats, ok := strings.Cut(text, " (")
	if !ok {
		return text, 1, 0, nil
	}
	repeats, closed := strings.CutSuffix(repeats, ")")
	count, by, far := strings.Cut(repeats, " by ")
	if n, err = strconv.Atoi(count); err == nil && far {
		stride, err = strconv.ParseInt(by, 10, 64)
	}
	if err == nil && (!closed || n < 1) {
		err = strconv.ErrSyntax
	}
	return rest, n, stride, err
}

func parseResult(s *prog.Step, r *Result, text string) error {
	words := strings.Fields(text)
	for len(words) > 0 {
		used, err := parseWord(s, r, words)
		if err != nil {
			return fmt.Errorf("%q: %w", words[0], err)
		}
		words = words[used:]
	}
	return nil
}

// parseWord reads the first part of a result and tells how many words it is.
func parseWord(s *prog.Step, r *Result, words []string) (used int, err error) {
	switch words[0] {
	case wordDone:
		return 1, nil
	case wordNull:
		r.Null = 1
		return 1, nil
	case wordMain:
		r.Value = mainHeapName
		return 1, nil
	case wordOS:
		if len(words) < 3 {
			return 0, strconv.ErrSyntax
		}
		calls, err := strconv.ParseUint(words[1], 10, 32)
		r.OSCalls = uint32(calls)
		if err == nil {
			r.OSHash, err = strconv.ParseUint(words[2], 0, 64)
		}
		return 3, err
	}
	for _, f := range fields {
		if f.word == words[0] && len(words) > 1 {
			v, err := strconv.ParseUint(words[1], 0, 64)
			f.set(r, v)
			return 2, err
		}
	}
	if givesPlace(s) {
		r.Value, err = parsePlace(words[0])
	} else {
		r.Value, err = strconv.ParseUint(words[0], 10, 64)
	}
	return 1, err
}

// parsePlace reads what PlaceName writes.
func parsePlace(text string) (uint64, error) {
	area, offset, ok := strings.Cut(text, "+")
	if !ok {
		return 0, strconv.ErrSyntax
	}
	at, err := strconv.ParseUint(offset, 0, 64)
	if err != nil || area == "small" {
		return mainSize + at, err
	}
	number, ok := strings.CutPrefix(area, "seg")
	if !ok {
		return 0, strconv.ErrSyntax
	}
	segment, err := strconv.ParseUint(number, 10, 32)
	return segment<<segmentShift + at, err
}
