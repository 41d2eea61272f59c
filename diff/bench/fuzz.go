// What an execution of a fuzz target costs. See doc.go for an overview.

package bench

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"midiff/scripts/fuzz/instrument"
)

const (
	fuzzGoal  = 0.5
	fuzzRuns  = 30_000
	fuzzTurns = 3
	targetDir = "midiff/fuzz"
	benchDir  = "midiff/diff/bench"
)

// fuzzed is a program with fuzz targets, and the folder it runs in.
type fuzzed struct{ path, folder string }

// program builds a package's fuzz targets with the arguments given.
func program(scratch, pkg string, args []string) (fuzzed, error) {
	cmd := exec.Command("go", args...)
	cmd.Env = instrument.Env()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fuzzed{}, fmt.Errorf("go test -c %s: %w\n%s", pkg, err, bytes.TrimSpace(out))
	}
	folder, err := exec.Command("go", "list", "-f", "{{.Dir}}", pkg).Output()
	return fuzzed{args[3], string(bytes.TrimSpace(folder))}, err
}

// plain are the arguments that build targets as `go test -fuzz` does, with counters in all there is.
func plain(target, out, pkg string) []string {
	return []string{"test", "-c", "-o", out, "-fuzz=^" + target + "$", pkg}
}

// spent is the processor time of one worker and the coordinator over so many runs.
func (f fuzzed) spent(target string, runs int, env ...string) (time.Duration, error) {
	kept, err := os.MkdirTemp("", "midiff-bench-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(kept)
	cmd := exec.Command(f.path, instrument.Run(target, strconv.Itoa(runs)+"x", kept, "-test.parallel=1")...)
	cmd.Dir, cmd.Env = f.folder, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil && !instrument.EndedLate(out) {
		return 0, fmt.Errorf("%s: %w\n%s", target, err, bytes.TrimSpace(out))
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

// cost is the processor time of an execution in nanoseconds, without what starting takes: the least of some turns.
func (f fuzzed) cost(target string, env ...string) (float64, error) {
	least := 0.0
	for range fuzzTurns {
		one, err := f.spent(target, 1, env...)
		if err != nil {
			return 0, err
		}
		all, err := f.spent(target, fuzzRuns, env...)
		if err != nil {
			return 0, err
		}
		if ns := float64((all - one).Nanoseconds()) / fuzzRuns; least == 0 || ns < least {
			least = ns
		}
	}
	return least, nil
}

// fuzzRates compares the lockstep target with an empty one, and the real one with and without what C covers. cost is
// how much longer an execution takes than one of an empty target with the same counters, in nanoseconds.
func fuzzRates(scratch string) (rows []Row, cost float64, err error) {
	const empty, lock, threads = "FuzzNothing", "FuzzLockstep50", "FuzzThreads"
	at := func(name string) string { return filepath.Join(scratch, name) }
	var ns [5]float64
	for i, m := range []struct {
		target, pkg string
		args        []string
		env         string
	}{
		{empty, benchDir, plain(empty, at("plain"), benchDir), ""},
		{empty, benchDir, instrument.Build(empty, at("bench"), benchDir), ""},
		{lock, benchDir, instrument.Build(lock, at("bench"), benchDir), ""},
		{threads, targetDir, instrument.Build(threads, at("fuzz"), targetDir), "MIDIFF_CCOVER=1"},
		{threads, targetDir, instrument.Build(threads, at("fuzz"), targetDir), "MIDIFF_CCOVER=0"},
	} {
		f, err := program(scratch, m.pkg, m.args)
		if err == nil {
			ns[i], err = f.cost(m.target, m.env)
		}
		if err != nil {
			return nil, 0, err
		}
	}
	return []Row{{
		What:     "fuzzing, 50 operations, sizes to 16 KiB, 1 worker",
		Measured: perSecond(ns[2]),
		Than:     "empty target under go test -fuzz: " + perSecond(ns[0]),
		Ratio:    ns[0] / ns[2],
		Goal:     fmt.Sprintf(">= %.1f", fuzzGoal), Met: ns[0] >= fuzzGoal*ns[2],
		Detail: []string{fmt.Sprintf("an execution takes %.1f us, an empty one %.1f us", ns[2]/1e3, ns[0]/1e3)},
	}, {
		What:     "the same, with an empty target that has the same few counters",
		Measured: perSecond(ns[2]),
		Than:     perSecond(ns[1]),
		Ratio:    ns[1] / ns[2],
	}, {
		What:     "FuzzThreads, guided by C's coverage",
		Measured: perSecond(ns[3]),
		Than:     "MIDIFF_CCOVER=0: " + perSecond(ns[4]),
		Ratio:    ns[4] / ns[3],
	}}, ns[2] - ns[1], nil
}

func perSecond(ns float64) string { return fmt.Sprintf("%.0f exec per CPU second", 1e9/ns) }
