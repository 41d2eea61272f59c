package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"

	"midiff/cref"
	"midiff/diff/bench"
	"midiff/goalloc"
)

// runCanary runs the planted faults, which only test builds have.
func runCanary(c *command, args []string) int {
	if _, err := c.parse(flag.NewFlagSet("canary", flag.ContinueOnError), args); err != nil {
		return exitInput
	}
	cmd := exec.Command("go", "test", "-count=1", "-v", "-run", "^TestCanary$", "midiff/diff/canary")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return exitDiverge
	case err != nil:
		return fail(fmt.Errorf("canary needs the go command and midiff's source tree: %w", err))
	}
	return exitAgree
}

// runBench measures and prints the table.
func runBench(c *command, args []string) int {
	if _, err := c.parse(flag.NewFlagSet("bench", flag.ContinueOnError), args); err != nil {
		return exitInput
	}
	rows, err := bench.Run()
	if err != nil {
		return fail(err)
	}
	if err := bench.Print(os.Stdout, rows); err != nil {
		return fail(err)
	}
	return exitAgree
}

// runVersion prints what is compared with what.
func runVersion(c *command, args []string) int {
	if _, err := c.parse(flag.NewFlagSet("version", flag.ContinueOnError), args); err != nil {
		return exitInput
	}
	version, sha := cref.Source()
	fmt.Printf("program format  1\nreference       mimalloc %s, source %s\n", version, sha)
	fmt.Printf("goalloc         profile %s, quirks %v\n", goalloc.Profile20().Name, goalloc.QuirkNames())
	fmt.Printf("built with      %s\n", runtime.Version())
	return exitAgree
}
