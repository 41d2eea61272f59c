//go:build explore

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"midiff/diff/explore/kernel"
	"midiff/diff/explore/search"
)

// verdict is -verdict: the two fixes that a review weighed, in kernels and on the whole allocator, and the order that
// each access needs in kernels.
func (o *options) verdict(scenarios []*search.Scenario) int {
	var all, byHand []*search.Scenario
	for _, sc := range scenarios {
		if !strings.HasPrefix(sc.Version, "2.3") {
			continue
		}
		if all = append(all, sc); strings.HasPrefix(sc.Name, "kernel/") {
			byHand = append(byHand, sc)
		}
	}
	trial, err := search.RunTrial(all, kernel.Stands(), o.memory(), o.limits())
	if err != nil {
		return rig(err)
	}
	var needs []search.Need
	if len(byHand) > 0 {
		if needs, err = search.Needs(byHand, kernel.Sites23, o.memory(), o.limits()); err != nil {
			return rig(err)
		}
	}
	if o.asJSON {
		out := struct {
			Trial *search.Trial
			Needs []search.Need
		}{trial, needs}
		if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
			return rig(err)
		}
		return exitClean
	}
	fmt.Print(trial)
	fmt.Printf("\n%s", search.NeedsText(needs, kernel.Reason))
	return exitClean
}
