package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// rowsVar names the file in which the tests leave the rows of their tables for -json.
const rowsVar = "MIDIFF_CANARY_ROWS"

// runCanary runs the planted faults, which only test builds have.
func runCanary(c *command, args []string) int {
	fs := flag.NewFlagSet("canary", flag.ContinueOnError)
	shrunk := fs.Bool("shrink", false, "instead: reduce a program in which each fault was found")
	asJSON := fs.Bool("json", false, "print the tables for a machine")
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
	if *asJSON {
		return canaryJSON(cmd)
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err == nil {
		tables(os.Stdout, out)
		err = cmd.Wait()
	}
	return canaryCode(err)
}

// canaryCode gives the exit code for how the tests ended.
func canaryCode(err error) int {
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return exitDiverge
	case err != nil:
		return fail(fmt.Errorf("canary needs the go command and midiff's source tree: %w", err))
	}
	return exitAgree
}

// canariesJSON is what all tables say.
type canariesJSON struct {
	Passed bool              `json:"passed"`
	Rows   []json.RawMessage `json:"rows"`
}

// canaryJSON runs the tests and prints the rows of all tables as one object. What the tests say goes to standard
// error if they fail.
func canaryJSON(cmd *exec.Cmd) int {
	dir, err := os.MkdirTemp("", "midiff-")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "rows")
	var said bytes.Buffer
	cmd.Env = append(os.Environ(), rowsVar+"="+name)
	cmd.Stdout = &said
	ended := cmd.Run()
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fail(err)
	}
	all := canariesJSON{Passed: ended == nil, Rows: []json.RawMessage{}}
	for line := range bytes.Lines(text) {
		all.Rows = append(all.Rows, bytes.TrimSpace(line))
	}
	if ended != nil {
		os.Stderr.Write(said.Bytes())
	}
	if err := json.NewEncoder(os.Stdout).Encode(all); err != nil {
		return fail(err)
	}
	return canaryCode(ended)
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
