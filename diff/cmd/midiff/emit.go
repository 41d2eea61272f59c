package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"midiff/diff"
	"midiff/diff/emit"
	"midiff/diff/prog"
)

// emitFlags are the flags of emit and of gather, its child.
type emitFlags struct {
	lang, without, ref string
	in                 emit.Input
}

// parse reads them and the program. A code other than exitAgree ends the command.
func (f *emitFlags) parse(c *command, args []string) int {
	fs := flag.NewFlagSet("emit", flag.ContinueOnError)
	fs.StringVar(&f.lang, "lang", "c", "what to write: c, or go for a test of goalloc")
	fs.StringVar(&f.without, "without", "", "quirks to switch off in goalloc, with commas between")
	fs.StringVar(&f.ref, "ref", "", refUsage)
	files, err := c.parse(fs, args)
	if err != nil {
		return exitInput
	}
	problem := unknownQuirk(f.without)
	switch {
	case refProblem(f.ref) != "":
		problem = errors.New(refProblem(f.ref))
	case f.lang != "c" && f.lang != "go":
		problem = fmt.Errorf("unknown language %q: expected c or go", f.lang)
	case len(files) != 1:
		problem = errors.New("emit takes one file: emit -lang c FILE")
	case f.ref != "" && problem == nil:
		_, problem = os.Stat(strings.TrimPrefix(f.ref, diff.SharedPrefix))
	}
	if problem != nil {
		fmt.Fprintln(os.Stderr, "midiff:", problem)
		return exitInput
	}
	p, err := readProgram(files[0])
	switch {
	case err == nil && prog.IsLater(p.Profile) && f.lang == "go":
		err = fmt.Errorf("midiff: %s: a Go test is for the profiles %s; this one is for %s", files[0],
			strings.Join(prog.Profiles, ", "), p.Profile)
	case err == nil && prog.IsLater(p.Profile) && f.ref == "":
		err = fmt.Errorf("midiff: %s: there is no source of mimalloc %s here: name a library with -ref so:PATH", files[0], p.Profile)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitInput
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		return fail(err)
	}
	f.in = emit.Input{Name: files[0], About: emit.About(text), Program: p, Without: list(f.without)}
	return exitAgree
}

// emitPatience is how long the run of a program that is emitted may take.
const emitPatience = 20 * time.Second

// runEmit writes a program as a C file or a Go test. It runs in a child, since the reference may not survive.
func runEmit(c *command, args []string) int {
	var f emitFlags
	if code := f.parse(c, args); code != exitAgree {
		return code
	}
	self, err := os.Executable()
	if err != nil {
		return fail(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), emitPatience)
	defer cancel()
	var out, said bytes.Buffer
	cmd := exec.CommandContext(ctx, self, "gather", "-lang", f.lang, "-without", f.without, "-ref", f.ref, f.in.Name)
	cmd.Stdout, cmd.Stderr = &out, &said
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		_, err = os.Stdout.Write(out.Bytes())
	case ctx.Err() != nil:
		f.in.Died = "does not come to an end"
		err = f.write(nil)
	case !errors.As(err, &exit):
	case exit.ExitCode() == exitRig:
		fmt.Fprint(os.Stderr, said.String())
		return exitRig
	default:
		f.in.Died = "crashes (" + lastWords(said.String(), exit.String()) + ")"
		err = f.write(nil)
	}
	if err != nil {
		return fail(err)
	}
	return exitAgree
}

// lastWords gives the line in which Go says what ended a process, or its state.
func lastWords(said, state string) string {
	for line := range strings.Lines(said) {
		if strings.HasPrefix(line, "SIG") || strings.HasPrefix(line, "fatal error: ") || strings.HasPrefix(line, "panic: ") {
			return strings.TrimSpace(line)
		}
	}
	return state
}

// runGather is the child of emit: it runs the program on the reference.
func runGather(c *command, args []string) int {
	var f emitFlags
	if code := f.parse(c, args); code != exitAgree {
		return exitRig // the parent has seen that they are good
	}
	s, err := newSession(f.ref, f.without)
	if err != nil {
		return fail(err)
	}
	defer s.Close()
	if err := f.write(s); err != nil {
		return fail(err)
	}
	return exitAgree
}

// write emits the program. lock is not needed when the reference has died.
func (f *emitFlags) write(lock *diff.Session) error {
	fixed, err := diff.NewFixed()
	if err != nil {
		return err
	}
	defer fixed.Close()
	c, err := emit.Gather(lock, fixed, f.in)
	if err != nil {
		return err
	}
	text := c.C
	if f.lang == "go" {
		text = c.Go
	}
	_, err = fmt.Print(text())
	return err
}
