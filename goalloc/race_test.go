// The race detector's view of threads that run at once. See doc.go for an overview.

//go:build race

package goalloc

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

const raceDetected = true

// racyVar wakes the planted race.
const racyVar = "GOALLOC_RACY"

// TestRacy has a race on purpose: two threads touch a field of a page's record, which is off-heap memory
// in every other build.
func TestRacy(t *testing.T) {
	if os.Getenv(racyVar) == "" {
		t.Skip("runs inside TestPlantedRaceIsSeen only")
	}
	p, err := New(Config{})
	require.NoError(t, err)
	defer p.Close()
	pg := pageOfBlock(p.Main().Malloc(48))
	done := make(chan bool)
	go func() {
		pg.used++
		close(done)
	}()
	pg.used++
	<-done
}

// TestPlantedRaceIsSeen shows that the silence of the other tests in race builds means something.
func TestPlantedRaceIsSeen(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run", "^TestRacy$")
	cmd.Env = append(os.Environ(), racyVar+"=1")
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "WARNING: DATA RACE")
	require.Contains(t, string(out), "race_test.go")
}
