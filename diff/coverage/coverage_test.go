package coverage

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pinned is the compiler whose lines the list has: others give braces and the like to other lines.
const pinned = "12."

// Every line of the library that the corpus does not reach has a reason, and every reason is of such a line.
func TestUncoveredIsCurrent(t *testing.T) {
	version, err := exec.Command("gcc", "-dumpfullversion").Output()
	require.NoError(t, err)
	if !strings.HasPrefix(string(version), pinned) {
		t.Skipf("gcc %s gives code to other lines than gcc %s", bytes.TrimSpace(version), pinned)
	}
	if source, err := os.Readlink("../../cref/mimalloc"); err != nil || filepath.Base(source) != "mimalloc-2.0.9" {
		t.Skip("another source than the pinned one has other lines")
	}
	both, err := Run()
	require.NoError(t, err)
	reasons, err := Reasons()
	require.NoError(t, err)
	require.Empty(t, Compare(both.Files, reasons),
		"add a program to the corpus, or a reason to diff/coverage/testdata/uncovered.txt")

	require.Greater(t, both.Programs, 250)
	require.NotZero(t, both.Others["2.0-secure"])
	require.Zero(t, both.Others["2.0"])
	c, g := Total(both.Files), Total(both.Go)
	require.Greater(t, c.Ran, 2500)
	require.Greater(t, g.Ran, 2500)
	var page bytes.Buffer
	require.NoError(t, both.WritePage(&page, reasons))
	for _, part := range []string{`id="c-segment.c"`, `id="go-span.go"`, `class="missed"`, "not reachable in lockstep",
		"programs of profile 2.0-secure"} {
		require.Contains(t, page.String(), part)
	}
}

func TestReasons(t *testing.T) {
	reasons, err := readReasons("# a comment\n\na.c:3-5,9 mi_f: not reachable: it is.\n")
	require.NoError(t, err)
	require.Equal(t, []Reason{{File: "a.c", Function: "mi_f", Why: "not reachable: it is.", Line: 3,
		spans: []span{{3, 5}, {9, 9}}}}, reasons)

	for name, c := range map[string]struct {
		lines Lines
		want  []string
	}{
		"as it should be": {Lines{1: Ran, 3: Missed, 9: Missed}, nil},
		"no reason":       {Lines{3: Missed, 7: Missed, 9: Missed}, []string{"a.c:7 is not reached, and has no reason"}},
		"reached now": {Lines{3: Missed, 5: Ran, 9: Partly}, []string{"uncovered.txt:3: a.c:5 is reached",
			"uncovered.txt:3: a.c:9 is reached", "uncovered.txt:3: a.c:9-9 has no line that is not reached"}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, Compare(map[string]Lines{"a.c": c.lines}, reasons)) })
	}
	for _, text := range []string{"a.c mi_f: not reachable", "a.c:3 mi_f: why not", "a.c:5-3 mi_f: not reachable", "a.c:x mi_f: not reachable"} {
		_, err := readReasons(text)
		require.ErrorContains(t, err, "uncovered.txt:1: ", text)
	}
}

func TestProfile(t *testing.T) {
	files, err := readProfile("mode: set\nmidiff/goalloc/a.go:3.20,5.3 2 1\nmidiff/goalloc/a.go:5.3,6.4 1 0\n")
	require.NoError(t, err)
	require.Equal(t, map[string]Lines{"a.go": {3: Ran, 4: Ran, 5: Partly, 6: Missed}}, files)
	_, err = readProfile("mode: set\nnonsense\n")
	require.ErrorContains(t, err, "line 2")
}
