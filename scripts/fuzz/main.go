// Running the turns. See doc.go for an overview.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"midiff/scripts/fuzz/instrument"
)

func main() {
	fuzztime := flag.String("time", "60s", "the whole session's `time`, or runs of each target (1000x)")
	flag.Parse()
	turns, err := plan(*fuzztime, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "fuzz:", err)
		os.Exit(2)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	os.Exit(session(turns, signals, os.Stdout))
}

// session runs the turns and returns the exit code.
func session(turns []turn, signals <-chan os.Signal, out io.Writer) int {
	if code := recoverLeft(out); code != 0 {
		return code
	}
	for _, t := range turns {
		fmt.Fprintf(out, "== %s for %s\n", t.name, t.fuzztime)
		interrupted, err := t.run(signals, out)
		left := recoverLeft(out)
		var exit *exec.ExitError
		switch {
		case interrupted:
			fmt.Fprintf(out, "fuzz: interrupted in %s\n", t.name)
			return 3
		case errors.As(err, &exit):
			return max(1, exit.ExitCode())
		case err != nil:
			fmt.Fprintf(out, "fuzz: cannot run %s: %v\n", t.name, err)
			return 3
		case left != 0:
			return left
		}
	}
	return 0
}

// folder is where the targets are: what fails is kept below it. Programs are built into builds.
const (
	folder = "fuzz"
	builds = ".build"
)

// build makes the program with the target, and names it and the folder where Go keeps the inputs that its runs find.
func (t turn) build(out io.Writer) (bin, kept string, err error) {
	if bin, err = filepath.Abs(filepath.Join(builds, t.name+".test")); err != nil {
		return "", "", err
	}
	cmd := exec.Command("go", instrument.Build(t.name, bin, "./"+folder)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = instrument.Env(), out, out
	if err := cmd.Run(); err != nil {
		return "", "", err
	}
	cache, err := exec.Command("go", "env", "GOCACHE").Output()
	return bin, filepath.Join(strings.TrimSpace(string(cache)), "fuzz", "midiff", folder), err
}

// run gives one target its turn. A signal is passed on to the whole process group, once, as the
// interrupt that makes a fuzz run end in order.
func (t turn) run(signals <-chan os.Signal, out io.Writer) (interrupted bool, err error) {
	bin, kept, err := t.build(out)
	if err != nil {
		return false, err
	}
	cmd := exec.Command(bin, instrument.Run(t.name, t.fuzztime, kept)...)
	cmd.Dir = folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	read, write := io.Pipe()
	var said bytes.Buffer
	cmd.Stdout = io.MultiWriter(write, &said)
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		return false, err
	}
	copied, ended := make(chan error, 1), make(chan error, 1)
	go func() { copied <- label(t.name, read, out) }()
	go func() {
		err := cmd.Wait()
		write.Close()
		ended <- err
	}()
	for {
		select {
		case <-signals:
			interrupted = true
			if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); err != nil {
				return true, err
			}
		case err := <-ended:
			copyErr := <-copied
			if err != nil && instrument.EndedLate(said.Bytes()) {
				fmt.Fprintf(out, "%s fuzz: no input failed: Go reports the end of the time as a failure\n",
					t.name)
				err = nil
			}
			return interrupted, errors.Join(err, copyErr)
		}
	}
}

// label copies lines and puts name before those that only tell of progress.
func label(name string, in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if strings.HasPrefix(line, "fuzz: ") {
			line = name + " " + line
		}
		if _, err := io.WriteString(out, line); err != nil {
			return err
		}
		if err != nil {
			return ignoreEnd(err)
		}
	}
}

func ignoreEnd(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}
