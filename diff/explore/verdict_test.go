// The page about the review, held against what the explorer says.

package explore

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestVerdictPage: the page has what `make verdict` prints, and every choice string in it replays to a failure.
func TestVerdictPage(t *testing.T) {
	out, stderr, code := ask(t, "explore", "-verdict", "-bound", "2")
	require.Zero(t, code, stderr)
	const file, fence = "verdict.md", "```\n"
	page, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(page), fence)
	require.True(t, ok)
	_, after, ok := strings.Cut(rest, fence)
	require.True(t, ok)
	want := before + fence + out + fence + after
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644))
		page = []byte(want)
	}
	require.True(t, want == string(page), "%s is not what make verdict prints: go test -update writes it", file)

	for _, text := range regexp.MustCompile(`x1/[^\s']+`).FindAllString(want, -1) {
		out, stderr, code := ask(t, "replay", text)
		require.Equal(t, 1, code, "%s: %s%s", text, out, stderr)
	}
}
