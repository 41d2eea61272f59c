package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"midiff/corpus"
	"midiff/diff"
)

// inputs lists the files of a folder that may be programs: not folders in it, hidden files and pages.
func inputs(folder string) (files []string, err error) {
	all, err := os.ReadDir(folder)
	for _, file := range all {
		name := file.Name()
		if file.Type().IsRegular() && !strings.HasPrefix(name, ".") && filepath.Ext(name) != ".md" {
			files = append(files, filepath.Join(folder, name))
		}
	}
	return files, err
}

// convertFolder converts all files of a folder into another. Those that lie beyond the target's bounds are named and left
// out; any other error is one.
func (f *convertFlags) convertFolder(folder string) int {
	if f.to == "" || f.out == "" {
		fmt.Fprintln(os.Stderr, "midiff: a folder wants the form and a folder to write to: convert FOLDER -to text|fuzz|raw -o FOLDER")
		return exitInput
	}
	files, err := inputs(folder)
	if err != nil {
		return fail(err)
	}
	code, done, left := exitAgree, 0, 0
	for _, file := range files {
		beyond := new(beyondError)
		switch err := f.convertInto(file); {
		case errors.As(err, &beyond):
			fmt.Fprintln(os.Stderr, err)
			left++
		case err != nil:
			fmt.Fprintln(os.Stderr, err)
			code = exitInput
		default:
			done++
		}
	}
	fmt.Printf("%d files converted into %s", done, f.out)
	if left > 0 {
		fmt.Printf("; %d left out, beyond the target's bounds", left)
	}
	fmt.Println()
	return code
}

// convertInto converts a file into one of the folder f.out, which means the target that the folder is named after if
// no flag does.
func (f *convertFlags) convertInto(file string) error {
	name := strings.TrimSuffix(filepath.Base(file), corpus.Extension)
	if f.to == "text" {
		name += corpus.Extension
	}
	one := convertFlags{to: f.to, target: f.target, out: filepath.Join(f.out, name)}
	converted, err := one.convert(file)
	if err != nil {
		return err
	}
	return diff.WriteFile(one.out, string(converted))
}
