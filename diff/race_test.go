//go:build race

package diff

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	"midiff/diff/prog"
)

// racyVar wakes the planted race: threads do not wait for each other.
const racyVar = "MIDIFF_RACY"

// TestRaceDetector runs the scenarios on goalloc under the race detector, on memory of the Go heap, which is
// all that the detector sees. Huge blocks are left out: zeroing them takes most of a minute.
func TestRaceDetector(t *testing.T) {
	x := parallel(t)
	steps := 0
	for _, p := range raced(t) {
		run := &ParallelRun{Program: p, Code: p.Lower()}
		s, err := prog.Untwine(run.Code)
		require.NoError(t, err)
		if os.Getenv(racyVar) != "" {
			for _, thread := range s.Threads {
				for i := range thread {
					thread[i].Waits = 0
				}
			}
		}
		run.Strands, run.Go.strands = s, s
		require.NoError(t, x.runGo(run))
		require.False(t, run.Go.hung)
		require.Zero(t, run.Go.crashed, run.Go.says)
		require.Empty(t, run.Go.broken)
		steps += len(run.Code.Steps)
	}
	fmt.Printf("race: %d operations, no report\n", steps)
	if os.Getenv(racyVar) == "" {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestRaceDetector$")
		cmd.Env = append(os.Environ(), racyVar+"=1")
		out, err := cmd.CombinedOutput()
		require.Error(t, err)
		require.Contains(t, string(out), "WARNING: DATA RACE")
		fmt.Println("race: the planted race is reported")
	}
}

// raced are the programs; with a planted race one is enough.
func raced(t *testing.T) (programs []*prog.Program) {
	all, err := corpus.Scenarios()
	require.NoError(t, err)
	for _, s := range all {
		if strings.HasPrefix(s.Name, "huge") || len(programs) > 0 && os.Getenv(racyVar) != "" {
			continue
		}
		for seed := range uint64(2) { // the segments of reclaim are in arenas, or of the OS
			text, err := s.Text(corpus.Params{Rounds: min(s.Short.Rounds, 4), Threads: 3, Size: min(s.Short.Size, 128<<10), Seed: seed})
			require.NoError(t, err)
			programs = append(programs, parsed(t, string(text)))
		}
	}
	return programs
}
