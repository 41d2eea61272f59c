// Copies of strings. See doc.go for an overview.

package goalloc

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"midiff/goalloc/internal/raw"
)

func TestStrings(t *testing.T) {
	m := simulated(t).Main()
	long := strings.Repeat("abc", 50_000)
	for text, a := range map[string]Addr{
		"": m.Default().Strdup(""), "1234567": m.Default().Strdup("1234567"), long: m.Mbsdup(long),
		"abca": m.Default().Strndup(long, 4), "x": m.Default().Strndup("x", sizeMax), "/": m.Default().Realpath("/."),
	} {
		require.NotZero(t, a)
		require.Equal(t, text+"\x00", string(raw.Bytes(a, uintptr(len(text))+1)))
	}
	require.Zero(t, m.Default().Realpath("/dev/null/none"))
	a := m.Wcsdup([]uint16{0x1234, 0x5678})
	require.Equal(t, []byte{0x34, 0x12, 0x78, 0x56, 0, 0}, raw.Bytes(a, 6))
}

func TestDupenvS(t *testing.T) {
	p := simulated(t)
	t.Setenv("GOALLOC_TEXT", "text")
	a, code := p.Main().DupenvS("GOALLOC_TEXT")
	require.Zero(t, code)
	require.Equal(t, "text\x00", string(raw.Bytes(a, 5)))
	a, code = p.Main().DupenvS("GOALLOC_NO_TEXT")
	require.Zero(t, a)
	require.Zero(t, code)
	p.SetFaults([]Fault{{Kind: "mmap", N: 2, Sticky: true, Errno: unix.ENOMEM}})
	t.Setenv("GOALLOC_TEXT", strings.Repeat("x", 20<<20))
	a, code = p.Main().DupenvS("GOALLOC_TEXT")
	require.Zero(t, a)
	require.Equal(t, unix.ENOMEM, code)
}
