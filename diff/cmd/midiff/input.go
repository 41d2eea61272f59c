package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"maps"

	"midiff/corpus"
	"midiff/diff/prog"
	"midiff/fuzz"
)

// fuzzHeader is the first line of the files in which Go keeps fuzz inputs.
const fuzzHeader = "go test fuzz v1\n"

// readProgram reads a program: a text, or an input of a fuzz target, as Go keeps it or in bytes, whose path names
// the target (targetIn) and which means what the target makes of it.
func readProgram(file string) (*prog.Program, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	data, isInput, err := fuzzInput(file, text)
	if err != nil {
		return nil, err
	}
	target := targetIn(file)
	if !isInput && target == "" && !looksLikeText(text) && !utf8.Valid(text) && filepath.Ext(file) != corpus.Extension {
		return nil, fmt.Errorf("%s: bytes, and the path names no target that they are for: put the file into a folder named "+
			"after it (%s)", file, targets())
	}
	if !isInput && (looksLikeText(text) || target == "") {
		return prog.Parse(file, text)
	}
	if target == textTarget {
		return prog.Parse(file, data)
	}
	p, err := decodeInput(target, data)
	if err != nil {
		return nil, fmt.Errorf("%s: a fuzz input, but its folder: %w", file, err)
	}
	return p, nil
}

// targetIn gives the target that a path names: the folder that the file lies in, or a part of its name between
// dashes, as ClusterFuzz names what it keeps. Else "".
func targetIn(file string) string {
	parts := append(strings.Split(filepath.Base(file), "-"), filepath.Base(filepath.Dir(file)))
	for _, part := range slices.Backward(parts) {
		if isTarget(part) {
			return part
		}
	}
	return ""
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
