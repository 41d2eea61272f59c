// The files for OSS-Fuzz and ClusterFuzzLite agree with the project and with each other.
package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
	"midiff/fuzz"
	"midiff/fuzz/seeds"
)

func read(t *testing.T, path string) string {
	text, err := os.ReadFile(filepath.Join("../..", path))
	require.NoError(t, err)
	return string(text)
}

// built are the targets that build.sh builds: all but the one whose runs do not repeat themselves.
func built() []string {
	return append(slices.Sorted(maps.Keys(fuzz.Programs)), seeds.Text)
}

func TestBuildScript(t *testing.T) {
	script := read(t, ".clusterfuzzlite/build.sh")
	out, err := exec.Command("bash", "-n", "../../.clusterfuzzlite/build.sh").CombinedOutput()
	require.NoError(t, err, "%s", out)
	list := regexp.MustCompile(`(?m)^targets="(.*)"$`).FindStringSubmatch(script)
	require.NotNil(t, list)
	require.ElementsMatch(t, built(), strings.Fields(list[1]))
	for _, m := range regexp.MustCompile(`(?:^|\s)(?:\./)?((?:fuzz|scripts)/[\w./-]+)`).FindAllStringSubmatch(script, -1) {
		_, err := os.Stat(filepath.Join("../..", m[1]))
		require.NoError(t, err, "build.sh names it")
	}
}

// instruction is one of a Dockerfile's, after its lines were joined.
var instruction = regexp.MustCompile(`^(FROM|RUN|COPY|ENV|ARG|WORKDIR) \S`)

// dockerfile gives the instructions.
func dockerfile(t *testing.T, path string) (lines []string) {
	text := regexp.MustCompile(`(?m)^#.*\n`).ReplaceAllString(read(t, path), "")
	for _, line := range strings.Split(strings.ReplaceAll(text, "\\\n", ""), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		require.Regexp(t, instruction, line, path)
		lines = append(lines, line)
	}
	return lines
}

func TestDockerfiles(t *testing.T) {
	lite, full := dockerfile(t, ".clusterfuzzlite/Dockerfile"), dockerfile(t, "scripts/ossfuzz/Dockerfile")
	common := slices.Index(lite, "ENV MIMALLOC_SRC=$SRC/mimalloc") + 1
	require.Positive(t, common)
	require.Equal(t, lite[:common], full[:common], "both get the reference in the same way")
	require.Contains(t, lite, "FROM debian:12 AS reference")
	require.Contains(t, lite, "FROM gcr.io/oss-fuzz-base/base-builder-go")
	all := strings.Join(lite, "\n")
	for _, pinned := range []string{"scripts/setup/apt.go", "scripts/setup/fetch.go"} {
		for _, m := range regexp.MustCompile(`sourcePackage = "(.*)"|sourceArchive = "(.*)"|archive: "(.*)"`).
			FindAllStringSubmatch(read(t, pinned), -1) {
			require.Contains(t, all, m[1]+m[2]+m[3], "setup has it in %s", pinned)
		}
	}
	for _, lines := range [][]string{lite, full} {
		require.Contains(t, strings.Join(lines[common:], "\n"), ".clusterfuzzlite/build.sh $SRC/")
	}
}

func TestProjectFiles(t *testing.T) {
	require.Equal(t, map[string]any{"language": "go"}, parsed(t, ".clusterfuzzlite/project.yaml"))
	p := parsed(t, "scripts/ossfuzz/project.yaml")
	require.Equal(t, "go", p["language"])
	require.Equal(t, []any{"libfuzzer"}, p["fuzzing_engines"])
	require.Equal(t, []any{"address", "undefined"}, p["sanitizers"])
	require.Equal(t, p["homepage"], p["main_repo"])
	require.NotEmpty(t, p["primary_contact"])
	require.NotEmpty(t, p["homepage"])
}

// The project's address stands in two files, once in each, and they agree.
func TestAddress(t *testing.T) {
	address := parsed(t, "scripts/ossfuzz/project.yaml")["main_repo"].(string)
	require.Contains(t, dockerfile(t, "scripts/ossfuzz/Dockerfile"), "ARG ADDRESS="+address)
	require.Contains(t, dockerfile(t, "scripts/ossfuzz/Dockerfile"), "RUN git clone --depth 1 $ADDRESS $SRC/midiff")
	var found []string
	require.NoError(t, filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && (slices.Contains([]string{".git", ".build", ".reference", "mimalloc", "failures", "testdata"}, name)):
			return fs.SkipDir
		case d.Type().IsRegular():
			text, err := os.ReadFile(path)
			if bytes.Contains(text, []byte(address)) {
				found = append(found, fmt.Sprintf("%s:%d", name, bytes.Count(text, []byte(address))))
			}
			return err
		}
		return nil
	}))
	require.ElementsMatch(t, []string{"Dockerfile:1", "project.yaml:1"}, found)
}

// What there is no build for is refused, with what to take instead.
func TestRefused(t *testing.T) {
	for variable, says := range map[string]string{
		"SANITIZER=memory":       "take address",
		"SANITIZER=thread":       "make tsan and make race look for races",
		"SANITIZER=introspector": "take coverage",
		"SANITIZER=dataflow":     "take address, undefined, none or coverage",
		"FUZZING_ENGINE=afl":     "take libfuzzer",
		"ARCHITECTURE=i386":      "midiff runs on x86_64",
	} {
		t.Run(variable, func(t *testing.T) {
			src, out := t.TempDir(), t.TempDir()
			require.NoError(t, os.Mkdir(filepath.Join(src, "midiff"), 0o755))
			cmd := exec.Command("bash", "-eu", "../../.clusterfuzzlite/build.sh")
			cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "SRC=" + src, "OUT=" + out, "WORK=" + out, "CFLAGS=-O1", variable}
			said, err := cmd.CombinedOutput()
			require.Error(t, err)
			require.Contains(t, string(said), "build.sh: "+variable+": ")
			require.Contains(t, string(said), says)
			made, err := os.ReadDir(out)
			require.NoError(t, err)
			require.Empty(t, made)
		})
	}
}

// A zip holds the corpus, and each seed is a program that the target's decoder reads and writes unchanged.
func TestSeeds(t *testing.T) {
	for _, target := range built() {
		var b, again bytes.Buffer
		require.NoError(t, writeSeeds(&b, target))
		require.NoError(t, writeSeeds(&again, target))
		require.Equal(t, b.Bytes(), again.Bytes())
		z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
		require.NoError(t, err)
		require.Greater(t, len(z.File), 250)
		same := 0
		for _, f := range z.File {
			require.NotContains(t, f.Name, "/")
			folder, name, _ := strings.Cut(f.Name, "-")
			text := read(t, filepath.Join("corpus", folder, name+".midiff"))
			r, err := f.Open()
			require.NoError(t, err)
			data, err := io.ReadAll(r)
			require.NoError(t, err)
			if target == seeds.Text {
				require.Equal(t, text, string(data))
				continue
			}
			p, err := prog.Parse(f.Name, []byte(text))
			require.NoError(t, err)
			require.Equal(t, prog.Decode(p.Encode(), prog.Everything()).Text(), prog.Decode(data, prog.Everything()).Text())
			folded := prog.Decode(data, fuzz.Programs[target])
			require.Equal(t, folded.Text(), prog.Decode(folded.Encode(), fuzz.Programs[target]).Text(), f.Name)
			if folded.Text() == prog.Decode(data, prog.Everything()).Text() {
				same++
			}
		}
		require.True(t, target == seeds.Text || same > 30, "%s: only %d of the seeds are within its bounds", target, same)
	}
}

// entry is a line of a dictionary as libFuzzer reads it.
var entry = regexp.MustCompile(`^"([\x20-\x21\x23-\x5b\x5d-\x7e]|\\x[0-9A-F]{2})+"$`)

func TestWords(t *testing.T) {
	var b strings.Builder
	require.NoError(t, writeWords(&b))
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	for _, line := range lines {
		require.Regexp(t, entry, line)
	}
	require.Contains(t, lines, `"realloc_aligned("`)
	require.Contains(t, lines, `"midiff 1\x0A"`)
}

// What the coverage job is told to run is there.
func TestFunctions(t *testing.T) {
	var b strings.Builder
	require.NoError(t, run(append([]string{"functions"}, built()...), &b))
	var functions map[string]string
	require.NoError(t, json.Unmarshal([]byte(b.String()), &functions))
	require.Equal(t, "TestFolder/FuzzThreads", functions["FuzzThreads"])
	require.Contains(t, read(t, "fuzz/replay/folder_test.go"), "func TestFolder(t *testing.T)")
	require.Len(t, functions, len(built()))
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"seeds"}, {"functions"}, {"flags", "a", "b"}} {
		require.ErrorContains(t, run(args, io.Discard), "usage: ossfuzz flags TARGET | ")
	}
	require.Error(t, run([]string{"dict", filepath.Join(t.TempDir(), "none", "x")}, io.Discard))
}
