// Choices: what is left open in an execution. See doc.go for an overview.

package sim

import "fmt"

// Kind is what a choice is about.
type Kind uint8

// The kinds. The last ones are for the program under test: what the OS, the clock or a random source gives.
const (
	Schedule Kind = iota // who runs next; 0 is the running thread, or the next one if that cannot
	ReadFrom             // how many newer stores a load passes over
	Swap                 // how a compare-and-swap ends; 0 is success if that is possible
	Time
	Random
	System
)

var kindNames = [...]string{"schedule", "read-from", "compare-and-swap", "time", "random", "system"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Choice is one choice as it was made.
type Choice struct {
	Kind  Kind
	N     uint16 // options
	Taken uint16
	Where uint16 // hash of the thread and the site
}

// same tells whether two choices were the same question.
func (c Choice) same(d Choice) bool { return c.Kind == d.Kind && c.N == d.N && c.Where == d.Where }

func (c Choice) String() string {
	return fmt.Sprintf("%v of %d at %04x", c.Kind, c.N, c.Where)
}

// Point is a choice that is to be made.
type Point struct {
	Kind    Kind
	N       int
	Site    Site
	Thread  int    // that runs
	Threads []int8 // for Schedule: the thread of each option
}

// Chooser decides where the vector of an execution has ended. The answer is below p.N.
type Chooser interface {
	Choose(p *Point) int
}

// Fault says that a replay met another choice than was recorded: the body is not deterministic, or what is
// replayed is not what was recorded. It is never a failure of the program under test.
type Fault struct {
	At        int
	Want, Got Choice
	Text      string // instead, where it is no matter of a choice
}

func (f *Fault) Error() string {
	if f.Text != "" {
		return "rig: " + f.Text
	}
	return fmt.Sprintf("rig: choice %d was a %v when recorded and is a %v now: the program is not deterministic",
		f.At, f.Want, f.Got)
}

// choose makes a choice of n options; 0 if there is only one, which is no choice and leaves no trace.
func (s *Sim) choose(kind Kind, n int, site Site) int {
	if n <= 1 {
		return 0
	}
	at := len(s.trace)
	c := Choice{Kind: kind, N: uint16(n), Where: uint16(s.current)<<12 ^ uint16(site)}
	if at < len(s.expect) && !s.expect[at].same(c) {
		s.diverged(at, c)
	}
	v := 0
	switch {
	case at < len(s.vector):
		v = int(s.vector[at])
		if v >= n {
			if s.expect != nil {
				s.diverged(at, c)
			}
			v = 0
		}
	case s.chooser != nil:
		s.point = Point{Kind: kind, N: n, Site: site, Thread: s.current, Threads: s.options[:min(n, len(s.options))]}
		v = s.chooser.Choose(&s.point)
	}
	c.Taken = uint16(v)
	s.trace = append(s.trace, c)
	return v
}

// Choose makes a choice of n options on behalf of the program: of kind Time, Random or System. Site is its
// place, for the check on replay.
func (s *Sim) Choose(kind Kind, n int, site Site) int {
	if s.aborting {
		panic(unwind{})
	}
	return s.choose(kind, n, site)
}

func (s *Sim) diverged(at int, c Choice) {
	s.fault = &Fault{At: at, Got: c}
	if at < len(s.expect) {
		s.fault.Want = s.expect[at]
	}
	s.abort()
}
