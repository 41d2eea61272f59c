// Scenarios: programs of any length for threads that run at once, from templates. See doc.go for an overview.

package corpus

import (
	"bytes"
	"embed"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"path"
	"strconv"
	"strings"
	"text/template"
)

//go:embed scenarios/*.tmpl
var templates embed.FS

// Params are what a scenario depends on. The zero value of a number stands for that of the short form.
type Params struct {
	Rounds  int    // how often its story is told
	Threads int    // 2 to 8
	Size    uint64 // bytes of the largest blocks
	Seed    uint64 // what sizes and counts are drawn from
}

// Scenario is a kind of program, with what it must come to.
type Scenario struct {
	Name    string // of the template; "-2.3" is behind it where the template has another profile, too
	Profile string // of the programs
	Short   Params
	Reaches []string // of exits, abandoned, reclaimed, on-free, remote and collects: what a run may not be without
	text    string
}

// Scenarios reads all, one for each profile of each template, sorted by template.
func Scenarios() ([]*Scenario, error) {
	entries, err := templates.ReadDir("scenarios")
	if err != nil {
		return nil, err
	}
	var all []*Scenario
	for _, e := range entries {
		text, err := templates.ReadFile(path.Join("scenarios", e.Name()))
		if err != nil {
			return nil, err
		}
		told, err := newScenarios(strings.TrimSuffix(e.Name(), ".tmpl"), string(text))
		if err != nil {
			return nil, fmt.Errorf("scenarios/%s: %w", e.Name(), err)
		}
		all = append(all, told...)
	}
	return all, nil
}

// ScenarioByName finds one; an unknown name is an error that lists the names.
func ScenarioByName(name string) (*Scenario, error) {
	all, err := Scenarios()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range all {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return nil, fmt.Errorf("unknown scenario %q: expected one of %s", name, strings.Join(names, ", "))
}

// newScenarios reads the header lines "# profiles:", "# reaches:" and "# short:".
func newScenarios(name, text string) (all []*Scenario, err error) {
	s, profiles := &Scenario{Name: name, text: text}, []string(nil)
	for _, line := range strings.Split(text, "\n") {
		if rest, ok := strings.CutPrefix(line, "# profiles: "); ok {
			profiles = strings.Fields(rest)
		}
		if rest, ok := strings.CutPrefix(line, "# reaches: "); ok {
			s.Reaches = strings.Fields(rest)
		}
		if rest, ok := strings.CutPrefix(line, "# short: "); ok {
			if err := s.Short.read(rest); err != nil {
				return nil, err
			}
		}
	}
	if s.Short.Rounds == 0 || s.Short.Threads < 2 || s.Short.Size == 0 || len(s.Reaches) == 0 || len(profiles) == 0 {
		return nil, fmt.Errorf("want lines '# profiles: ...', '# reaches: ...' and '# short: rounds N, threads N, size N'")
	}
	for i, profile := range profiles {
		one := *s
		if one.Profile = profile; i > 0 {
			one.Name += "-" + profile
		}
		all = append(all, &one)
	}
	return all, nil
}

// read reads "rounds 3, threads 4, size 64K".
func (p *Params) read(text string) error {
	for _, part := range strings.Split(text, ",") {
		w := strings.Fields(part)
		if len(w) != 2 {
			return fmt.Errorf("%q: want a word and a number", part)
		}
		digits, shift := w[1], 0
		if at := strings.IndexByte("KM", digits[len(digits)-1]); at >= 0 {
			digits, shift = digits[:len(digits)-1], 10*(at+1)
		}
		n, err := strconv.ParseUint(digits, 10, 32)
		if err != nil {
			return fmt.Errorf("%q: %w", part, err)
		}
		switch w[0] {
		case "rounds":
			p.Rounds = int(n)
		case "threads":
			p.Threads = int(n)
		case "size":
			p.Size = n << shift
		default:
			return fmt.Errorf("%q: expected rounds, threads or size", part)
		}
	}
	return nil
}

// Text writes the program.
func (s *Scenario) Text(p Params) ([]byte, error) {
	if p.Rounds == 0 {
		p.Rounds = s.Short.Rounds
	}
	if p.Threads == 0 {
		p.Threads = s.Short.Threads
	}
	if p.Size == 0 {
		p.Size = s.Short.Size
	}
	if p.Threads < 2 || p.Threads > 8 || p.Rounds < 1 {
		return nil, fmt.Errorf("scenario %s: %d rounds and %d threads: want at least 1, and 2 to 8", s.Name, p.Rounds, p.Threads)
	}
	t, err := template.New(s.Name).Funcs(p.words()).Parse(s.text)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, story{p, s.Profile}); err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "# scenario %s, rounds %d, threads %d, size %d, seed %d\n%s", s.Name, p.Rounds, p.Threads,
		p.Size, p.Seed, b.Bytes()), nil
}

// story is what templates are executed with.
type story struct {
	Params
	Profile string
}

// Later tells of profiles behind 2.0, whose options have other names.
func (s story) Later() bool { return !strings.HasPrefix(s.Profile, "2.0") }

// words are what templates may say beside the language's own.
//
//	times n              0 to n-1
//	workers              all threads but the first
//	producers, consumers halves of the workers and of all threads: 1, 3, ... and 0, 2, ...
//	partner t            the producer that consumer t is for
//	next t               the consumer behind t, round the circle
//	before t             the worker to the left of t, round the circle
//	from a b, size a b   a number from a to b; size prefers small ones, and edges of size classes
//	pick a b ...         one of them
//	last n r             whether r is the last of n rounds
func (p *Params) words() template.FuncMap {
	r := rand.New(rand.NewPCG(p.Seed, 1))
	from := func(a, b uint64) uint64 { return a + r.Uint64N(max(b, a)-a+1) }
	return template.FuncMap{
		"times":     func(n int) []int { return upTo(0, n, 1) },
		"workers":   func() []int { return upTo(1, p.Threads, 1) },
		"producers": func() []int { return upTo(1, p.Threads, 2) },
		"consumers": func() []int { return upTo(0, p.Threads/2*2, 2) },
		"partner":   func(t int) int { return t + 1 },
		"next":      func(t int) int { return (t + 2) % (p.Threads / 2 * 2) },
		"before":    func(t int) int { return 1 + (t+p.Threads-3)%(p.Threads-1) },
		"from":      from,
		"size":      func(a, b uint64) uint64 { return drawSize(r, a, b) },
		"pick":      func(all ...any) any { return all[r.IntN(len(all))] },
		"last":      func(n, round int) bool { return round%n == n-1 },
	}
}

// upTo lists from, from+step, ... below to.
func upTo(from, to, step int) (all []int) {
	for i := from; i < to; i += step {
		all = append(all, i)
	}
	return all
}

// drawSize draws a size so that each power of two is as likely as the next; one in three is at an edge.
func drawSize(r *rand.Rand, a, b uint64) uint64 {
	low, high := bits.Len64(a), bits.Len64(b)
	n := low + r.IntN(high-low+1)
	v := uint64(1)<<(n-1) + r.Uint64N(uint64(1)<<(n-1))
	if r.IntN(3) == 0 {
		v = uint64(1)<<(n-1) + uint64(r.IntN(3)) - 1
	}
	return min(max(v, a), b)
}
