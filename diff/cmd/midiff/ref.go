package main

import (
	"fmt"
	"os"
	"strings"

	"midiff/diff"
)

const refUsage = "the reference: so:PATH for a libmimalloc.so, else the builds from source"

// refProblem tells what is wrong with a -ref flag, "" if nothing is.
func refProblem(ref string) string {
	switch {
	case ref == "":
		return ""
	case !strings.HasPrefix(ref, diff.SharedPrefix) || ref == diff.SharedPrefix:
		return fmt.Sprintf("-ref %s: expected so:PATH", ref)
	}
	return ""
}

// failRef prints why a session cannot be had: a library that cannot be opened is bad input.
func failRef(ref string, err error) int {
	code := fail(err)
	if ref != "" {
		code = exitInput
	}
	return code
}

// tellShared says what a library that was opened is compared with.
func tellShared(s *diff.Session) {
	if library := s.Shared(); library != nil {
		tellLibrary(library)
	}
}

func tellLibrary(library *diff.SharedSubject) {
	switch {
	case library.Alone():
		fmt.Fprintf(os.Stderr, "midiff: %s: goalloc does not follow it, so outcomes alone are judged, by what all versions promise\n",
			library.Name())
	default:
		fmt.Fprintf(os.Stderr, "midiff: %s: compared with goalloc\n", library.Name())
	}
}
