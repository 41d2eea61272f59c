// Profiles: what a program is written for. See doc.go for an overview.

package prog

import (
	"slices"
	"strings"
)

// Profiles are the reference's builds that a program may be written for; the first is meant where none is named.
var Profiles = []string{"2.0", "2.0-abandon", "2.0-stats", "2.0-secure", "2.0-padded", "2.0-checked"}

// Later are the versions of the reference that there is no source of: libraries that are opened at run time, and
// what was recorded of them.
var Later = []string{profile23, "2.3-abandon"}

const profile23 = "2.3"

// AtOnce are the profiles of programs whose threads may run at once.
var AtOnce = []string{Profiles[0], profile23}

// allProfiles is every profile, in the order of the byte coding.
var allProfiles = slices.Concat(Profiles, Later)

// IsLater tells whether a profile is one of Later.
func IsLater(name string) bool { return slices.Contains(Later, name) }

func isProfile(name string) bool { return slices.Contains(allProfiles, name) }

func profileNames() string { return strings.Join(allProfiles, ", ") }
