// The workflows run what there is.
package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// parsed reads a YAML file of the project.
func parsed(t *testing.T, path string) map[string]any {
	var all map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(read(t, path)), &all), path)
	return all
}

// workflow is what the tests read of one.
type workflow struct {
	Name        string
	On          map[string]any
	Permissions any
	Env         map[string]string
	Jobs        map[string]job
}

type job struct {
	RunsOn   string `yaml:"runs-on"`
	Timeout  int    `yaml:"timeout-minutes"`
	Strategy struct {
		Matrix map[string][]string
	}
	Steps []step
}

type step struct {
	If, Uses, Run string
	With          map[string]string
}

func workflows(t *testing.T) map[string]workflow {
	files, err := filepath.Glob("../../.github/workflows/*.yml")
	require.NoError(t, err)
	all := map[string]workflow{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var w workflow
		require.NoError(t, yaml.Unmarshal(text, &w), file)
		all[filepath.Base(file)] = w
	}
	for _, name := range []string{"fuzz.yml", "nightly.yml", "cflite_pr.yml", "cflite_batch.yml", "cflite_cron.yml"} {
		require.Contains(t, all, name)
	}
	return all
}

var expression = regexp.MustCompile(`\$\{\{ matrix\.(\w+) \}\}`)

// commands gives the lines that a job runs, for every entry of its matrix.
func (j *job) commands(t *testing.T) (lines []string) {
	for _, s := range j.Steps {
		for _, line := range strings.Split(strings.TrimSpace(s.Run), "\n") {
			m := expression.FindStringSubmatch(line)
			if m == nil {
				lines = append(lines, line)
				continue
			}
			require.NotEmpty(t, j.Strategy.Matrix[m[1]], line)
			for _, entry := range j.Strategy.Matrix[m[1]] {
				lines = append(lines, expression.ReplaceAllLiteralString(line, entry))
			}
		}
	}
	return lines
}

// Every make target, variable and fuzz target that a workflow names is there.
func TestCommands(t *testing.T) {
	makefile := read(t, "Makefile")
	var targets []string
	for _, m := range regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`).FindAllStringSubmatch(read(t, "fuzz/fuzz_test.go"), -1) {
		targets = append(targets, m[1])
	}
	require.Greater(t, len(targets), 5)
	var run []string
	for name, w := range workflows(t) {
		for _, j := range w.Jobs {
			for _, line := range j.commands(t) {
				words := strings.Fields(regexp.MustCompile(`"[^"]*"`).ReplaceAllString(line, "x"))
				if len(words) == 0 || words[0] != "make" {
					continue
				}
				run = append(run, words[1])
				require.Regexp(t, `(?m)^`+words[1]+`:`, makefile, "%s: %s", name, line)
				for _, set := range words[2:] {
					variable, value, ok := strings.Cut(set, "=")
					require.True(t, ok, "%s: %s", name, line)
					require.Regexp(t, `(?m)^#   `+variable+` `, makefile, "%s: %s", name, line)
					require.True(t, variable != "FUZZ" || slices.Contains(targets, value), "%s: %s", name, line)
				}
			}
		}
	}
	for _, target := range []string{"check", "test", "fuzz", "soak", "race", "tsan", "asan", "ubsan", "canary", "oss-fuzz"} {
		require.Contains(t, run, target)
	}
	require.ElementsMatch(t, targets, workflows(t)["nightly.yml"].Jobs["fuzz"].Strategy.Matrix["target"])
}

// actions are what workflows use that is not ours.
var actions = []string{"actions/checkout@v4", "actions/setup-go@v5", "actions/cache@v4", "actions/cache/restore@v4",
	"actions/upload-artifact@v4", "google/clusterfuzzlite/actions/build_fuzzers@v1",
	"google/clusterfuzzlite/actions/run_fuzzers@v1"}

func TestSteps(t *testing.T) {
	for name, w := range workflows(t) {
		require.NotEmpty(t, w.Name)
		require.NotEmpty(t, w.On, name)
		require.NotEmpty(t, w.Permissions, "%s: what it may do is not said", name)
		for id, j := range w.Jobs {
			require.NotEmpty(t, j.RunsOn)
			keeps := false
			for _, s := range j.Steps {
				require.True(t, (s.Uses == "") != (s.Run == ""), "%s: %s: a step uses an action or runs a command", name, id)
				require.True(t, s.Uses == "" || slices.Contains(actions, s.Uses), s.Uses)
				if strings.HasPrefix(s.Uses, "actions/upload-artifact@") {
					require.Equal(t, "failure()", s.If, name)
					require.Contains(t, s.With["path"], "failures", name)
					keeps = true
				}
			}
			require.True(t, keeps || strings.HasPrefix(name, "cflite_"), "%s: %s keeps no failures", name, id)
		}
		if schedule, ok := w.On["schedule"]; ok {
			cron := schedule.([]any)[0].(map[string]any)["cron"].(string)
			require.Len(t, strings.Fields(cron), 5, name)
		}
	}
}

// ClusterFuzzLite's workflows run it in each of its modes, with what the project is built for.
func TestModes(t *testing.T) {
	var modes []string
	for name, w := range workflows(t) {
		for _, j := range w.Jobs {
			if !strings.HasPrefix(name, "cflite_") {
				continue
			}
			require.Len(t, j.Steps, 2)
			build, run := j.Steps[0], j.Steps[1]
			require.Equal(t, "google/clusterfuzzlite/actions/build_fuzzers@v1", build.Uses)
			require.Equal(t, "google/clusterfuzzlite/actions/run_fuzzers@v1", run.Uses)
			require.Equal(t, "go", build.With["language"])
			require.Equal(t, "go", run.With["language"])
			require.Equal(t, build.With["sanitizer"], run.With["sanitizer"])
			require.Contains(t, []string{"address", "coverage"}, run.With["sanitizer"])
			require.Equal(t, run.With["mode"] == "coverage", run.With["sanitizer"] == "coverage")
			modes = append(modes, run.With["mode"])
		}
	}
	require.ElementsMatch(t, []string{"code-change", "batch", "prune", "coverage"}, modes)
}
