// What the tests share: processes, and their invariants. See doc.go for an overview.

package goalloc

import (
	"strings"
	"testing"

	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/osmem"

	"github.com/stretchr/testify/require"
)

// simulated makes a process in simulated memory that lives as long as the test. Every test that does
// not close it early sees the same addresses.
func simulated(t testing.TB) *Process {
	return simulatedAs(t, Profile20())
}

func simulatedAs(t testing.TB, profile *Profile) *Process {
	p, err := New(Config{Profile: profile, Simulate: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p
}

// memoryCalls is how many OS calls of the run were about memory.
func memoryCalls(p *Process) (n int) {
	for _, c := range p.Calls() {
		if c.Kind <= osmem.CallReset {
			n++
		}
	}
	return n
}

// cacheOf is the segment cache of a process.
func cacheOf(p *Process) *cachedSource { return p.source.(*cachedSource) }

// filledSlots are the slots that hold a segment.
func filledSlots(c *cachedSource) (all []int) {
	for i := range c.slots {
		if c.slots[i].at != 0 {
			all = append(all, i)
		}
	}
	return all
}

// without is the profile with some quirks fixed.
func without(q Quirk) *Profile {
	p := Profile20()
	p.Quirks &^= q
	return p
}

// look is the site under which tests read shared words.
const look = atom.PageHeapRead

type held = Held

// checkInvariants gives the text of every equation that does not hold.
func checkInvariants(p *Process, threads []*Thread, h held) (problems []string) {
	for _, b := range p.Check(threads, h) {
		problems = append(problems, b.String())
	}
	return problems
}

func requireInvariants(t *testing.T, p *Process, threads []*Thread, h held) {
	t.Helper()
	if problems := checkInvariants(p, threads, h); len(problems) > 0 {
		require.FailNow(t, "invariants do not hold", strings.Join(problems, "\n"))
	}
}
