package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// runCanary runs the planted faults, which only test builds have.
func runCanary(c *command, args []string) int {
	fs := flag.NewFlagSet("canary", flag.ContinueOnError)
	shrunk := fs.Bool("shrink", false, "instead: reduce a program in which each fault was found")
	if files, err := c.parse(fs, args); err != nil || len(files) > 0 {
		return exitInput
	}
	test := []string{"test", "-count=1", "-v", "-timeout=60m", "-run", "^TestCanary$", "midiff/diff/canary"}
	if *shrunk {
		test[5] = "^(TestShrunk|TestDeathsShrunk)$"
		test = append(test, "-args", "-every")
	}
	cmd := exec.Command("go", test...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return fail(fmt.Errorf("canary needs the go command and midiff's source tree: %w", err))
	}
	tables(os.Stdout, out)
	var exit *exec.ExitError
	switch err := cmd.Wait(); {
	case errors.As(err, &exit):
		return exitDiverge
	case err != nil:
		return fail(err)
	}
	return exitAgree
}

// tables copies what a test prints, without what go test says of tests that go well.
func tables(w io.Writer, r io.Reader) {
	for lines := bufio.NewScanner(r); lines.Scan(); {
		line := lines.Text()
		begin := strings.TrimSpace(line)
		if !strings.HasPrefix(begin, "=== RUN ") && !strings.HasPrefix(begin, "--- PASS: ") {
			fmt.Fprintln(w, line)
		}
	}
}
