package rewrite

import (
	"fmt"
	"strings"
)

// Patch is a change of the source. Old must be in the file exactly once. New stands in its place and
// has as many lines; it tests atom.Changed of a number of its own.
type Patch struct {
	File     string // below goalloc
	Old, New string
}

// apply makes the changes that are for a file.
func apply(file, source string, patches []Patch) (string, error) {
	for _, p := range patches {
		if p.File != file {
			continue
		}
		if n := strings.Count(source, p.Old); n != 1 {
			return "", fmt.Errorf("%s: %q is there %d times, not once: the patch no longer fits the source", file, p.Old, n)
		}
		if strings.Count(p.Old, "\n") != strings.Count(p.New, "\n") {
			return "", fmt.Errorf("%s: the patch of %q changes the number of lines", file, p.Old)
		}
		source = strings.Replace(source, p.Old, p.New, 1)
	}
	return source, nil
}
