//go:build ccover

// Running the corpus, as JSON to standard output. See doc.go for an overview.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	_ "midiff/cref/covered"
	_ "midiff/cref/flavours"
	"midiff/diff/coverage"
)

func main() {
	ran, err := coverage.RunCorpus()
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(ran)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "coverage:", err)
		os.Exit(3)
	}
}
