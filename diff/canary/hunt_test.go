package canary

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// hunts is how often each fault is hunted, from other seeds.
const hunts = 5

// hunters are the targets that a fault is hunted with: the first whose corpus finds it, since others may have no
// program that can; if the corpus of none does, the first.
var hunters = []string{"FuzzThreads", "FuzzHeaps", "FuzzAligned", "FuzzLockstep"}

// faultsTable hunts the planted faults, and says of those that are not hunted why.
func faultsTable(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	faults := readFaults(t, "testdata/faults.txt")
	f := newFuzzer(t, "-overlay", overlay(t, root, t.TempDir(), faults))
	fmt.Printf("from %s, one worker, at most %d executions; the execution that found the fault and the processor time of the "+
		"whole run, medians of %d\n", from(), *limit, hunts)
	fmt.Printf("a run that finds nothing to do takes %.1f s\n", f.run(t, "1x", 1, "with", "").used.Seconds())
	head, line := "| fault | target |", "|---|---|"
	for _, guide := range guidesOf(t) {
		head, line = head+" "+guide+" | s | found, of "+strconv.Itoa(hunts)+" |", line+"---|---|---|"
	}
	fmt.Println(head + "\n" + line)
	others, atOnce := map[string][]string{}, map[string][]string{}
	for i := range faults {
		switch fault := &faults[i]; {
		case fault.scenario != "":
			others["threads that run at once: no guide may depend on who comes first"] =
				append(others["threads that run at once: no guide may depend on who comes first"], fault.name)
		case fault.profile != "":
			why := "profile " + fault.profile + ": its build does not tell what of it ran"
			others[why] = append(others[why], fault.name)
		case regexp.MustCompile(*chosen).MatchString(fault.name):
			if target := f.row(t, fault.name); target != "" {
				atOnce[target] = append(atOnce[target], fault.name)
			}
		}
	}
	for target, names := range atOnce {
		fmt.Printf("found by the start itself, with %s: %s\n", target, strings.Join(names, ", "))
	}
	for why, names := range others {
		fmt.Printf("not hunted, %s: %s\n", why, strings.Join(names, ", "))
	}
}

// row hunts a fault. What the start finds is not hunted: then the target is the result.
func (f fuzzer) row(t *testing.T, fault string) (atOnce string) {
	f.target = hunters[0]
	for _, target := range hunters {
		if (fuzzer{f.bin, target}).replay(t, t.TempDir(), "", fault).Fail > 0 {
			f.target = target
			break
		}
	}
	if f.replay(t, t.TempDir(), *start, fault).Fail > 0 {
		return f.target
	}
	row := fmt.Sprintf("| %s | %s |", fault, f.target)
	for _, guide := range guidesOf(t) {
		p := f.hunt(t, fault, guide)
		row += fmt.Sprintf(" %s | %.1f | %d |", p.execution(), p.seconds(), p.found)
	}
	fmt.Println(row)
	return ""
}

// prey is what the hunts for a fault came to, each in its order.
type prey struct {
	at    []int // executions; more than the limit where it was not found
	used  []time.Duration
	found int
}

// hunt hunts a fault from several seeds.
func (f fuzzer) hunt(t *testing.T, fault, guide string) (p prey) {
	for seed := 1; seed <= hunts; seed++ {
		s := f.run(t, strconv.Itoa(*limit)+"x", seed, guide, fault)
		if s.failed > 0 {
			p.found++
		} else {
			s.failed = *limit + 1
		}
		p.at, p.used = append(p.at, s.failed), append(p.used, s.used)
	}
	slices.Sort(p.at)
	slices.Sort(p.used)
	return p
}

// execution is the median.
func (p *prey) execution() string {
	if at := p.at[hunts/2]; at <= *limit {
		return strconv.Itoa(at)
	}
	return "> " + strconv.Itoa(*limit)
}

// seconds is the median.
func (p *prey) seconds() float64 { return p.used[hunts/2].Seconds() }
