// Which names are found in a source tree.
package main

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSymbols(t *testing.T) {
	files := changed("src/static.c", `#include "mimalloc.h"
extern int used_only;
static int own;
int always(void) { return own + used_only; }
__attribute__((weak)) int weak(void) { return 1; }
#if MI_DEBUG
int checks;
#endif
#if MI_HUGE_PAGE_ABANDON
int abandons;
#else
int resets;
#endif
`)
	files["include/mimalloc.h"] = "#define MI_MALLOC_VERSION 209\n"
	c := &commands{root: t.TempDir(), out: io.Discard}
	names, err := c.symbols(t.Context(), writeTree(t, t.TempDir(), files), t.TempDir())
	require.NoError(t, err)
	require.Equal(t, []string{"abandons", "always", "checks", "resets"}, names)
	require.Contains(t, string(symbolsHeader(names)), "\n#define checks MID_RENAME(MID_PREFIX, checks)\n")
}

func TestSourceThatDoesNotCompile(t *testing.T) {
	m, _ := fakeMachine(t)
	m.source = writeTree(t, t.TempDir(), changed("src/static.c", "int broken\n"))
	line := failure(t, t.Context(), m)
	require.Contains(t, line, "the source does not compile: "+m.source)
	requireAbsent(t, m.root, "cref/source.h", "cref/symbols.h")
}
