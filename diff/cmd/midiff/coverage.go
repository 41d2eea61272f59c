package main

import (
	"flag"
	"fmt"
	"path/filepath"
	"strings"

	"midiff/diff"
	"midiff/diff/coverage"
)

// runCoverage shows what the corpus runs of both sides, and holds the list of lines that it does not run against
// that. The list is of the pinned source: another source has other lines.
func runCoverage(c *command, args []string) int {
	fs := flag.NewFlagSet("coverage", flag.ContinueOnError)
	folder := fs.String("o", filepath.Join(".build", "coverage"), "the `folder` for the page")
	if files, err := c.parse(fs, args); err != nil || len(files) > 0 {
		return exitInput
	}
	both, err := coverage.Run()
	if err != nil {
		return fail(err)
	}
	reasons, err := coverage.Reasons()
	if err != nil {
		return fail(err)
	}
	name := filepath.Join(*folder, "index.html")
	if err := writeCoverage(both, reasons, name); err != nil {
		return fail(err)
	}
	fmt.Printf("%d programs, %d operations in lockstep; %d of %d places of the C library ran\n",
		both.Programs, both.Operations, both.PlacesRan, both.Places)
	for _, side := range []struct {
		name  string
		files map[string]coverage.Lines
	}{{"mimalloc", both.Files}, {"goalloc", both.Go}} {
		t := coverage.Total(side.files)
		fmt.Printf("%-8s  %4d lines, %.1f %% ran, %d of them in part, %d did not\n", side.name, t.All(), t.Percent(),
			t.Partly, t.Missed)
	}
	fmt.Println("both sides, line by line:", name)
	wrong := coverage.Compare(both.Files, reasons)
	for _, w := range wrong {
		fmt.Println(w)
	}
	if len(wrong) > 0 {
		return exitDiverge
	}
	return exitAgree
}

func writeCoverage(both *coverage.Both, reasons []coverage.Reason, name string) error {
	var page strings.Builder
	if err := both.WritePage(&page, reasons); err != nil {
		return err
	}
	return diff.WriteFile(name, page.String())
}
