package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"

	"midiff/cref"
	"midiff/diff/bench"
	"midiff/goalloc"
)

// runBench measures and prints the table.
func runBench(c *command, args []string) int {
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	asJSON := fs.Bool("json", false, "print the rows for a machine")
	if files, err := c.parse(fs, args); err != nil || len(files) > 0 {
		return exitInput
	}
	rows, err := bench.Run()
	if err != nil {
		return fail(err)
	}
	if *asJSON {
		if err := json.NewEncoder(os.Stdout).Encode(map[string]any{"rows": rows}); err != nil {
			return fail(err)
		}
		return exitAgree
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
	fmt.Printf("built with      %s, C compiler %s\n", runtime.Version(), cref.Compiler())
	return exitAgree
}
