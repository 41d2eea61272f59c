package osmem

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestRandomBytesAreTheSameInEveryRun(t *testing.T) {
	s := newSim(t)
	get := func(n int) []byte {
		b := make([]byte, n)
		require.Zero(t, s.Random(b))
		return b
	}
	first, second := get(32), get(12)
	require.NotEqual(t, first[:12], second)
	require.NoError(t, s.Pristine())
	require.Equal(t, first, get(32))
	require.Equal(t, second, get(12))
	require.Equal(t, unix.ENOENT, s.RandomFile(nil), "there are no files")
}

func TestRandomAndClockFail(t *testing.T) {
	s := newSim(t)
	s.SetFaults([]Fault{{FaultRandom, 2, false, unix.ENOSYS}, {FaultClock, 1, true, unix.EINVAL}})
	b := make([]byte, 8)
	require.Zero(t, s.Random(b))
	require.Equal(t, unix.ENOSYS, s.Random(b))
	require.Zero(t, s.Random(b))
	require.Zero(t, s.Now())
	require.Zero(t, s.Now())
	require.EqualValues(t, 1000, s.Clock(), "the rig sees the time")
}

func TestRealRandom(t *testing.T) {
	r := NewReal(0)
	a, b := make([]byte, 32), make([]byte, 32)
	require.Zero(t, r.Random(a))
	require.Zero(t, r.RandomFile(b))
	require.NotEqual(t, a, b)
	require.NotEqual(t, make([]byte, 32), b)
}
