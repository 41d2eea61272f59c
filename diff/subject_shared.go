// The C side as a library that is opened at run time. See doc.go for an overview.

package diff

import (
	"fmt"
	"slices"

	"midiff/cref"
	"midiff/diff/prog"
	"midiff/goalloc"
)

// SharedPrefix begins the name of a reference that is a library's path: so:PATH.
const SharedPrefix = "so:"

// SharedSubject is a library that was opened at run time. It has no state to compare, and statistics of the process
// alone.
type SharedSubject struct {
	*CSubject
	Library *cref.Shared
	Path    string
	problem error // of its statistics
}

// NewShared opens a library. A process can have one.
func NewShared(path string) (*SharedSubject, error) {
	library, err := cref.OpenShared(path)
	if err != nil {
		return nil, err
	}
	c, err := newC(library.Ref)
	if err != nil {
		return nil, err
	}
	return &SharedSubject{CSubject: c, Library: library, Path: path}, nil
}

// followed are the versions that goalloc follows, with the profiles that they have.
var followed = map[string][]string{"2.0.9": prog.Profiles, recordedRelease: prog.Later}

// recordedRelease is the version of the later profile.
const recordedRelease = "2.3.1"

// Profiles gives the profiles that the library is of: the builds of its version, which cannot be told apart where it
// does not tell. None is of a version or a build that goalloc does not follow.
func (s *SharedSubject) Profiles() []string {
	if s.build() != "" {
		return nil
	}
	return followed[s.Library.Release()]
}

// build says which build the library tells that it is, "" for a release or if it does not tell.
func (s *SharedSubject) build() (text string) {
	if s.Library.Debug > 0 {
		text += fmt.Sprintf(", debug level %d", s.Library.Debug)
	}
	if s.Library.Secure > 0 {
		text += fmt.Sprintf(", secure level %d", s.Library.Secure)
	}
	return text
}

// Name gives the version and the build.
func (s *SharedSubject) Name() string { return "mimalloc " + s.Library.Release() + s.build() }

// laterFrom is the first version, as numbers, with what the contract says of later ones.
var laterFrom = []int{2, 1}

// later tells whether the contract is that of later versions.
func (s *SharedSubject) later() bool {
	var version [3]int
	if _, err := fmt.Sscanf(s.Library.Release(), "%d.%d.%d", &version[0], &version[1], &version[2]); err != nil {
		panic(err) // Release gives these
	}
	return slices.Compare(version[:], laterFrom) >= 0
}

// Nearest gives the profile whose programs suit the library best.
func (s *SharedSubject) Nearest() string {
	switch mine := s.Profiles(); {
	case mine != nil:
		return mine[0]
	case s.later():
		return prog.Later[0]
	}
	return prog.Profiles[0]
}

// Alone tells that goalloc does not follow the library's version.
func (s *SharedSubject) Alone() bool {
	for _, name := range s.Profiles() {
		if _, err := goalloc.ProfileByName(name); err == nil {
			return false
		}
	}
	return true
}

// Use implements Subject.
func (s *SharedSubject) Use(profile string) error {
	if mine := s.Profiles(); mine != nil && !slices.Contains(mine, profile) {
		return fmt.Errorf("the library is mimalloc %s, the program is for profile %s", s.Library.Release(), profile)
	}
	return nil
}

// mirror repeats what the other side gave. With it the contract judges one allocator alone.
type mirror struct {
	of *repeated
}

// repeated keeps the results of a batch for a mirror.
type repeated struct {
	Subject
	results []Result
}

// newMirror gives a subject to run in the place of c, and its mirror.
func newMirror(c Subject) (*repeated, *mirror) {
	r := &repeated{Subject: c}
	return r, &mirror{of: r}
}

// Run implements Subject.
func (r *repeated) Run(steps []prog.Step, out []Result) {
	r.Subject.Run(steps, out)
	r.results = append(r.results[:0], out...)
}

// Use implements Subject.
func (e *mirror) Use(string) error { return nil }

// Begin implements Subject.
func (e *mirror) Begin(*prog.Code) error { return nil }

// Run implements Subject.
func (e *mirror) Run(_ []prog.Step, out []Result) { copy(out, e.of.results) }

// Reset implements Subject.
func (e *mirror) Reset() {}

// Calls implements Subject.
func (e *mirror) Calls(from int) []OSCall { return e.of.Calls(from) }

// Fingerprint implements Subject.
func (e *mirror) Fingerprint() uint64 { return 0 }

// State implements Subject.
func (e *mirror) State() []StateEntry { return e.of.State() }

// Mapped implements Subject.
func (e *mirror) Mapped() []Range { return e.of.Mapped() }

// Stats implements Subject.
func (e *mirror) Stats() []StateEntry { return e.of.Stats() }

// Visits implements Subject.
func (e *mirror) Visits() []Visit { return e.of.Visits() }

// Callbacks implements Subject.
func (e *mirror) Callbacks() []Callback { return e.of.Callbacks() }

// Message implements Subject.
func (e *mirror) Message() string { return e.of.Message() }

// Taken implements Subject. What heap_destroy took is what the contract says it takes, or a finding.
func (e *mirror) Taken() []Taken { return nil }
