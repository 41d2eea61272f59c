//go:build !explore

// Command child is the explorer. Built without the tag explore it can only say so.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "midiff: this binary needs the tag explore and an overlay: run midiff explore, which builds it")
	os.Exit(3)
}
