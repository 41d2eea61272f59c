package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// terminal gives both ends of a new terminal.
func terminal(t *testing.T) (keyboard, screen *os.File) {
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { keyboard.Close() })
	require.NoError(t, unix.IoctlSetPointerInt(int(keyboard.Fd()), unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(keyboard.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	screen, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { screen.Close() })
	return keyboard, screen
}

// until waits for a text on the screen and gives what was there; "" stands for the end.
func until(t *testing.T, seen <-chan string, want string) (all string) {
	deadline := time.After(time.Minute)
	for {
		select {
		case text := <-seen:
			if all += text; strings.Contains(all, want) {
				return all
			}
		case <-deadline:
			require.Fail(t, "not seen", "%q in %q", want, all)
		}
	}
}

// TestCtrlC: on a terminal shrink shows how far it is, and Ctrl-C ends it with the best so far. The program
// takes a while: every candidate touches 16 MiB.
func TestCtrlC(t *testing.T) {
	keyboard, screen := terminal(t)
	out := filepath.Join(t.TempDir(), "small.midiff")
	cmd := exec.Command(binary, "shrink", "-without", "destroy-reclaimed",
		"corpus/known/destroy-reclaimed.midiff", "-o", out)
	var said strings.Builder
	cmd.Dir, cmd.Stdin, cmd.Stderr, cmd.Stdout = root, screen, screen, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	require.NoError(t, cmd.Start())

	seen := make(chan string)
	go func() {
		for buffer := make([]byte, 4096); ; {
			n, err := keyboard.Read(buffer)
			if err != nil {
				return
			}
			seen <- string(buffer[:n])
		}
	}()
	shown := until(t, seen, " operations left, ")
	require.Contains(t, until(t, seen, " candidates, ")+shown, "operations left")
	_, err := keyboard.WriteString("\x03")
	require.NoError(t, err)
	ended := make(chan error)
	go func() { ended <- cmd.Wait() }()
	for over := false; !over; {
		select {
		case <-seen:
		case err = <-ended:
			over = true
		}
	}
	require.Equal(t, 1, cmd.ProcessState.ExitCode(), "%v: %s", err, said.String())
	require.Contains(t, said.String(), "stopped before it was done")
	require.Contains(t, said.String(), "confirmed in 3 of 3 new processes")
	_, _, code := midiff(t, "run", "-without", "destroy-reclaimed", out)
	require.Equal(t, 1, code)
}
