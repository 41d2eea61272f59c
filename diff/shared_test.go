// Tests of libraries that are opened at run time, where there is one. See doc.go for an overview.

package diff

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	_ "midiff/cref/shared"
	"midiff/diff/prog"
)

// installed finds the distribution's libmimalloc.so.2, if there is one, or skips the test.
func installed(t *testing.T) string {
	t.Helper()
	if other := os.Getenv(libraryVar); other != "" {
		t.Skipf("%s names %s, and a process can have one library", libraryVar, other)
	}
	for _, pattern := range []string{"/usr/lib/*/libmimalloc.so.2.0", "/usr/lib/libmimalloc.so.2.0"} {
		if all, err := filepath.Glob(pattern); err == nil && len(all) > 0 {
			return all[0]
		}
	}
	t.Skip("no libmimalloc.so.2.0 here: install Debian's libmimalloc2.0 for this test")
	return ""
}

// anyLibrary finds the library that the variable names, or the distribution's, or skips the test.
func anyLibrary(t *testing.T) string {
	t.Helper()
	if path := os.Getenv(libraryVar); path != "" {
		return path
	}
	return installed(t)
}

// sharedSession makes a session with a library.
func sharedSession(t *testing.T, path string) *Session {
	t.Helper()
	s, err := NewSharedSession(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// judgedAlike is a verdict as far as it can be the same with a library and with a build from source: the state is not
// compared there.
func judgedAlike(v *Verdict) Verdict {
	out := Verdict{Class: v.Class, Reason: v.Reason, Steps: v.Steps, Fingerprint: v.Fingerprint}
	if v.Div != nil {
		d := *v.Div
		d.C.State, d.C.Stats, d.Go.State, d.Go.Stats = 0, 0, 0, 0
		out.Div = &d
	}
	for _, k := range v.Known {
		out.Known = append(out.Known, Hit{Name: k.Name, Count: k.Count, First: Divergence{Signature: k.First.Signature}})
	}
	return out
}

// TestInstalledLibrary: the distribution's library is told the same as the build from source on every program of the
// corpus for the release build: what each operation gives, where each block lies, every call on the system.
func TestInstalledLibrary(t *testing.T) {
	shared := sharedSession(t, installed(t))
	if shared.Shared().Library.Release() != "2.0.9" {
		t.Skipf("the library here is mimalloc %s", shared.Shared().Library.Release())
	}
	source, err := NewSession()
	require.NoError(t, err)
	defer func() { require.NoError(t, source.Close()) }()
	shared.Careful = true
	programs := 0
	for _, folder := range []string{"smoke", "known"} {
		for _, f := range corpus.Programs(folder) {
			p := corpusProgram(t, &f)
			if p.Profile != prog.Profiles[0] || shared.Shared().lacking(p) != nil {
				continue
			}
			programs++
			got, want := shared.Check(p), source.one(p, true)
			require.Equal(t, judgedAlike(&want), judgedAlike(&got), f.Path())
		}
	}
	require.Greater(t, programs, 100)
	replay, reduce := shared.Commands("p.midiff")
	require.Equal(t, "go run ./diff/cmd/midiff run -ref so:"+shared.Shared().Path+" -v p.midiff", replay)
	require.Contains(t, reduce, "midiff shrink -ref so:"+shared.Shared().Path+" p.midiff")
}

// TestLibrariesDoNotRemember: a run does not depend on the runs before it, nor on the process.
func TestLibrariesDoNotRemember(t *testing.T) {
	c, err := NewShared(anyLibrary(t))
	require.NoError(t, err)
	pristine := c.Fingerprint()
	run := func(seed uint64) []Result {
		cfg := configs["all"]
		cfg.Profile = c.Profiles()[0]
		code := prog.Generate(seed, cfg).Lower()
		require.NoError(t, c.Begin(code))
		out := make([]Result, len(code.Steps))
		c.Run(code.Steps, out)
		c.Reset()
		require.Equal(t, pristine, c.Fingerprint())
		return out
	}
	first := run(4711)
	for seed := range uint64(20) {
		run(seed)
	}
	require.Equal(t, first, run(4711))
}
