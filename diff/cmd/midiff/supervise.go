package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"midiff/diff"
	"midiff/diff/soak"
)

// recoverPatience is how long a program may go without progress in a recovery.
const recoverPatience = 5 * time.Second

// soakConfig says how soaks and recoveries run this program's children.
func soakConfig(w soak.Work) (soak.Config, error) {
	self, err := os.Executable()
	if err != nil {
		return soak.Config{}, err
	}
	command := func(args ...string) *exec.Cmd { return childCommand(self, args...) }
	return soak.Config{
		Work: w, Jobs: 1, Command: command, Patience: recoverPatience, Decode: decodeInput,
		Serve: func(mode string, without []string) *exec.Cmd {
			return command("serve", "-mode", mode, "-without", strings.Join(without, ","), "-ref", w.Ref)
		},
		New: printReport,
	}, nil
}

// supervise runs a soak, or a recovery, and prints what it came to.
func supervise(c soak.Config, run func(context.Context, soak.Config) *soak.Summary, st *status, asJSON bool) int {
	sum := watch(c, run, st)
	if asJSON {
		if err := json.NewEncoder(os.Stdout).Encode(sum); err != nil {
			return fail(err)
		}
		return sum.ExitCode()
	}
	printSummary(os.Stdout, sum)
	return sum.ExitCode()
}

// watch runs a soak, or a recovery, until Ctrl-C ends it.
func watch(c soak.Config, run func(context.Context, soak.Config) *soak.Summary, st *status) *soak.Summary {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c.Progress = st.show
	sum := run(ctx, c)
	st.end()
	return sum
}

// printReport prints the report about the first failure of a group.
func printReport(folder string) {
	text, err := os.ReadFile(filepath.Join(folder, "report.txt"))
	if err != nil {
		text = []byte(err.Error() + "\n")
	}
	fmt.Fprintf(os.Stderr, "%s\n", text)
}

// tell says how a reduction is getting on.
func tell(line string) { fmt.Fprintln(os.Stderr, "midiff:", line) }

// runWork is the child of a soak.
func runWork(c *command, args []string) int {
	if len(args) != 1 {
		fmt.Fprintln(os.Stderr, "usage: midiff "+c.usage)
		return exitRig
	}
	w, err := soak.ParseWork(args[0])
	if err != nil {
		return fail(err)
	}
	endWithParent()
	if err := w.Run(os.Stdout); err != nil {
		return fail(err)
	}
	return exitAgree
}

// runRecover looks after what soaks and fuzz sessions that were killed left in a folder of failures.
func runRecover(c *command, args []string) int {
	fs := flag.NewFlagSet("recover", flag.ContinueOnError)
	asJSON := fs.Bool("json", false, "print the figures for a machine")
	folders, err := c.parse(fs, args)
	if err != nil {
		return exitInput
	}
	if len(folders) == 0 {
		folders = []string{failures}
	}
	code := exitAgree
	for _, folder := range folders {
		if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
			fmt.Fprintf(os.Stderr, "midiff: %s: no such folder: name one that soaks or fuzz sessions keep failures in\n", folder)
			return exitInput
		}
		config, err := soakConfig(soak.Work{Folder: folder, Shown: folder, State: 1,
			Origin: diff.Origin{By: "recover"}})
		if err != nil {
			return fail(err)
		}
		config.Tell = tell
		code = max(code, supervise(config, soak.Recover, newStatus(nil), *asJSON))
	}
	return code
}
