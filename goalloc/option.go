// Options, by the reference's names. See doc.go for an overview.

package goalloc

import (
	"fmt"
	"slices"
	"strings"
)

type option uint8

const (
	optEagerCommit option = iota
	optEagerCommitDelay
	optDecommitDelay
	optDecommitExtendDelay
	optSegmentDecommitDelay
	optAllowDecommit
	optAbandonedPageDecommit
	optPageReset
	optMaxSegmentReclaim
	optLimitOSAlloc
	numOptions
)

var optionNames = [numOptions]string{
	optEagerCommit:           "eager_commit",
	optEagerCommitDelay:      "eager_commit_delay",
	optDecommitDelay:         "decommit_delay",
	optDecommitExtendDelay:   "decommit_extend_delay",
	optSegmentDecommitDelay:  "segment_decommit_delay",
	optAllowDecommit:         "allow_decommit",
	optAbandonedPageDecommit: "abandoned_page_decommit",
	optPageReset:             "page_reset",
	optMaxSegmentReclaim:     "max_segment_reclaim",
	optLimitOSAlloc:          "limit_os_alloc",
}

// Delays are in milliseconds.
var defaultOptions = [numOptions]int64{
	optEagerCommit:          1,
	optEagerCommitDelay:     1,
	optDecommitDelay:        25,
	optDecommitExtendDelay:  1,
	optSegmentDecommitDelay: 500,
	optAllowDecommit:        1,
	optMaxSegmentReclaim:    8,
}

// SetOption sets an option by name, for the whole process, until Reset. An unknown name is an error
// that lists the names.
//
// Counterpart: mi_option_set.
func (p *Process) SetOption(name string, v int64) error {
	o, err := optionByName(name)
	if err == nil {
		p.options[o] = v
	}
	return err
}

// Option gives the value of an option by name. An unknown name is an error that lists the names.
//
// Counterpart: mi_option_get.
func (p *Process) Option(name string) (int64, error) {
	o, err := optionByName(name)
	if err != nil {
		return 0, err
	}
	return p.option(o), nil
}

// OptionIsEnabled tells that the value of an option is not 0.
//
// Counterpart: mi_option_is_enabled.
func (p *Process) OptionIsEnabled(name string) (bool, error) {
	v, err := p.Option(name)
	return v != 0, err
}

// optionByName finds an option.
//
// Counterpart: none, an enumeration there.
func optionByName(name string) (option, error) {
	i := slices.Index(optionNames[:], name)
	if i < 0 {
		return 0, fmt.Errorf("unknown option %q: expected one of %s", name,
			strings.Join(optionNames[:], ", "))
	}
	return option(i), nil
}

// option gives a value.
//
// Counterpart: mi_option_get.
func (p *Process) option(o option) int64 { return p.options[o] }

// enabled tells that a value is not 0.
//
// Counterpart: mi_option_is_enabled.
func (p *Process) enabled(o option) bool { return p.options[o] != 0 }
