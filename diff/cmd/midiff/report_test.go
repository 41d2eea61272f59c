package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReport(t *testing.T) {
	out := filepath.Join(t.TempDir(), "page.html")
	said, errs, code := midiff(t, "report", "corpus/known/natural-align.midiff", "-o", out)
	require.Equal(t, 1, code, errs)
	require.Equal(t, "corpus/known/natural-align.midiff: written to "+out+"\n", said)
	page, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Contains(t, string(page), "agree, but for the known finding natural-align")

	said, errs, code = midiff(t, "report", "corpus/known/natural-align.midiff")
	require.Equal(t, 1, code, errs)
	require.Contains(t, said, "\nboth heaps after line ")
	require.Contains(t, said, "\nreplay: go run ./diff/cmd/midiff run -v corpus/known/natural-align.midiff\n")

	for name, args := range map[string][]string{
		"no file":         {},
		"line and page":   {"x.midiff", "-line", "3", "-o", out},
		"a negative line": {"x.midiff", "-line", "-3"},
	} {
		_, errs, code = midiff(t, append([]string{"report"}, args...)...)
		require.Equal(t, 2, code, name)
		require.Contains(t, errs, "report FILE [-line N | -o OUT.html]", name)
	}
	_, errs, code = midiff(t, "report", "corpus/known/natural-align.midiff", "-line", "1")
	require.Equal(t, 2, code)
	require.Contains(t, errs, "corpus/known/natural-align.midiff: line 1: no operation there that was run")
}
