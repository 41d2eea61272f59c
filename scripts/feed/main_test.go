// The committed file is what the generator prints.
package main

import (
	"go/format"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCasesAreCurrent(t *testing.T) {
	committed, err := os.ReadFile("../../fuzz/feed/cases.go")
	require.NoError(t, err)
	made := cases()
	if string(committed) != string(made) {
		t.Fatal("fuzz/feed/cases.go is not what scripts/feed prints; run `go generate ./fuzz/feed`")
	}
	formatted, err := format.Source(made)
	require.NoError(t, err)
	require.Equal(t, len(formatted), len(made), "the generator prints what gofmt would change")
}
