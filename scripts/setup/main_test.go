// The program as make runs it: a process with an exit code, one line and nothing left behind.
package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// asProgram makes this test binary the program itself when it is set.
const asProgram = "MIDIFF_TEST_AS_SETUP"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// program is the command in a fresh project folder, with only the tools in the folder path.
func program(t *testing.T, path string, env ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Dir = writeTree(t, t.TempDir(), map[string]string{"go.mod": "module midiff\n"})
	cmd.Env = append([]string{asProgram + "=1", "PATH=" + path}, env...)
	cmd.Stderr = new(bytes.Buffer)
	return cmd
}

// requireRefused says that the program ended with exit code 2 and one line that holds want.
func requireRefused(t *testing.T, cmd *exec.Cmd, err error, want string) {
	t.Helper()
	line := cmd.Stderr.(*bytes.Buffer).String()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, line)
	require.Equal(t, 2, exit.ExitCode(), line)
	require.Equal(t, 1, strings.Count(line, "\n"), line)
	require.True(t, strings.HasPrefix(line, "setup: "), line)
	require.Contains(t, line, want)
	requireAbsent(t, cmd.Dir, referenceFolder, "cref")
}

// scripts makes a folder of shell scripts to be found as tools.
func scripts(t *testing.T, bodies map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, body := range bodies {
		text := "#!/bin/sh\n" + body + "\n"
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o755))
	}
	return folder
}

func TestProgramWithoutTools(t *testing.T) {
	cmd := program(t, t.TempDir())
	requireRefused(t, cmd, cmd.Run(), "gcc is missing or does not work; install it")
}

func TestProgramInAnotherFolder(t *testing.T) {
	cmd := program(t, t.TempDir())
	require.NoError(t, os.WriteFile(filepath.Join(cmd.Dir, "go.mod"), []byte("module other\n"), 0o644))
	requireRefused(t, cmd, cmd.Run(), "run make setup in the project's folder")
}

func TestProgramWithAnotherVersion(t *testing.T) {
	tree := writeTree(t, t.TempDir(), changed("include/mimalloc.h", "#define MI_MALLOC_VERSION 318\n"))
	cmd := program(t, scripts(t, map[string]string{"gcc": "exit 0"}), "MIMALLOC_SRC="+tree)
	requireRefused(t, cmd, cmd.Run(), "has MI_MALLOC_VERSION 318, not 209; name a mimalloc 2.0.9")
}

func TestProgramInterruptedWhileFetching(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			// This apt-get says that it began, then hangs as one does on a dead network.
			apt := `[ "$3" = "" ] || : >../../began; /bin/sleep 60`
			tools := scripts(t, map[string]string{
				"gcc": "exit 0", "tar": "exit 1", "xz": "exit 1", "apt-get": apt})
			cmd := program(t, tools)
			require.NoError(t, cmd.Start())
			require.Eventually(t, func() bool {
				_, err := os.Stat(filepath.Join(cmd.Dir, "began"))
				return err == nil
			}, 10*time.Second, 5*time.Millisecond)
			require.NoError(t, cmd.Process.Signal(sig))
			requireRefused(t, cmd, cmd.Wait(), "interrupted; nothing half-made was left")
		})
	}
}

func TestProgramAsRootInstallsWhatIsMissing(t *testing.T) {
	if _, err := os.Stat("/etc/debian_version"); err != nil || os.Geteuid() != 0 {
		t.Skip("needs root on Debian")
	}
	// This apt-get notes its calls, and its install makes a compiler appear beside it.
	apt := `echo "$@" >>"${0%/*}/calls"; [ "$1 $2" = "-q install" ] || exit 0
printf '#!/bin/sh\nPATH=/usr/bin:/bin exec gcc "$@"\n' >"${0%/*}/gcc" && /bin/chmod +x "${0%/*}/gcc"`
	tools := scripts(t, map[string]string{"apt-get": apt, "go": "exit 0"})
	cmd := program(t, tools, "MIMALLOC_SRC="+writeTree(t, t.TempDir(), goodTree))
	out, err := cmd.Output()
	require.NoError(t, err, "%s", cmd.Stderr)
	require.Contains(t, string(out), "setup: installing gcc libc6-dev with apt-get\n")
	calls, err := os.ReadFile(filepath.Join(tools, "calls"))
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(calls),
		"-q update\n-q install -y --no-install-recommends gcc libc6-dev\n"), "%s", calls)
}
