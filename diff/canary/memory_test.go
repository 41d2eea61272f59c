package canary

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/scripts/fuzz/instrument"
)

var (
	worked = flag.Int("executions", 1_000_000, "executions of the worker whose memory is watched")
	each   = flag.Int("each", 10, "a row of memory for each so many lines that the fuzzer writes, one in 3 s")
)

// memoryTable watches a worker of Go's fuzzer, built and started as `make fuzz` does: what is resident, by executions.
func memoryTable(t *testing.T) {
	f := newFuzzer(t)
	kept := filepath.Join(t.TempDir(), "kept")
	cmd := exec.Command(f.bin, instrument.Run(f.target, strconv.Itoa(*worked)+"x", kept, "-test.parallel=1")...)
	cmd.Dir = t.TempDir()
	out, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	fmt.Printf("%s from the corpus, one worker, %d executions\n%10s %8s %8s\n", f.target, *worked, "executions", "MB",
		"at most")
	most, lines := 0, 0
	for scan := bufio.NewScanner(out); scan.Scan(); {
		n := counted.FindStringSubmatch(scan.Text())
		if n == nil {
			continue
		}
		now := residentWorker(cmd.Process.Pid)
		most = max(most, now)
		if lines++; lines%*each == 0 {
			fmt.Printf("%10s %8d %8d\n", n[1], now>>20, most>>20)
			most = 0
		}
	}
	require.NoError(t, cmd.Wait())
}

// residentWorker is how much memory the worker of a fuzzer has resident, in bytes: its one child.
func residentWorker(fuzzer int) int {
	var children []byte
	most := 0
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", fuzzer))
	for _, name := range tasks {
		more, _ := os.ReadFile(name)
		children = append(children, more...)
	}
	for _, child := range strings.Fields(string(children)) {
		stat, err := os.ReadFile("/proc/" + child + "/statm")
		if err != nil {
			continue // it has ended
		}
		pages, _ := strconv.Atoi(strings.Fields(string(stat))[1])
		most = max(most, pages*os.Getpagesize())
	}
	return most
}
