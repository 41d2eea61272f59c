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

	_, errs, code = midiff(t, "report", "corpus/known/natural-align.midiff")
	require.Equal(t, 2, code)
	require.Contains(t, errs, "report FILE -o OUT.html")
}
