// Statistics that differ, by name. See doc.go for an overview.

package diff

import (
	"fmt"

	"midiff/cref"
)

// statsDifference names the numbers in which two lists of statistics differ.
func statsDifference(c, g []StateEntry) []StateDifference {
	return differences(c, g, statPlace, func(e *StateEntry) string { return fmt.Sprint(int64(e.Value)) })
}

// statPlace says whose number it is and which.
func statPlace(e *StateEntry) string {
	whose := "process"
	if e.A > 0 {
		whose = fmt.Sprintf("thread %d", e.A-1)
	}
	return fmt.Sprintf("%s %s.%s", whose, cref.StatNames()[e.Field], cref.StatParts[e.Pos])
}
