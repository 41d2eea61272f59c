package canary

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// plantedMidiff is the midiff command over sources with the faults of testdata/deaths.txt in them.
type plantedMidiff struct {
	bin    string
	folder string // where it runs, and keeps failures
	fault  string // the one that is awake
}

// overlaid builds a package with the faults of testdata/deaths.txt in the sources.
func overlaid(t *testing.T, bin string, build ...string) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir := t.TempDir()
	args := append(build, "-o", bin, "-overlay", overlay(t, root, dir, readFaults(t, "testdata/deaths.txt")))
	last := len(build) - 1 // the package goes last
	args = append(append(args[:last:last], args[last+1:]...), build[last])
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	for _, pattern := range []string{"diff/cmd/midiff/*.go", "diff/soak/*.go", "fuzz/*.go"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		for _, file := range files { // what a test opens is what a kept result depends on
			_, err := os.ReadFile(file)
			require.NoError(t, err)
		}
	}
}

func (m *plantedMidiff) command(args ...string) *exec.Cmd {
	cmd := exec.Command(m.bin, args...)
	cmd.Dir = m.folder
	cmd.Env = append(os.Environ(), plantedVar+"="+m.fault, firedVar+"="+filepath.Join(m.folder, "fired"))
	return cmd
}

// run runs the command to its end.
func (m *plantedMidiff) run(t *testing.T, args ...string) (stdout, stderr string, code int) {
	var out, errs strings.Builder
	cmd := m.command(args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// soaked is what the tests read of a soak's summary.
type soaked struct {
	Programs  int
	Restarts  int
	Recovered int
	Failures  []*soakedGroup
	Broke     []string
}

type soakedGroup struct {
	Title, Folder string
	Count         int
	Reduced       struct {
		Outcome               string
		Flaky                 bool
		Hits, Runs            int
		Before                int `json:"operations_before"`
		After                 int `json:"operations_after"`
		Candidates, Confirmed int
		Seconds               float64
	}
}

// summary runs a command that prints one.
func (m *plantedMidiff) summary(t *testing.T, code int, args ...string) (s soaked, stderr string) {
	out, errs, got := m.run(t, append(args, "-json")...)
	require.Equal(t, code, got, "%.2000s%.2000s", out, errs)
	return parsed(t, out), errs
}

// parsed reads a summary. The rig itself must not have failed.
func parsed(t *testing.T, out string) (s soaked) {
	require.NoError(t, json.Unmarshal([]byte(out), &s), out)
	require.Empty(t, s.Broke)
	return s
}

// command is the folder of the command with these faults in it, once it was built.
var command string

// plantedCommand gives the command with these faults in it, built once, since that takes a while.
func plantedCommand(t *testing.T) string {
	if command == "" {
		dir, err := os.MkdirTemp("", "midiff-canary-")
		require.NoError(t, err)
		command = dir
		overlaid(t, filepath.Join(dir, "midiff"), "build", "./diff/cmd/midiff")
	}
	return filepath.Join(command, "midiff")
}

func TestNothingIsLost(t *testing.T) {
	bin := plantedCommand(t)
	for name, test := range map[string]func(*testing.T, string){
		"deaths": testDeaths, "now and then": testNowAndThen, "a child is killed": testChildKilled,
		"fuzz worker": testFuzzWorker, "kills": testKills, "parallel": testParallel, "FuzzParallel": testFuzzParallel,
	} {
		t.Run(name, func(t *testing.T) { test(t, bin) })
	}
}

// evidence is what every failure's folder has.
var evidence = []string{"program.midiff", "verdict.json", "history.txt", "report.txt", "options.json",
	"versions.json", "commands.txt"}

// read gives a file of a failure's folder.
func (m *plantedMidiff) read(t *testing.T, folder, file string) string {
	text, err := os.ReadFile(filepath.Join(m.folder, folder, file))
	require.NoError(t, err)
	return string(text)
}

// testDeaths: a reference that crashes and one that hangs do not end a soak. Each is found, counted, its
// program kept with all there is to know, and reduced to a few lines that end in the same way; the command
// that comes with it does what it says.
func testDeaths(t *testing.T, bin string) {
	for fault, title := range map[string]string{
		"null-dereference": "L0.crash expand none", // the rig lives on
		"abort":            "died SIGABRT: abort: C in usable_size",
		"endless-loop":     "hung: C in realloc",
	} {
		t.Run(fault, func(t *testing.T) {
			m := &plantedMidiff{bin, t.TempDir(), fault}
			s, stderr := m.summary(t, 1, "soak", "-programs", "4", "-jobs", "2", "-ops", "1000", "-patience", "500ms")
			require.Equal(t, 4, s.Programs)
			require.Len(t, s.Failures, 1)
			g := s.Failures[0]
			require.Equal(t, title, g.Title)
			if fault != "null-dereference" {
				require.Equal(t, s.Restarts, g.Count)
				require.Contains(t, m.read(t, g.Folder, "history.txt"), "# -> "+title+"\n")
			}
			require.LessOrEqual(t, g.Reduced.After, 10)
			require.Equal(t, 3, g.Reduced.Confirmed)
			t.Logf("%d of %d programs; %d operations to %d, %d candidates, %.1f s", g.Count, s.Programs,
				g.Reduced.Before, g.Reduced.After, g.Reduced.Candidates, g.Reduced.Seconds)

			for _, file := range evidence {
				require.NotEmpty(t, m.read(t, g.Folder, file), file)
			}
			require.Equal(t, m.read(t, g.Folder, "report.txt")+"\n", stderr)
			require.Contains(t, m.read(t, g.Folder, "history.txt"), "# -> seg0+0x")
			require.Contains(t, m.read(t, g.Folder, "verdict.json"), `"blame": "c"`)
			require.NoDirExists(t, filepath.Join(m.folder, "failures", "journals", "journal-0"))

			if fault == "endless-loop" { // a hang takes its time
				return
			}
			// The command, as it stands in the folder.
			_, reduce, found := strings.Cut(m.read(t, g.Folder, "commands.txt"), "reduce: go run ./diff/cmd/midiff ")
			require.True(t, found)
			out, _, code := m.run(t, strings.Fields(reduce)...)
			require.Equal(t, 1, code)
			require.Contains(t, out, title)

			// A second soak takes what is there for the same failure.
			s, _ = m.summary(t, 1, "soak", "-programs", "4", "-ops", "1000")
			require.Len(t, s.Failures, 1)
			require.Equal(t, g.Folder, s.Failures[0].Folder)
		})
	}
}

// testNowAndThen: what fails in 30 of 100 runs is called flaky, with its rate, by a soak and by shrink, and is
// not cut.
func testNowAndThen(t *testing.T, bin string) {
	m := &plantedMidiff{bin, t.TempDir(), "now-and-then"}
	s, _ := m.summary(t, 3, "soak", "-programs", "80", "-jobs", "2", "-ops", "100")
	require.NotEmpty(t, s.Failures)
	for _, g := range s.Failures {
		require.True(t, g.Reduced.Flaky, "%+v", g)
		require.Positive(t, g.Reduced.Hits, "%+v", g)
		require.Less(t, g.Reduced.Hits, g.Reduced.Runs, "%+v", g)
		require.Equal(t, g.Reduced.Before, g.Reduced.After)
		require.NoFileExists(t, filepath.Join(m.folder, g.Folder, "small.midiff"))
		t.Logf("%dx %s: %d of %d runs", g.Count, g.Title, g.Reduced.Hits, g.Reduced.Runs)
	}
	program := filepath.Join(s.Failures[0].Folder, "program.midiff")
	out, stderr, code := m.run(t, "shrink", program, "-o", "small.midiff")
	require.Equal(t, 3, code, stderr)
	require.Contains(t, out, "flaky: failed in this way in ")
	require.NoFileExists(t, filepath.Join(m.folder, "small.midiff"))
}
