// What can be wrong, as one line for a person. See doc.go for an overview.
package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// problem is an error that the user can mend: what is wrong, and what to do about it.
type problem struct{ what, mend string }

func (p *problem) Error() string { return p.what + "; " + p.mend }

// wrong makes a problem. The mend comes first because what is wrong usually needs a format.
func wrong(mend, format string, args ...any) error {
	return &problem{what: fmt.Sprintf(format, args...), mend: mend}
}

const (
	mendAgain = "mend that and run make setup again"
	mendTree  = "name a mimalloc 2.0.9 source tree: make setup MIMALLOC_SRC=DIR"
)

// report turns any error into the one line that main prints, without its line end. An error after
// the context ended is the interruption's doing, whatever it says itself.
func report(ctx context.Context, err error) string {
	var known *problem
	switch {
	case ctx.Err() != nil:
		err = wrong("nothing half-made was left: run make setup again", "interrupted")
	case !errors.As(err, &known):
		err = wrong(mendAgain, "%v", err)
	}
	return "setup: " + strings.Join(strings.Fields(err.Error()), " ")
}
