//go:build !ccover

// What is there without coverage. See doc.go for an overview.

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "coverage: this program must be built with the tag ccover, as `midiff coverage` does")
	os.Exit(3)
}
