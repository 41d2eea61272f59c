package canary

import (
	"archive/zip"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var libFuzzer = flag.Bool("libfuzzer", false, "build the fuzz targets for libFuzzer and run them: make oss-fuzz")

// libFuzzerFolder is where the binaries are built, from the project's folder.
const libFuzzerFolder = ".build/oss-fuzz"

// libFuzzerTargets are those that build.sh builds.
var libFuzzerTargets = []string{"FuzzLockstep", "FuzzThreads", "FuzzHeaps", "FuzzAligned", "FuzzText"}

// Flags as OSS-Fuzz's images set them, and their options of AddressSanitizer.
const (
	commonFlags   = "-O1 -fno-omit-frame-pointer -gline-tables-only -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION"
	addressFlags  = commonFlags + " -fsanitize=address -fsanitize-address-use-after-scope -fsanitize=fuzzer-no-link"
	coverageFlags = commonFlags + " -fprofile-instr-generate -fcoverage-mapping -pthread -Wl,--no-as-needed -Wl,-ldl" +
		" -Wl,-lm -Wno-unused-command-line-argument"
	addressOptions = "alloc_dealloc_mismatch=0:allocator_may_return_null=1:allocator_release_to_os_interval_ms=500:" +
		"check_malloc_usable_size=0:detect_container_overflow=1:detect_odr_violation=0:detect_leaks=1:" +
		"detect_stack_use_after_return=1:fast_unwind_on_fatal=0:handle_abort=1:handle_segv=1:handle_sigill=1:" +
		"max_uar_stack_size_log=16:print_scariness=1:quarantine_size_mb=10:strict_memcmp=1:symbolize=1:" +
		"use_sigaltstack=1:dedup_token_length=3"
)

// engine runs the binaries of one build.
type engine struct {
	root, out string
	env       []string
}

// TestLibFuzzer runs build.sh as OSS-Fuzz and ClusterFuzzLite do, but for their images, and the binaries as they do:
// every target from its seeds, merging and forking; with faults planted on either side, each of which must be found
// and its input fail again; and for coverage.
func TestLibFuzzer(t *testing.T) {
	if !*libFuzzer {
		t.Skip("runs with -libfuzzer only: make oss-fuzz")
	}
	e := built(t, "address", addressFlags, "")
	for _, target := range libFuzzerTargets {
		t.Run(target, func(t *testing.T) { e.works(t, target) })
	}
	t.Run("planted", plantedInLibFuzzer)
	t.Run("coverage", coverageOfLibFuzzer)
}

// clang is a tool of clang's, of the version that CLANG names.
func clang(tool string) string {
	_, version, _ := strings.Cut(os.Getenv("CLANG"), "clang")
	return tool + version
}

// built runs build.sh.
func built(t *testing.T, sanitizer, flags, overlay string) *engine {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	name := sanitizer
	e := &engine{root: root}
	vars := []string{"SANITIZER=" + sanitizer, "CFLAGS=" + flags, "CXXFLAGS=" + flags, "CC=" + clang("clang"),
		"CXX=" + clang("clang++"), "LIB_FUZZING_ENGINE=-fsanitize=fuzzer", "FUZZING_ENGINE=libfuzzer",
		"FUZZING_LANGUAGE=go", "ARCHITECTURE=x86_64"}
	if overlay != "" {
		name, vars = "planted", append(vars, "GOFLAGS=-overlay="+overlay)
	}
	folder := filepath.Join(root, libFuzzerFolder, name)
	require.NoError(t, os.RemoveAll(folder))
	e.out = filepath.Join(folder, "out")
	src := filepath.Join(folder, "src")
	require.NoError(t, os.MkdirAll(src, 0o755))
	require.NoError(t, os.Symlink(root, filepath.Join(src, "midiff")))
	cmd := exec.Command("bash", "-eu", filepath.Join(root, ".clusterfuzzlite", "build.sh"))
	cmd.Env = append(os.Environ(), append(vars, "SRC="+src, "OUT="+e.out, "WORK="+filepath.Join(folder, "work"))...)
	text, err := cmd.CombinedOutput()
	require.NoError(t, err, "build.sh: %s", text)
	e.env = append(os.Environ(), "ASAN_OPTIONS="+addressOptions+":detect_leaks=0") // the .options file's, last
	return e
}

// folder makes an empty folder of the build's.
func (e *engine) folder(t *testing.T, name string) string {
	path := filepath.Join(filepath.Dir(e.out), name)
	require.NoError(t, os.RemoveAll(path))
	require.NoError(t, os.MkdirAll(path, 0o755))
	return path
}

// corpus unpacks a target's seeds.
func (e *engine) corpus(t *testing.T, target string) string {
	folder := e.folder(t, "corpus-"+target)
	z, err := zip.OpenReader(filepath.Join(e.out, target+"_seed_corpus.zip"))
	require.NoError(t, err)
	defer z.Close()
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		data, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, f.Name), data, 0o644))
	}
	return folder
}

// run runs a binary with the flags of OSS-Fuzz's runner and more.
func (e *engine) run(t *testing.T, bin string, args ...string) (log string, code int) {
	cmd := exec.Command(filepath.Join(e.out, bin), append([]string{"-rss_limit_mb=2560", "-timeout=25", "-detect_leaks=0"}, args...)...)
	cmd.Dir, cmd.Env = e.folder(t, "run"), e.env
	text, err := cmd.CombinedOutput()
	if err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

var (
	modules   = regexp.MustCompile(`INFO: Loaded 2 modules +\((\d+) inline 8-bit counters\): (\d+) .*, (\d+) .*`)
	ran       = regexp.MustCompile(`(?m)^Done \d+ runs in \d+ second\(s\)$`)
	merged    = regexp.MustCompile(`(?m)^MERGE-OUTER: \d+ new files with \d+ new features added; (\d+) new coverage edges$`)
	forked    = regexp.MustCompile(`(?m)^#\d+: cov: .*oom/timeout/crash: 0/0/0.*$`)
	artifact  = regexp.MustCompile(`Test unit written to (\S*/(crash-[0-9a-f]{40}))`)
	panicked  = regexp.MustCompile(`(?m)^panic: midiff: (.*)$`)
	asanSays  = regexp.MustCompile(`(?m)^==\d+==ERROR: AddressSanitizer: global-buffer-overflow .*$`)
	goLines   = regexp.MustCompile(`coverage: ([0-9.]+)% of statements`)
	cTotal    = regexp.MustCompile(`(?m)^TOTAL .*$`)
	inputsRun = regexp.MustCompile(`\d+ inputs`)
)

// find gives what a log must hold.
func find(t *testing.T, log string, what *regexp.Regexp) []string {
	found := what.FindStringSubmatch(log)
	require.NotNil(t, found, "%s in: %s", what, log)
	return found
}

// works runs a target in the ways in which it is run elsewhere.
func (e *engine) works(t *testing.T, target string) {
	corpus := e.corpus(t, target)
	log, code := e.run(t, target, "-seed=1", "-runs=2000", corpus)
	require.Zero(t, code, log)
	counters := find(t, log, modules)
	for _, n := range counters[2:] {
		count, err := strconv.Atoi(n)
		require.NoError(t, err)
		require.Greater(t, count, 400, counters[0])
	}
	fmt.Printf("%s: %s counters of C, %s of Go\n", target, counters[2], counters[3])
	fmt.Printf("%s: %s\n", target, find(t, log, ran)[0])
	require.Equal(t, target != "FuzzText", strings.Contains(log, "found LLVMFuzzerCustomMutator"))

	small := e.folder(t, "merged-"+target)
	log, code = e.run(t, target, "-merge=1", small, corpus)
	require.Zero(t, code, log)
	found := find(t, log, merged)
	require.NotEqual(t, "0", found[1], log)
	fmt.Printf("%s: %s\n", target, found[0])

	log, code = e.run(t, target, "-fork=2", "-max_total_time=5", small)
	require.Zero(t, code, log)
	fmt.Printf("%s: -fork=2: %s\n", target, find(t, log, forked)[0])
}

// plantedInLibFuzzer has FuzzThreads find a fault of goalloc, which midiff must replay from the file that libFuzzer
// leaves, and a fault of memory in C, which AddressSanitizer must report.
func plantedInLibFuzzer(t *testing.T) {
	const target = "FuzzThreads"
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	faults := append(readFaults(t, "testdata/faults.txt"), readFaults(t, "testdata/libfuzzer.txt")...)
	file := overlay(t, root, t.TempDir(), faults)
	e := built(t, "address", addressFlags, file)
	plain := e.env
	crash := func(fault string, says *regexp.Regexp) (said, crash string) {
		e.env = append(plain, plantedVar+"="+fault)
		found := e.folder(t, target)
		log, code := e.run(t, target, "-seed=1", "-runs=200000", "-artifact_prefix="+found+"/", e.folder(t, "empty"))
		require.NotZero(t, code, log)
		said, crash = find(t, log, says)[0], find(t, log, artifact)[1]
		fmt.Printf("planted %s: %s\nplanted %s: %s\n", fault, said, fault, find(t, log, artifact)[2])
		again, code := e.run(t, target, crash)
		require.NotZero(t, code, again)
		require.Regexp(t, says, again)
		e.env = plain
		log, code = e.run(t, target, crash)
		require.Zero(t, code, log)
		return said, crash
	}
	crash("past-the-end", asanSays)
	said, input := crash("wrong-bin-edge", panicked)

	bin := filepath.Join(t.TempDir(), "midiff")
	build := exec.Command("go", "build", "-overlay", file, "-o", bin, "./diff/cmd/midiff")
	build.Dir = root
	text, err := build.CombinedOutput()
	require.NoError(t, err, "%s", text)
	replay := func(fault string) (string, int) {
		cmd := exec.Command(bin, "run", input)
		cmd.Env = append(os.Environ(), plantedVar+"="+fault)
		text, _ := cmd.CombinedOutput() // its exit code says more
		return string(text), cmd.ProcessState.ExitCode()
	}
	report, code := replay("wrong-bin-edge")
	require.Equal(t, 1, code, report)
	_, title, _ := strings.Cut(said, "panic: midiff: ")
	require.Contains(t, report, "signature "+title)
	fmt.Printf("planted wrong-bin-edge: midiff run %s: signature %s\n", filepath.Base(input), title)
	report, code = replay("")
	require.Zero(t, code, report)
}

// coverageOfLibFuzzer measures what the seeds cover, of C and of Go, as OSS-Fuzz's coverage job runs the targets.
func coverageOfLibFuzzer(t *testing.T) {
	e := built(t, "coverage", coverageFlags, "")
	for _, target := range []string{"FuzzThreads", "FuzzText"} {
		corpus, folder := e.corpus(t, target), e.folder(t, "profiles")
		e.env = append(os.Environ(), "LLVM_PROFILE_FILE="+filepath.Join(folder, "c.profraw"))
		log, code := e.run(t, "c/"+target, "-runs=0", corpus)
		require.Zero(t, code, log)
		total := e.linesOfC(t, target, folder)

		cmd := exec.Command(filepath.Join(e.out, target), "-test.v", "-test.run=^TestFolder/"+target+"$",
			"-test.coverprofile="+filepath.Join(folder, "go.profile"))
		cmd.Dir, cmd.Env = e.out, append(os.Environ(), "FUZZ_CORPUS_DIR="+corpus+"/")
		text, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", text)
		fmt.Printf("%s: Go, %s: %s\n%s: C, mimalloc/src: %s\n", target, find(t, string(text), inputsRun)[0],
			find(t, string(text), goLines)[0], target, total)
	}
}

// linesOfC gives the line of totals of what a binary's profile says of the reference's source.
func (e *engine) linesOfC(t *testing.T, target, folder string) string {
	data := filepath.Join(folder, "c.profdata")
	text, err := exec.Command(clang("llvm-profdata"), "merge", "-sparse", filepath.Join(folder, "c.profraw"), "-o", data).CombinedOutput()
	require.NoError(t, err, "%s", text)
	text, err = exec.Command(clang("llvm-cov"), "report", "-instr-profile="+data, filepath.Join(e.out, "c", target),
		filepath.Join(e.root, "cref", "mimalloc", "src")).CombinedOutput()
	require.NoError(t, err, "%s", text)
	return strings.Join(strings.Fields(find(t, string(text), cTotal)[0]), " ")
}
