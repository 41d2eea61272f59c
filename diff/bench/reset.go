// What a reset costs. See doc.go for an overview.

package bench

import (
	"slices"
	"time"

	"midiff/diff"
)

// resetCost gives the median nanoseconds of a reset after a run.
func (r *rig) resetCost(s diff.Subject) float64 {
	out := make([]diff.Result, 128)
	var took []float64
	for i := 0; i < 40*len(r.codes); i++ {
		runOn(s, r.codes[i%len(r.codes)], out)
		begun := time.Now()
		s.Reset()
		took = append(took, float64(time.Since(begun).Nanoseconds()))
	}
	slices.Sort(took)
	return took[len(took)/2]
}
