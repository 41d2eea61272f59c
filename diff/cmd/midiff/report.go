package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"

	"midiff/diff"
	"midiff/diff/page"
)

// runReport writes a run as a page for the browser.
func runReport(c *command, args []string) int {
	fs := flag.NewFlagSet("report", flag.ContinueOnError)
	out := fs.String("o", "", "the file for the page")
	without := fs.String("without", "", "quirks to switch off in goalloc, with commas between")
	files, err := c.parse(fs, args)
	if err != nil {
		return exitInput
	}
	if err := unknownQuirk(*without); err != nil {
		fmt.Fprintln(os.Stderr, "midiff:", err)
		return exitInput
	}
	if len(files) != 1 || *out == "" {
		fmt.Fprintln(os.Stderr, "midiff: report takes one file and the name of the page: report FILE -o OUT.html")
		return exitInput
	}
	p, err := readProgram(files[0])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitInput
	}
	s, err := newSession(*without)
	if err != nil {
		return fail(err)
	}
	defer s.Close()
	var b bytes.Buffer
	v, err := page.Write(&b, s, files[0], p)
	if err == nil {
		err = diff.WriteFile(*out, b.String())
	}
	if err != nil {
		return fail(err)
	}
	fmt.Printf("%s: written to %s\n", files[0], *out)
	if v.Class == diff.Unknown {
		return exitRig
	}
	return v.ExitCode()
}
