// What workers left that died in the middle of an input. See doc.go for an overview.
package main

import (
	"errors"
	"fmt"
	"io"
	"os/exec"

	"midiff/diff/journal"
)

// failures is where the targets keep what failed, and journals where they keep what they run.
const (
	failures = "fuzz/failures"
	journals = failures + "/journals"
)

var errLeft = errors.New("an input is left")

// recoverLeft has midiff look at what workers were running when they died, if there is any, and returns its
// exit code. Most were only ended with the session; Go keeps no input of a worker that was killed.
func recoverLeft(out io.Writer) int {
	err := journal.Left(journals, func(*journal.Entry) error { return errLeft })
	if err == nil {
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
