package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"

	"midiff/diff"
	"midiff/diff/page"
	"midiff/diff/prog"
)

// runReport writes a run as a page for the browser or, without a file for it, as text for the terminal.
func runReport(c *command, args []string) int {
	fs := flag.NewFlagSet("report", flag.ContinueOnError)
	out := fs.String("o", "", "write a page for the browser to this file; without it, text is printed")
	line := fs.Int("line", 0, "print both heaps after the operation of this line, not after the failing one")
	asJSON := fs.Bool("json", false, "print the verdict for a machine, as run does, and no text")
	without := fs.String("without", "", "quirks to switch off in goalloc, with commas between")
	files, err := c.parse(fs, args)
	if err != nil {
		return exitInput
	}
	if err := unknownQuirk(*without); err != nil {
		fmt.Fprintln(os.Stderr, "midiff:", err)
		return exitInput
	}
	if len(files) != 1 || *line < 0 || *line > 0 && *out != "" {
		fmt.Fprintln(os.Stderr, "midiff: report takes one file, and -line N or the name of a page: "+
			"report FILE [-line N | -o OUT.html]")
		return exitInput
	}
	p, err := readProgram(files[0])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitInput
	}
	s, err := newSession("", *without)
	if err != nil {
		return fail(err)
	}
	defer s.Close()
	v, err := report(s, files[0], p, reportTo{*out, *line, *asJSON})
	var none page.ErrNoMoment
	switch {
	case errors.As(err, &none):
		fmt.Fprintf(os.Stderr, "midiff: %s: %v\n", files[0], err)
		return exitInput
	case err != nil:
		return fail(err)
	case v.Class == diff.Unknown:
		return exitRig
	}
	return v.ExitCode()
}

// reportTo says where a report goes and what of it.
type reportTo struct {
	out    string
	line   int
	asJSON bool
}

// report writes the page or the text.
func report(s *diff.Session, file string, p *prog.Program, to reportTo) (diff.Verdict, error) {
	if to.out == "" && !to.asJSON {
		return page.WriteText(os.Stdout, s, file, p, to.line)
	}
	var b bytes.Buffer
	v, err := page.Write(&b, s, file, p)
	if err == nil && to.out != "" {
		err = diff.WriteFile(to.out, b.String())
	}
	switch {
	case err != nil:
	case to.asJSON:
		(&runner{out: os.Stdout}).printJSON(file, &v)
	default:
		fmt.Printf("%s: written to %s\n", file, to.out)
	}
	return v, err
}
