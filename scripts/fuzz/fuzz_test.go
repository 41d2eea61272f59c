// Sharing out the time, and running turns with a `go` of the test's own.
package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"midiff/diff/journal"
	"midiff/scripts/fuzz/instrument"
)

func TestPlan(t *testing.T) {
	cases := map[string]struct {
		time  string
		names []string
		want  []turn
		err   string
	}{
		"all": {"60s", nil, []turn{{"FuzzLockstep", "12s"}, {"FuzzThreads", "24s"},
			{"FuzzHeaps", "9s"}, {"FuzzAligned", "9s"}, {"FuzzText", "6s"}}, ""},
		"one":       {"1h", []string{"FuzzText"}, []turn{{"FuzzText", "1h0m0s"}}, ""},
		"two":       {"12s", []string{"FuzzThreads", "FuzzLockstep"}, []turn{{"FuzzThreads", "8s"}, {"FuzzLockstep", "4s"}}, ""},
		"runs":      {"100x", []string{"FuzzHeaps", "FuzzText"}, []turn{{"FuzzHeaps", "100x"}, {"FuzzText", "100x"}}, ""},
		"unknown":   {"60s", []string{"FuzzDiff"}, nil, "there is no fuzz target FuzzDiff; there are FuzzLockstep, FuzzThreads, FuzzHeaps, FuzzAligned, FuzzText, FuzzParallel"},
		"no unit":   {"60", nil, nil, `"60" is no time to fuzz for; give one as 60s, 10m or 1000x`},
		"no time":   {"0s", nil, nil, `"0s" is no time`},
		"backwards": {"-1m", nil, nil, `"-1m" is no time`},
		"no runs":   {"0x", nil, nil, `"0x" is no time`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := plan(c.time, c.names)
			if c.err != "" {
				require.ErrorContains(t, err, c.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

// TestFlagsAreAllowed: who builds the reference so that it tells what ran, Makefile or this command, has the go command
// allow every flag of that build.
func TestFlagsAreAllowed(t *testing.T) {
	source, err := os.ReadFile("../../cref/covered/covered.go")
	require.NoError(t, err)
	makefile, err := os.ReadFile("../../Makefile")
	require.NoError(t, err)
	tells := regexp.MustCompile(`(?m)^TELLS = (.*)$`).FindSubmatch(makefile)
	require.NotNil(t, tells)
	flags := regexp.MustCompile(`-f(?:sanitize|no-reorder|no-opt)\S+`).FindAllString(string(source), -1)
	require.Greater(t, len(flags), 3)
	for _, flag := range flags {
		require.Contains(t, strings.Split(string(tells[1]), "|"), flag, "of the Makefile's TELLS")
		require.Contains(t, strings.Join(instrument.Env(), "\n")+"|", flag+"|")
	}
}

// TestEveryTargetHasAShare compares the table with the source of package fuzz.
func TestEveryTargetHasAShare(t *testing.T) {
	files, err := filepath.Glob("../../fuzz/*_test.go")
	require.NoError(t, err)
	var there, have []string
	for _, path := range files {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, found := range regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`).FindAllSubmatch(text, -1) {
			there = append(there, string(found[1]))
		}
	}
	for _, target := range targets {
		have = append(have, target.name)
	}
	slices.Sort(there)
	slices.Sort(have)
	require.Equal(t, there, have, "scripts/fuzz/plan.go and the targets in fuzz differ")
}

// fakeGo puts a shell script in the place of the go command, in a folder of its own with a place for the targets. What
// it builds is body as a script; asked for anything else, it runs other.
func fakeGo(t *testing.T, body, other string) {
	t.Helper()
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir(folder, 0o755))
	require.NoError(t, os.Mkdir(builds, 0o755))
	bin := t.TempDir()
	script := `#!/bin/sh
case "$1 $2" in
"test -c")
	cat > "$4" <<'END'
#!/bin/sh
` + body + `
END
	chmod +x "$4"
	;;
"env GOCACHE") echo /cache ;;
*) ` + other + ` ;;
esac
`
	require.NoError(t, os.WriteFile(filepath.Join(bin, "go"), []byte(script), 0o755))
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
}

func TestSession(t *testing.T) {
	turns := []turn{{"FuzzA", "1s"}, {"FuzzText", "2s"}}
	args := func(target, time string) string {
		return strings.Join(instrument.Run(target, time, "/cache/fuzz/midiff/fuzz"), " ") + "\n"
	}
	cases := map[string]struct {
		body, want string
		code       int
	}{
		"all pass": {`echo "$@"; echo "fuzz: elapsed: 1s"`, "== FuzzA for 1s\n" + args("FuzzA", "1s") +
			"FuzzA fuzz: elapsed: 1s\n== FuzzText for 2s\n" + args("FuzzText", "2s") +
			"FuzzText fuzz: elapsed: 1s\n", 0},
		"first fails": {`echo "fuzz: minimizing"; echo "replay this"; printf unended >&2; exit 1`,
			"== FuzzA for 1s\nFuzzA fuzz: minimizing\nreplay this\nunended", 1},
		"time runs out": {`printf -- '--- FAIL: FuzzA (1.02s)\n    context deadline exceeded\nFAIL\n'; test "$2" = -test.fuzz=^FuzzText$`,
			"== FuzzA for 1s\n--- FAIL: FuzzA (1.02s)\n    context deadline exceeded\nFAIL\n" +
				"FuzzA fuzz: no input failed: Go reports the end of the time as a failure\n" +
				"== FuzzText for 2s\n--- FAIL: FuzzA (1.02s)\n    context deadline exceeded\nFAIL\n", 0},
		"an input fails": {`printf -- '--- FAIL: FuzzA (1.02s)\n    --- FAIL: FuzzA (0.00s)\n        report\nFAIL\n'; exit 1`,
			"== FuzzA for 1s\n--- FAIL: FuzzA (1.02s)\n    --- FAIL: FuzzA (0.00s)\n        report\nFAIL\n", 1},
		"the program stops": {`exit 2`, "== FuzzA for 1s\n", 2},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			fakeGo(t, c.body, "exit 9")
			var out bytes.Buffer
			require.Equal(t, c.code, session(turns, nil, &out))
			require.Equal(t, c.want, out.String())
		})
	}
}

// What does not compile is said, and ends the session.
func TestBuildFails(t *testing.T) {
	fakeGo(t, "", "")
	bin := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, "go"), []byte("#!/bin/sh\necho a.c: wrong; exit 1\n"), 0o755))
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	var out bytes.Buffer
	require.Equal(t, 1, session([]turn{{"FuzzA", "1s"}}, nil, &out))
	require.Equal(t, "== FuzzA for 1s\na.c: wrong\n", out.String())
}

// What a worker was running when it died is looked at after its turn, and what an earlier session left before
// the first.
func TestLeftInputs(t *testing.T) {
	left := func() {
		j, err := journal.Open(journals)
		require.NoError(t, err)
		require.NoError(t, j.Begin("FuzzA", 1, []byte("input")))
		require.NoError(t, j.Close())
	}
	for name, c := range map[string]struct {
		body, want string
		code       int
	}{
		"it does well": {`echo "$1"; rm -rf fuzz/*`, "run\n== FuzzA for 1s\ntarget\n== FuzzB for 1s\ntarget\n", 0},
		"it fails":     {`echo "$1"; exit 1`, "run\n", 1},
	} {
		t.Run(name, func(t *testing.T) {
			fakeGo(t, "echo target", c.body)
			left()
			var out bytes.Buffer
			require.Equal(t, c.code, session([]turn{{"FuzzA", "1s"}, {"FuzzB", "1s"}}, nil, &out))
			require.Equal(t, c.want, out.String())
		})
	}
}

func TestInterruptEndsTheTurnAndTheSession(t *testing.T) {
	fakeGo(t, `trap 'echo ended in order; exit 0' INT; echo began; for i in 1 2 3; do sleep 1; done`, "exit 9")
	signals := make(chan os.Signal, 1)
	out := &noticing{word: "began", seen: func() { signals <- syscall.SIGTERM }}
	done := make(chan int)
	go func() { done <- session([]turn{{"FuzzA", "1s"}, {"FuzzB", "2s"}}, signals, out) }()
	select {
	case code := <-done:
		require.Equal(t, 3, code)
	case <-time.After(20 * time.Second):
		t.Fatal("the session did not end")
	}
	require.Equal(t, "== FuzzA for 1s\nbegan\nended in order\nfuzz: interrupted in FuzzA\n", out.text.String())
}

// noticing is a buffer that calls seen when a write holds word.
type noticing struct {
	text bytes.Buffer // a field, or io.WriteString would go past Write
	word string
	seen func()
}

func (n *noticing) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(n.word)) {
		n.seen()
	}
	return n.text.Write(p)
}
