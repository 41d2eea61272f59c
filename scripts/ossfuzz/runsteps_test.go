// What the workflows run, tried: the shell takes it, and what is cheap is done in a clean clone. (actionlint, which
// knows GitHub's schema, is not among the project's modules, since it would bring ten; it has nothing to say of them.)
package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var envExpression = regexp.MustCompile(`\$\{\{ env\.(\w+) \}\}`)

// clone makes a clone of what is committed, as actions/checkout does.
func clone(t *testing.T) string {
	t.Helper()
	into := filepath.Join(t.TempDir(), "midiff")
	out, err := exec.Command("git", "-c", "safe.directory=*", "clone", "--quiet", "--depth", "1", "file://"+root(t), into).CombinedOutput()
	if err != nil {
		t.Skipf("this is no git repository that can be cloned: %s", out)
	}
	return into
}

// root is the project's folder.
func root(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs("../..")
	require.NoError(t, err)
	return folder
}

// TestRunSteps: each line is one that the shell takes. Those of make are shown by it in a clean clone, with the
// variables as they are given, and not done; what sets git up is done; and nothing is run that is not looked at here.
func TestRunSteps(t *testing.T) {
	folder, home, tried := clone(t), t.TempDir(), map[string]int{}
	shell := func(flag, line string) string {
		cmd := exec.Command("bash", "-e", flag, line)
		cmd.Dir = folder
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "GITHUB_WORKSPACE=" + folder}
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s\n%s", line, out)
		return string(out)
	}
	for name, w := range workflows(t) {
		for _, j := range w.Jobs {
			for _, line := range j.commands(t) {
				if line == "" {
					continue
				}
				line = envExpression.ReplaceAllStringFunc(line, func(e string) string {
					value, ok := w.Env[envExpression.FindStringSubmatch(e)[1]]
					require.True(t, ok, "%s: %s", name, line)
					return value
				})
				require.NotContains(t, line, "${{", "%s: an expression that nobody fills in", name)
				shell("-nc", line)
				word, rest, _ := strings.Cut(line, " ")
				switch tried[word]++; word {
				case "make":
					require.NotEmpty(t, shell("-c", "make --dry-run "+rest))
				case "git":
					shell("-c", line)
				case "apt-get", "echo": // of the machine
				default:
					require.Fail(t, "what is this step?", "%s: %s", name, line)
				}
			}
		}
	}
	require.Greater(t, tried["make"], 15)
	config, err := os.ReadFile(filepath.Join(home, ".gitconfig"))
	require.NoError(t, err)
	require.Contains(t, string(config), folder)
}
