package stall

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// likeVar makes this test binary a process to watch: its value says what it does.
const likeVar = "MIDIFF_STALL"

func TestMain(m *testing.M) {
	switch os.Getenv(likeVar) {
	case "spins":
		for {
		}
	case "waits":
		_, _ = os.Stdin.Read(make([]byte, 1))
	default:
		os.Exit(m.Run())
	}
}

// watched starts a process and gives its watch.
func watched(t *testing.T, like string, limit time.Duration) *Watch {
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), likeVar+"="+like)
	_, err = cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		require.NoError(t, cmd.Process.Kill())
		require.Error(t, cmd.Wait())
	})
	return &Watch{Pid: cmd.Process.Pid, Limit: limit}
}

// One that spins or waits hangs, after its time and not before.
func TestHangs(t *testing.T) {
	for _, like := range []string{"spins", "waits"} {
		t.Run(like, func(t *testing.T) {
			const limit = 200 * time.Millisecond
			w := watched(t, like, limit)
			w.Begin()
			begun := time.Now()
			require.Eventually(t, w.Hung, 20*limit, limit/10)
			require.GreaterOrEqual(t, time.Since(begun), limit/2) // ticks are coarse
		})
	}
}

// One that makes progress does not hang, however long it takes; nor does one that is gone.
func TestGoesOn(t *testing.T) {
	const limit = 50 * time.Millisecond
	w := watched(t, "spins", limit)
	w.Begin()
	n := byte(0)
	w.Progress = func() string { n++; return string(n) }
	require.Never(t, w.Hung, 6*limit, limit/10)

	gone := &Watch{Pid: 1 << 22, Limit: limit} // more than any Linux gives
	gone.Begin()
	require.False(t, gone.Hung())
}

// A process that is ready to run, but gets no processor, does not hang: it has neither used its time nor is
// it asleep.
func TestStarved(t *testing.T) {
	w := watched(t, "spins", time.Hour)
	w.Begin()
	w.since = w.since.Add(-2 * time.Hour)
	require.False(t, w.Hung())
	w.since = w.since.Add(-lastResort * time.Hour)
	require.True(t, w.Hung())
}
