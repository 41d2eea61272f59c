// What workers left that died in the middle of an input. See doc.go for an overview.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"midiff/diff/journal"
)

// failures is where the targets keep what failed, and journals where they keep what they run.
const (
	failures = "fuzz/failures"
	journals = failures + "/journals"
)

// parallelJournals is where FuzzParallel does.
const parallelJournals = journals + "/parallel"

var errLeft = errors.New("an input is left")

// recoverLeft has midiff look at what workers were running when they died, and at failures that nobody has looked
// at, which it makes smaller, if there is any, and returns its exit code. Most workers were only ended with the
// session; Go keeps no input of one that was killed.
func recoverLeft(out io.Writer) int {
	look := func(*journal.Entry) error { return errLeft }
	err := errors.Join(journal.Left(journals, look), journal.Left(parallelJournals, look))
	if err == nil && !unseen() {
		return 0
	}
	cmd := exec.Command("go", "run", "./diff/cmd/midiff", "recover", failures)
	cmd.Stdout, cmd.Stderr = out, out
	if err = cmd.Run(); err == nil {
		return 0
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return max(1, exit.ExitCode())
	}
	fmt.Fprintf(out, "fuzz: cannot look at what is left in %s: %v\n", journals, err)
	return 3
}

// unseen tells whether there is a failure that midiff has not looked at: it leaves a file when it has.
func unseen() bool {
	kept, _ := filepath.Glob(failures + "/*/verdict.json") // the pattern is none that could be wrong
	for _, verdict := range kept {
		if _, err := os.Stat(filepath.Join(filepath.Dir(verdict), "reduced.json")); err != nil {
			return true
		}
	}
	return false
}
