// What a process that fuzzes has resident, after a while and after four times as long. See doc.go for an overview.

package bench

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

const (
	memoryTest = "TestMemoryIsFlat"
	memoryRuns = 20_000 // executions, the first ones; the test knows of these
	memoryGoal = 1.25   // what differs is what the inputs happen to touch; a leak grows with executions
)

// peak is what the test says of a part of its executions.
var peak = regexp.MustCompile(`at most (\d+) MB`)

// residents compares the memory of a process at most in its first executions with that at most up to four times as many.
func residents(scratch string) ([]Row, error) {
	f, err := program(scratch, targetDir, []string{"test", "-c", "-o", filepath.Join(scratch, "memory"), targetDir})
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(f.path, "-test.v", "-test.run=^"+memoryTest+"$", "-executions="+strconv.Itoa(3*memoryRuns))
	cmd.Dir = f.folder
	out, err := cmd.CombinedOutput() // it fails where memory grows, which the row tells
	row, ok := grown(out)
	if !ok {
		return nil, fmt.Errorf("%s: %w\n%s", memoryTest, err, bytes.TrimSpace(out))
	}
	return []Row{row}, nil
}

// grown makes a row of what the test says; false if it says nothing.
func grown(out []byte) (row Row, ok bool) {
	var mb []float64
	for _, part := range peak.FindAllSubmatch(out, -1) {
		n, err := strconv.ParseFloat(string(part[1]), 64)
		if err != nil {
			return row, false
		}
		mb = append(mb, n)
	}
	if len(mb) < 2 {
		return row, false
	}
	first, most := mb[0], slices.Max(mb[1:])
	return Row{
		What:     "memory of a process that fuzzes, FuzzThreads",
		Measured: fmt.Sprintf("%.0f MB at most up to %d executions", most, 4*memoryRuns),
		Than:     fmt.Sprintf("in the first %d: %.0f MB", memoryRuns, first),
		Ratio:    most / first,
		Goal:     fmt.Sprintf("<= %.2f", memoryGoal), Met: most <= memoryGoal*first,
	}, true
}
