// Memory from Linux. See osmem.go for the states.

package osmem

import (
	"errors"
	"testing"

	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// All states and back.
func TestRealStates(t *testing.T) {
	r := NewReal(0)
	a, errno := r.Map(false, mib, false)
	require.Zero(t, errno)
	require.Zero(t, r.Protect(a, 64*kib, true))
	require.Zero(t, raw.Load(a), "fresh memory reads zero")
	raw.Store(a, 7)
	raw.Store(a+8*kib, 8)
	require.Zero(t, r.Decommit(a, 4*kib))
	require.Zero(t, raw.Load(a), "the contents are gone")
	require.EqualValues(t, 8, raw.Load(a+8*kib))
	raw.Store(a, 9)
	require.Zero(t, r.Reset(a, 4*kib, false))
	require.Zero(t, raw.Load(a))
	require.Zero(t, r.Reset(a, 4*kib, true))
	raw.Store(a, 10)
	require.EqualValues(t, 10, raw.Load(a), "usable after a lazy reset")
	require.Zero(t, r.Protect(a, 64*kib, false))
	require.Zero(t, r.Unmap(a, mib))
}

func TestRealHintWrapsAround(t *testing.T) {
	r := NewReal(0)
	r.next.Store(HintMax + 1)
	h := r.hint(mib)
	require.GreaterOrEqual(t, h, uint64(HintBase))
	require.Less(t, h, uint64(HintBase+HintArea))
	require.Zero(t, h%SegmentAlign)
	require.Equal(t, h+SegmentAlign, r.hint(mib), "rounded up")
}

func TestRealErrors(t *testing.T) {
	r := NewReal(0)
	_, errno := r.Map(false, 1<<62, true)
	require.Equal(t, unix.ENOMEM, errno)
	require.Equal(t, unix.EINVAL, r.Unmap(PageSize+1, PageSize))
	_, err := r.Meta(1 << 62)
	require.ErrorContains(t, err, "records")
}

func TestErrnoOfAnError(t *testing.T) {
	require.Zero(t, errno(nil))
	require.Equal(t, unix.EAGAIN, errno(unix.EAGAIN))
	require.Equal(t, unix.EINVAL, errno(errors.New("not of the system")))
}

func TestRealClock(t *testing.T) {
	r := NewReal(0)
	require.Positive(t, r.Now(), "0 means never")
	require.LessOrEqual(t, r.Now(), r.Now())
}

func TestRealMeta(t *testing.T) {
	r := NewReal(0)
	a, err := r.Meta(100)
	require.NoError(t, err)
	require.Zero(t, a%PageSize)
	require.Equal(t, make([]byte, PageSize), raw.Bytes(a, PageSize))
	r.NeedZero(a, 100)
}
