// C++'s new. See doc.go for an overview.

package goalloc

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

const tooMuch = 1 << 50

// TestNewWithoutHandler: what may not give null panics, and an error is reported either way.
func TestNewWithoutHandler(t *testing.T) {
	m := simulated(t).Main()
	a := m.New(100)
	require.NotZero(t, a)
	for name, call := range map[string]func(){
		"new": func() { m.New(tooMuch) }, "array": func() { m.NewN(tooMuch, 1) }, "overflow": func() { m.NewN(sizeMax, 2) },
		"aligned": func() { m.NewAligned(tooMuch, 64) }, "realloc": func() { m.NewRealloc(a, tooMuch) },
		"reallocn": func() { m.NewReallocn(a, sizeMax, 2) }, "heap": func() { m.Backing().AllocNew(tooMuch) },
		"heap, overflow": func() { m.Backing().AllocNewN(sizeMax, 2) },
	} {
		m.TakeEvents()
		require.PanicsWithValue(t, ErrNoMemory, call, name)
		require.EqualValues(t, unix.ENOMEM, m.TakeEvents().Errno, name)
	}
	require.Zero(t, m.NewNothrow(tooMuch))
	require.Zero(t, m.NewAlignedNothrow(100, 24))
	require.EqualValues(t, unix.ENOMEM, m.TakeEvents().Errno)
}

// TestNewHandler: as long as it returns, memory is asked for again; where a size overflows, nothing is.
func TestNewHandler(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	calls, gaveUp := 0, errors.New("gave up")
	p.SetNewHandler(func() {
		if calls++; calls > 2 {
			panic(gaveUp)
		}
	})
	for _, call := range []func(){
		func() { m.New(tooMuch) }, func() { m.NewNothrow(tooMuch) }, func() { m.NewAligned(100, 24) },
		func() { m.NewRealloc(0, tooMuch) },
	} {
		calls = 0
		require.PanicsWithValue(t, gaveUp, call)
		require.Equal(t, 3, calls)
	}
	for _, call := range []func() Addr{
		func() Addr { return m.NewN(sizeMax, 2) }, func() Addr { return m.NewReallocn(0, sizeMax, 2) },
	} {
		calls = 0
		require.Zero(t, call())
		require.Equal(t, 1, calls)
	}
}

// TestNewTriesAgain: what is refused is had once the handler has made room.
func TestNewTriesAgain(t *testing.T) {
	p := simulated(t)
	p.SetFaults([]Fault{{Kind: "mmap", N: 1, Sticky: true, Errno: unix.ENOMEM}})
	calls := 0
	p.SetNewHandler(func() {
		calls++
		p.SetFaults(nil)
	})
	require.NotZero(t, p.Main().New(100))
	require.Equal(t, 1, calls)
	require.NoError(t, p.Reset())
	require.Nil(t, p.newHandler, "a reset forgets the handler")
}
