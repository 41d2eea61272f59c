// Executions per second under go test -fuzz. See doc.go for an overview.

package bench

import (
	"bytes"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"

	"midiff/scripts/fuzz/instrument"
)

const (
	fuzzGoal = 0.5
	fuzzTime = "8s"
	fuzzTurn = 3
)

var progress = regexp.MustCompile(`elapsed: (\d+)s, execs: (\d+)`)

// fuzzRate runs a target of this package with one worker and gives its executions per second, from the
// first progress line on, so that compiling and the seeds do not count.
func fuzzRate(target string) (float64, error) {
	args := append([]string{"test", "-run", "^$", "-fuzz", "^" + target + "$", "-fuzztime", fuzzTime,
		"-parallel", "1"}, instrument.Flags(target)...)
	cmd := exec.Command("go", append(args, "midiff/diff/bench")...)
	out, err := cmd.CombinedOutput()
	if err != nil && !instrument.EndedLate(out) {
		return 0, fmt.Errorf("go test -fuzz %s: %w\n%s", target, err, bytes.TrimSpace(out))
	}
	type point struct{ s, execs int }
	var points []point
	for _, m := range progress.FindAllSubmatch(out, -1) {
		s, _ := strconv.Atoi(string(m[1]))
		n, _ := strconv.Atoi(string(m[2]))
		if n > 0 {
			points = append(points, point{s, n})
		}
	}
	if len(points) < 2 || points[len(points)-1].s == points[0].s {
		return 0, fmt.Errorf("go test -fuzz %s printed no progress:\n%s", target, out)
	}
	a, b := points[0], points[len(points)-1]
	return float64(b.execs-a.execs) / float64(b.s-a.s), nil
}

// fuzzRates compares the lockstep target with the empty one, in turns. cost is how much longer an
// execution takes, in nanoseconds.
func fuzzRates() (row Row, cost float64, err error) {
	var lock, none float64
	for i := 0; i < fuzzTurn; i++ {
		n, err := fuzzRate("FuzzNothing")
		if err != nil {
			return Row{}, 0, err
		}
		l, err := fuzzRate("FuzzLockstep50")
		if err != nil {
			return Row{}, 0, err
		}
		lock, none = max(lock, l), max(none, n)
	}
	return Row{
		What:     "fuzzing, 50 operations, sizes to 16 KiB, 1 worker",
		Measured: fmt.Sprintf("%.0f exec/s", lock),
		Than:     fmt.Sprintf("empty target: %.0f exec/s", none),
		Ratio:    lock / none,
		Goal:     fmt.Sprintf(">= %.1f", fuzzGoal), Met: lock >= fuzzGoal*none,
		Detail: []string{
			fmt.Sprintf("an execution takes %.1f us, an empty one %.1f us", 1e6/lock, 1e6/none),
		},
	}, 1e9/lock - 1e9/none, nil
}
