package diff

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	"midiff/diff/prog"
)

// sanitize names the sanitizer for TestSanitizer: thread, address or undefined. `make tsan`, `make asan` and
// `make ubsan` give it.
var sanitize = flag.String("sanitize", "", "run the reference and its interpreter under this sanitizer of gcc")

// sanitizers are what each is built with beside its name, the fault that it must report, and how a report begins.
var sanitizers = map[string]struct {
	flags  []string
	plant  string
	report string
	env    string
}{
	"thread":    {nil, "MID_PLANT_THREAD", "WARNING: ThreadSanitizer", ""},
	"address":   {[]string{"-DMI_ASAN=1"}, "MID_PLANT_ADDRESS", "ERROR: AddressSanitizer", "ASAN_OPTIONS=detect_leaks=1"},
	"undefined": {nil, "MID_PLANT_UNDEFINED", "runtime error:", "UBSAN_OPTIONS=print_stacktrace=1"},
}

// suppressions are the reports of ThreadSanitizer that are settled, each with the reason; see
// corpus/known/README.md.
const suppressions = "testdata/tsan.txt"

// TestSanitizer runs scenarios and random programs on the reference under a sanitizer of gcc, in a program of its
// own: it must report nothing, and the fault that is planted in another build of it.
func TestSanitizer(t *testing.T) {
	if *sanitize == "" {
		t.Skip("runs with -sanitize only: make tsan, make asan, make ubsan")
	}
	s, ok := sanitizers[*sanitize]
	require.True(t, ok, "unknown sanitizer %q", *sanitize)
	jobs, steps := images(t)
	out, err := sanitized(t, jobs)
	require.NotContains(t, out, s.report, "%v: %s", err, out)
	require.NoError(t, err, "%s", out)
	fmt.Printf("%s: %d programs, %d operations, no report\n", *sanitize, len(jobs), steps)
	planted, err := sanitized(t, jobs[:1], "-D"+s.plant)
	require.Error(t, err)
	require.Contains(t, planted, s.report, "the planted fault")
	fmt.Printf("%s: the planted fault is reported\n", *sanitize)
}

// images writes the programs as files for the standalone program. Random ones are without aligned calls: those
// lose contents (realloc-unaligned), and where they move a block they copy what is usable of it, of which
// AddressSanitizer is told that only what was asked for may be touched.
func images(t *testing.T) (files []string, steps int) {
	var programs []*prog.Program
	all, err := corpus.Scenarios()
	require.NoError(t, err)
	for _, s := range all {
		if prog.IsLater(s.Profile) { // there is no source of it
			continue
		}
		for seed := uint64(1); seed <= 4; seed++ {
			text, err := s.Text(corpus.Params{Rounds: min(s.Short.Rounds, 8), Seed: seed})
			require.NoError(t, err)
			programs = append(programs, parsed(t, string(text)))
		}
	}
	for seed := uint64(0); seed < 12; seed++ {
		programs = append(programs, prog.Generate(seed, prog.GenConfig{Ops: 400, Threads: 2 + int(seed%3), MaxSize: 1 << 20,
			MaxLive: 8 << 20, MaxBulk: 100, Heaps: seed%2 == 0, Exits: seed%3 > 0, Barriers: true, Parallel: true}))
	}
	dir := t.TempDir()
	for i, p := range programs {
		s, err := prog.Untwine(p.Lower())
		if err != nil {
			continue
		}
		j := NewJob(s)
		j.Patience = 120_000
		files = append(files, filepath.Join(dir, fmt.Sprintf("%d.job", i)))
		require.NoError(t, os.WriteFile(files[len(files)-1], j.Image(), 0o644))
		steps += len(s.Code.Steps)
	}
	return files, steps
}

// sanitized builds the standalone program and runs it over the jobs.
func sanitized(t *testing.T, jobs []string, more ...string) (string, error) {
	s := sanitizers[*sanitize]
	folder, err := filepath.Abs("../cref/pthreads")
	require.NoError(t, err)
	bin := filepath.Join(t.TempDir(), "standalone")
	args := []string{"-O1", "-g", "-fsanitize=" + *sanitize, "-fno-omit-frame-pointer", "-DNDEBUG", "-DMI_NO_GETENV",
		"-I..", "-I../mimalloc/include", "-ftls-model=initial-exec", "-w", "-pthread", "-o", bin}
	args = append(append(args, s.flags...), more...)
	if *sanitize == "undefined" {
		args = append(args, "-fno-sanitize-recover=undefined")
	}
	build := exec.Command("gcc", append(args, "library.c", "ops.c", "run.c", "stops.c", "standalone/main.c")...)
	build.Dir = folder
	text, err := build.CombinedOutput()
	require.NoError(t, err, "gcc with -fsanitize=%s: %s", *sanitize, text)
	run := exec.Command(bin, jobs...)
	run.Env = append(os.Environ(), s.env)
	if *sanitize == "thread" {
		at, err := filepath.Abs(suppressions)
		require.NoError(t, err)
		run.Env = append(os.Environ(), "TSAN_OPTIONS=history_size=7 suppressions="+at)
	}
	text, err = run.CombinedOutput()
	return string(text), err
}
