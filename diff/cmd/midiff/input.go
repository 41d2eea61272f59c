package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"maps"

	"midiff/diff/prog"
	"midiff/fuzz"
)

// fuzzHeader is the first line of the files in which Go keeps fuzz inputs.
const fuzzHeader = "go test fuzz v1\n"

// readProgram reads a program: a text, or an input of a fuzz target, which lies in a folder of the
// target's name and means what the target makes of it.
func readProgram(file string) (*prog.Program, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	data, isInput, err := fuzzInput(file, text)
	if err != nil {
		return nil, err
	}
	if !isInput {
		return prog.Parse(file, text)
	}
	target := filepath.Base(filepath.Dir(file))
	if target == textTarget {
		return prog.Parse(file, data)
	}
	p, err := decodeInput(target, data)
	if err != nil {
		return nil, fmt.Errorf("%s: a fuzz input, but its folder: %w", file, err)
	}
	return p, nil
}

// decodeInput gives the program that a fuzz target makes of an input.
func decodeInput(target string, data []byte) (*prog.Program, error) {
	if target == textTarget {
		return prog.Parse("input", data)
	}
	bounds, ok := fuzz.Programs[target]
	if !ok {
		return nil, fmt.Errorf("%q is not named after a target (%s)", target,
			strings.Join(slices.Sorted(maps.Keys(fuzz.Programs)), ", "))
	}
	return prog.Decode(data, bounds), nil
}

// fuzzBytes reads the one value of a fuzz input.
func fuzzBytes(text string) ([]byte, error) {
	line, more, _ := strings.Cut(text, "\n")
	quoted, ok := strings.CutPrefix(strings.TrimSpace(line), "[]byte(")
	quoted, end := strings.CutSuffix(quoted, ")")
	if !ok || !end || strings.TrimSpace(more) != "" {
		return nil, fmt.Errorf("expected one line with a []byte, as the targets take it")
	}
	data, err := strconv.Unquote(quoted)
	if err != nil {
		return nil, fmt.Errorf("expected a quoted string in []byte(...): %w", err)
	}
	return []byte(data), nil
}
