package main

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"midiff/diff"
	"midiff/diff/prog"
	"midiff/fuzz"
)

// textTarget is the fuzz target whose inputs are texts.
const textTarget = "FuzzText"

type convertFlags struct{ to, target, out string }

// runConvert turns programs into each other's forms: text, an input of a fuzz target as Go keeps it, bytes.
func runConvert(c *command, args []string) int {
	var f convertFlags
	fs := flag.NewFlagSet("convert", flag.ContinueOnError)
	fs.StringVar(&f.to, "to", "", "text, fuzz or raw; left out, fuzz for a text and text for anything else")
	fs.StringVar(&f.target, "target", "", "the fuzz target that bytes are for; left out, the path says it")
	fs.StringVar(&f.out, "o", "", "the file to write; left out, standard output")
	files, err := c.parse(fs, args)
	if err != nil {
		return exitInput
	}
	if problem := f.problem(files); problem != nil {
		fmt.Fprintln(os.Stderr, "midiff:", problem)
		return exitInput
	}
	if info, err := os.Stat(files[0]); err == nil && info.IsDir() {
		return f.convertFolder(files[0])
	}
	converted, err := f.convert(files[0])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitInput
	}
	if f.out == "" {
		_, err = os.Stdout.Write(converted)
	} else {
		err = diff.WriteFile(f.out, string(converted))
	}
	if err != nil {
		return fail(err)
	}
	return exitAgree
}

func (f *convertFlags) problem(files []string) error {
	switch {
	case len(files) != 1:
		return errors.New("convert takes one file, or a folder of them: convert FILE -to text|fuzz|raw -o OUT")
	case !slices.Contains([]string{"", "text", "fuzz", "raw"}, f.to):
		return fmt.Errorf("unknown form %q: expected text, fuzz or raw", f.to)
	case f.target != "" && !isTarget(f.target):
		return fmt.Errorf("unknown target %q: expected one of %s", f.target, targets())
	}
	return nil
}

func isTarget(name string) bool {
	_, ok := fuzz.Programs[name]
	return ok || name == textTarget
}

func targets() string {
	return strings.Join(append(slices.Sorted(maps.Keys(fuzz.Programs)), textTarget), ", ")
}

// convert reads a file in whatever form it is, and gives it in the form asked for.
func (f *convertFlags) convert(file string) ([]byte, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	data, isFuzz, err := fuzzInput(file, content)
	if err != nil {
		return nil, err
	}
	if !isFuzz && looksLikeText(content) {
		return f.fromText(file, content)
	}
	target := cmp.Or(f.target, targetIn(file))
	switch f.to {
	case "raw":
		return data, nil
	case "fuzz":
		return fuzzFile(data), nil
	}
	if target == textTarget {
		return data, nil
	}
	p := prog.Decode(data, bounds(target))
	return []byte(p.Text()), nil
}

// targetOf gives the target that an output is for: the flag, or the folder of the file; "" if neither says.
func (f *convertFlags) targetOf(file string) string {
	if folder := filepath.Base(filepath.Dir(file)); f.target == "" && isTarget(folder) {
		return folder
	}
	return f.target
}

// bounds are those of a target's programs; without a target there are none.
func bounds(target string) prog.DecodeConfig {
	if cfg, ok := fuzz.Programs[target]; ok {
		return cfg
	}
	return prog.Everything()
}

// fromText gives a text in another form, after a look whether the target would read the same program.
func (f *convertFlags) fromText(file string, text []byte) ([]byte, error) {
	p, err := prog.Parse(file, text)
	if err != nil {
		return nil, err
	}
	if f.to == "text" {
		return []byte(p.Text()), nil
	}
	target, data := f.targetOf(f.out), p.Encode()
	if target == textTarget {
		data = text
	} else if line := firstDifference(prog.Decode(data, prog.Everything()), prog.Decode(data, bounds(target))); line != "" {
		return nil, &beyondError{file, target, line}
	}
	if f.to == "raw" {
		return data, nil
	}
	return fuzzFile(data), nil
}

// beyondError says that a program lies beyond the bounds of a target.
type beyondError struct{ file, target, line string }

func (e *beyondError) Error() string {
	return fmt.Sprintf("%s: %s would make another program of it, from %q on: it lies beyond the target's bounds", e.file,
		e.target, e.line)
}

// firstDifference gives the first line of p that q does not have, "" if they are the same.
func firstDifference(p, q *prog.Program) string {
	a, b := strings.Split(p.Text(), "\n"), strings.Split(q.Text(), "\n")
	for i, line := range a {
		if i >= len(b) || line != b[i] {
			return line
		}
	}
	if len(b) > len(a) {
		return b[len(a)]
	}
	return ""
}

// looksLikeText tells text from bytes: it begins with a comment or the format's version.
func looksLikeText(content []byte) bool {
	start := bytes.TrimLeft(content, " \t\r\n")
	return bytes.HasPrefix(start, []byte("#")) || bytes.HasPrefix(start, []byte("midiff "))
}

// fuzzFile writes bytes as Go keeps an input.
func fuzzFile(data []byte) []byte { return fmt.Appendf(nil, "%s[]byte(%q)\n", fuzzHeader, data) }

// fuzzInput gives the bytes of a fuzz input, and of anything else the content.
func fuzzInput(file string, content []byte) (data []byte, isFuzz bool, err error) {
	rest, isFuzz := bytes.CutPrefix(content, []byte(fuzzHeader))
	if !isFuzz {
		return content, false, nil
	}
	if data, err = fuzzBytes(string(rest)); err != nil {
		return nil, true, fmt.Errorf("%s:2:1: %w", file, err)
	}
	return data, true, nil
}
