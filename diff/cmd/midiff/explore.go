package main

import (
	"errors"
	"os"
	"os/exec"

	"midiff/diff/explore"
)

// runExplore is explore and replay: a binary of their own, with goalloc built for them, has all of it.
func runExplore(c *command, args []string) int {
	root, err := explore.Root()
	if err != nil {
		return fail(err)
	}
	binary, err := explore.Build(root)
	if err != nil {
		return fail(err)
	}
	cmd := exec.Command(binary, append([]string{c.name}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	// Threads are coroutines there: a signal that stops one to let others run is in vain.
	cmd.Env = append(os.Environ(), "GODEBUG=asyncpreemptoff=1")
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return exitAgree
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		return exit.ExitCode()
	}
	return fail(err)
}
