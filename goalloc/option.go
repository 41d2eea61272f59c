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
	optArenaEagerCommit
	optPurgeDecommits
	optAllowLargePages
	optArenaReserve
	optArenaPurgeMult
	optReclaimOnFree
	optDisallowArenaAlloc
	optVisitAbandoned
	optTargetSegments
	optGenericCollect
	optAllowTHP
	numOptions
)

// optionNames are the names of a version's options; "" for those that it lacks.
type optionNames [numOptions]string

var optionNames20 = optionNames{
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
var defaultOptions20 = [numOptions]int64{
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
	o, err := p.profile.option(name)
	if err == nil {
		p.options[o] = v
		p.optionsSet |= 1 << o
	}
	return err
}

// SetOptionDefault sets an option by name, unless SetOption did before. An unknown name is an error that lists the names.
//
// Counterpart: mi_option_set_default.
func (p *Process) SetOptionDefault(name string, v int64) error {
	o, err := p.profile.option(name)
	if err == nil && p.optionsSet>>o&1 == 0 {
		p.options[o] = v
	}
	return err
}

// EnableOption sets an option to 1 or 0.
//
// Counterpart: mi_option_set_enabled, mi_option_enable, mi_option_disable.
func (p *Process) EnableOption(name string, on bool) error { return p.SetOption(name, number(on)) }

// EnableOptionDefault sets an option to 1 or 0, unless it was set before.
//
// Counterpart: mi_option_set_enabled_default.
func (p *Process) EnableOptionDefault(name string, on bool) error {
	return p.SetOptionDefault(name, number(on))
}

// number is 1 for true.
//
// Counterpart: none, a conversion there.
func number(on bool) int64 {
	if on {
		return 1
	}
	return 0
}

// Option gives the value of an option by name. An unknown name is an error that lists the names.
//
// Counterpart: mi_option_get.
func (p *Process) Option(name string) (int64, error) {
	o, err := p.profile.option(name)
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

// option finds an option of the version.
//
// Counterpart: none, an enumeration there.
func (p *Profile) option(name string) (option, error) {
	i := slices.Index(p.optionNames[:], name)
	if i < 0 || name == "" {
		names := slices.DeleteFunc(slices.Clone(p.optionNames[:]), func(n string) bool { return n == "" })
		return 0, fmt.Errorf("unknown option %q: expected one of %s", name, strings.Join(names, ", "))
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
