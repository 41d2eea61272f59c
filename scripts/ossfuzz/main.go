// The command's entry. See doc.go for an overview.
package main

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"midiff/diff/prog"
	"midiff/fuzz/seeds"
	"midiff/scripts/fuzz/instrument"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "ossfuzz:", err)
		os.Exit(2)
	}
}

func run(args []string, out io.Writer) error {
	switch {
	case len(args) == 2 && args[0] == "flags":
		_, err := fmt.Fprintln(out, strings.Join(instrument.Counters(args[1]), "\n"))
		return err
	case len(args) == 3 && args[0] == "seeds":
		return toFile(args[2], func(w io.Writer) error { return writeSeeds(w, args[1]) })
	case len(args) == 2 && args[0] == "dict":
		return toFile(args[1], writeWords)
	case len(args) > 1 && args[0] == "functions":
		return writeFunctions(out, args[1:])
	}
	return errors.New("usage: ossfuzz flags TARGET | seeds TARGET FILE | dict FILE | functions TARGET...")
}

func toFile(name string, write func(w io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// writeSeeds writes the inputs as a zip, the same one every time.
func writeSeeds(w io.Writer, target string) error {
	inputs, err := seeds.For(target)
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	for _, in := range inputs {
		name := strings.ReplaceAll(strings.TrimSuffix(in.Name, ".midiff"), "/", "-") // engines want no folders
		f, err := z.Create(name)
		if err != nil {
			return err
		}
		if _, err := f.Write(in.Data); err != nil {
			return err
		}
	}
	return z.Close()
}

// writeWords writes the words of programs as a dictionary.
func writeWords(w io.Writer) error {
	words := []string{"midiff 1\n", "profile ", "threads ", "option ", "fault ", "null", "true", "false", "backing", "0x"}
	words = append(words, prog.Profiles...)
	for _, o := range prog.OptionNames {
		words = append(words, o+"=")
	}
	for k := range prog.Table {
		words = append(words, prog.Table[k].Name+"(")
	}
	slices.Sort(words)
	for _, word := range slices.Compact(words) {
		// Quoted as Go does but for the line end, which dictionaries know as \x0A only.
		quoted := strings.ReplaceAll(fmt.Sprintf("%q", word), `\n`, `\x0A`)
		if _, err := fmt.Fprintln(w, quoted); err != nil {
			return err
		}
	}
	return nil
}

// replayTest is the test of package fuzz/replay that runs a corpus, by the name of the target.
const replayTest = "TestFolder/"

// writeFunctions writes the test that runs each target's corpus.
func writeFunctions(w io.Writer, targets []string) error {
	functions := map[string]string{}
	for _, target := range targets {
		functions[target] = replayTest + target
	}
	return json.NewEncoder(w).Encode(functions)
}
