// Package lists: from the machine's binary ones to source ones. See doc.go for an overview.
package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// writeSourceLists writes to folder, for every package list under etc (the machine's /etc/apt), the
// list of the same archive's sources. Lists that may not be read are left out: apt-get runs with
// the same rights and would have to do without them too.
func writeSourceLists(etc, folder string) error {
	paths := []string{filepath.Join(etc, "sources.list")}
	for _, form := range []string{"*.list", "*.sources"} {
		more, err := filepath.Glob(filepath.Join(etc, "sources.list.d", form))
		if err != nil {
			return err
		}
		paths = append(paths, more...)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			continue
		}
		if err != nil {
			return err
		}
		convert := sourceLines
		if strings.HasSuffix(path, ".sources") {
			convert = sourceStanzas
		}
		text = []byte(convert(string(text)))
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(path)), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// sourceLines turns one-line entries (deb [options] URI suite component...) into deb-src ones; a
// deb-src line stays, and neither comes twice.
func sourceLines(text string) string {
	var b strings.Builder
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] != "deb" && fields[0] != "deb-src" {
			continue
		}
		entry := "deb-src " + strings.Join(fields[1:], " ") + "\n"
		if !seen[entry] {
			seen[entry] = true
			b.WriteString(entry)
		}
	}
	return b.String()
}

var typesField = regexp.MustCompile(`(?im)^Types:.*(?:\n[ \t].*)*$`)

// sourceStanzas turns the Types field of every deb822 stanza, folded or not, into deb-src. Two
// stanzas that differed only in it become equal, which apt accepts with a warning.
func sourceStanzas(text string) string {
	return typesField.ReplaceAllString(text, "Types: deb-src")
}
