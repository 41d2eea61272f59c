// The C side as a library that is opened at run time. See doc.go for an overview.

package diff

import (
	"fmt"
	"slices"
	"strings"

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

// Profiles gives the profiles that the library is of: the builds of its version, which cannot be told apart. None is
// of a version that goalloc does not follow.
func (s *SharedSubject) Profiles() []string {
	switch version := s.Library.Release(); {
	case strings.HasPrefix(version, "2.0."):
		return prog.Profiles
	case strings.HasPrefix(version, "2.3."):
		return prog.Later
	}
	return nil
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
