// Running the machine's commands quietly, and what is kept of their words. See doc.go for an
// overview.
package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// commands runs other programs in the project's folder and keeps what they say.
type commands struct {
	root string
	out  io.Writer // for what takes long
	log  bytes.Buffer
}

// run executes one command with nothing on its standard input and its words in the log. When the
// context ends, the command's whole process group is asked to stop, so that no download goes on
// writing into a folder that is being removed; after stopGrace it is killed.
func (c *commands) run(ctx context.Context, folder, name string, args ...string) error {
	const stopGrace = 5 * time.Second
	c.log.WriteString("$ " + name + " " + strings.Join(args, " ") + "\n")
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive")
	cmd.Stdout, cmd.Stderr = &c.log, &c.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = stopGrace
	return cmd.Run()
}

// reason is the first line of the log that one of the prefixes opens, the most telling prefix
// first; without any, the last line.
func (c *commands) reason(prefixes ...string) string {
	lines := strings.Split(strings.TrimSpace(c.log.String()), "\n")
	for _, prefix := range prefixes {
		for _, line := range lines {
			if strings.HasPrefix(line, prefix) {
				return line
			}
		}
	}
	return lines[len(lines)-1]
}

// save writes the log to .build/setup.log, for a failure's reader, and says where that is.
func (c *commands) save() string {
	path := filepath.Join(buildFolder, "setup.log")
	err := os.MkdirAll(filepath.Join(c.root, buildFolder), 0o755)
	if err == nil {
		err = os.WriteFile(filepath.Join(c.root, path), c.log.Bytes(), 0o644)
	}
	if err != nil {
		return "no log: " + err.Error()
	}
	return "log: " + path
}
