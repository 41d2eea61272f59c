// Choice strings: a replay in one word. See doc.go for an overview.

package search

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"midiff/diff/explore/sim"
)

// version begins every choice string. Another one means another meaning of what follows.
const version = "x1"

// Replay is all that a replay needs.
type Replay struct {
	Scenario string
	Geometry string
	Newest   bool // sequentially consistent memory
	Spurious int
	Changes  []string
	Without  uint64 // parts left out
	Choices  []sim.Choice
	checks   []uint16 // per choice that is not quiet, a hash of all choices up to it; 0 elsewhere
	sum      uint32
	total    int
}

// fold takes a choice into a running hash of what was asked and what was taken.
func fold(h uint32, c sim.Choice) uint32 {
	for _, v := range [...]uint32{uint32(c.Kind), uint32(c.N), uint32(c.Where), uint32(c.Taken)} {
		h = (h ^ v) * 16777619
	}
	return h
}

const foldStart uint32 = 2166136261

// String is the choice string: version, scenario, geometry and memory, changes, parts left out, choices that are
// not the quiet one (position:taken:check, the check being a hash of all choices up to it), and the number and hash
// of all choices. Fields are divided by slashes.
func (r *Replay) String() string {
	memory := r.Geometry
	if r.Newest {
		memory += "~sc"
	}
	if r.Spurious > 0 {
		memory += fmt.Sprintf("~spurious%d", r.Spurious)
	}
	var choices []string
	h := foldStart
	for i, c := range r.Choices {
		if h = fold(h, c); c.Taken != 0 {
			choices = append(choices, fmt.Sprintf("%d:%d:%x", i, c.Taken, uint16(h)))
		}
	}
	changes := make([]string, len(r.Changes))
	for i, c := range r.Changes {
		changes[i] = url.PathEscape(c)
	}
	return strings.Join([]string{version, url.PathEscape(r.Scenario), "m" + url.PathEscape(memory),
		"c" + strings.Join(changes, ","), fmt.Sprintf("w%x", r.Without),
		"d" + strings.Join(choices, ","), fmt.Sprintf("n%d:%x", len(r.Choices), h)}, "/")
}

// ParseReplay reads a choice string. Of its choices only what was taken is known, and the checks.
func ParseReplay(text string) (*Replay, error) {
	fields := strings.Split(strings.TrimSpace(text), "/")
	if fields[0] != version {
		return nil, fmt.Errorf("a choice string begins with %s/, not %q: it may be of another version", version, fields[0])
	}
	if len(fields) != 7 {
		return nil, fmt.Errorf("a choice string has 7 fields divided by slashes, this one %d: was it cut?", len(fields))
	}
	for i, mark := range []string{"m", "c", "w", "d", "n"} {
		if !strings.HasPrefix(fields[i+2], mark) {
			return nil, fmt.Errorf("field %d of a choice string begins with %s, not as %q does", i+3, mark, fields[i+2])
		}
		fields[i+2] = fields[i+2][1:]
	}
	r := &Replay{}
	var err error
	if r.Scenario, err = url.PathUnescape(fields[1]); err != nil {
		return nil, fmt.Errorf("scenario %q: %w", fields[1], err)
	}
	for _, parse := range []error{r.parseMemory(fields[2]), r.parseChanges(fields[3]), r.parseTotal(fields[6])} {
		if parse != nil {
			return nil, parse
		}
	}
	if r.Without, err = strconv.ParseUint(fields[4], 16, 64); err != nil {
		return nil, fmt.Errorf("parts left out %q: %w", fields[4], err)
	}
	return r, r.parseChoices(fields[5])
}

func (r *Replay) parseMemory(field string) error {
	text, err := url.PathUnescape(field)
	if err != nil {
		return fmt.Errorf("geometry %q: %w", field, err)
	}
	words := strings.Split(text, "~")
	r.Geometry = words[0]
	for _, w := range words[1:] {
		if w == "sc" {
			r.Newest = true
		} else if _, err := fmt.Sscanf(w, "spurious%d", &r.Spurious); err != nil {
			return fmt.Errorf("memory %q is neither sc nor spurious with a number", w)
		}
	}
	return nil
}

func (r *Replay) parseChanges(field string) error {
	if field == "" {
		return nil
	}
	for _, f := range strings.Split(field, ",") {
		c, err := url.PathUnescape(f)
		if err != nil {
			return fmt.Errorf("change %q: %w", f, err)
		}
		r.Changes = append(r.Changes, c)
	}
	return nil
}

func (r *Replay) parseTotal(field string) error {
	total, sum, ok := strings.Cut(field, ":")
	n, err := strconv.Atoi(total)
	h, err2 := strconv.ParseUint(sum, 16, 32)
	if !ok || err != nil || err2 != nil || n < 0 {
		return fmt.Errorf("%q is not a number of choices and a hash", field)
	}
	r.total, r.sum = n, uint32(h)
	return nil
}

func (r *Replay) parseChoices(field string) error {
	if field == "" {
		return nil
	}
	for _, f := range strings.Split(field, ",") {
		var at, taken, check int
		if _, err := fmt.Sscanf(f, "%d:%d:%x", &at, &taken, &check); err != nil || at < len(r.Choices) || at >= r.total ||
			taken <= 0 || taken > 0xffff || check < 0 || check > 0xffff {
			return fmt.Errorf("choice %q is not position:taken:check, in order and below %d", f, r.total)
		}
		for len(r.Choices) < at {
			r.Choices = append(r.Choices, sim.Choice{})
			r.checks = append(r.checks, 0)
		}
		r.Choices = append(r.Choices, sim.Choice{Taken: uint16(taken)})
		r.checks = append(r.checks, uint16(check))
	}
	return nil
}

// Verify holds the choices of an execution against those of a parsed choice string. nil means that it was the
// same execution.
func (r *Replay) Verify(choices []sim.Choice) *sim.Fault {
	h := foldStart
	for i, c := range choices {
		h = fold(h, c)
		if i < len(r.checks) && r.Choices[i].Taken != 0 && r.checks[i] != uint16(h) {
			return &sim.Fault{Text: fmt.Sprintf("up to choice %d, the replay is not the recorded execution: "+
				"the program, its scenario or its orders are not the same, or it is not deterministic", i)}
		}
	}
	if len(choices) != r.total || h != r.sum {
		return &sim.Fault{Text: fmt.Sprintf("the replay made %d choices and the recorded execution %d, or other ones: "+
			"the program, its scenario or its orders are not the same, or it is not deterministic", len(choices), r.total)}
	}
	return nil
}

// NewReplay is the replay of an execution of a runner.
func NewReplay(r *Runner, choices []sim.Choice) *Replay {
	return &Replay{Scenario: r.Scenario.Name, Geometry: r.Scenario.Geometry, Newest: r.Memory.Newest,
		Spurious: r.Memory.Spurious, Changes: r.Variant.Changes, Without: r.Variant.Without, Choices: choices}
}

// Runner makes the runner that a replay needs, with more changes after its own; these make it another program,
// whose execution cannot be verified. It is an error if the replay is of another scenario or geometry.
func (r *Replay) Runner(sc *Scenario, maxSteps int, more ...string) (*Runner, error) {
	if r.Scenario != sc.Name || r.Geometry != sc.Geometry {
		return nil, fmt.Errorf("the choice string is of scenario %s %s, not of %s %s", r.Scenario, r.Geometry, sc.Name, sc.Geometry)
	}
	v, err := sc.Variant(append(append([]string(nil), r.Changes...), more...)...)
	if err != nil {
		return nil, err
	}
	v.Without = r.Without
	return NewRunner(sc, v, Memory{Newest: r.Newest, Spurious: r.Spurious, MaxSteps: maxSteps}), nil
}
