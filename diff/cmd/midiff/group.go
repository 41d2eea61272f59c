package main

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// parentVar tells a child which process it belongs to.
const parentVar = "MIDIFF_PARENT"

// childCommand gives a command that runs this program as a child: in a group of its own, so that the
// terminal's signals are for this process alone.
func childCommand(self string, args ...string) *exec.Cmd {
	cmd := exec.Command(self, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Env = append(os.Environ(), parentVar+"="+strconv.Itoa(os.Getpid()))
	return cmd
}

// endWithParent ends a child soon after its parent, even if it hangs in C, and even if the parent was gone
// before it began.
func endWithParent() {
	parent, err := strconv.Atoi(os.Getenv(parentVar))
	if err != nil {
		return // started by hand
	}
	go func() {
		for ; os.Getppid() == parent; time.Sleep(200 * time.Millisecond) {
		}
		os.Exit(exitRig)
	}()
}
