//go:build explore

package main

import (
	"encoding/json"
	"fmt"
	"os"

	"midiff/diff/explore/kernel"
	"midiff/diff/explore/search"
)

// verdict is -verdict: the two fixes that a review weighed, and the order that each access needs.
func (o *options) verdict(scenarios []*search.Scenario) int {
	var all []*search.Scenario
	for _, sc := range scenarios {
		if sc.Version == "2.3" {
			all = append(all, sc)
		}
	}
	trial, err := search.RunTrial(all, kernel.Stands(), o.memory(), o.limits())
	if err != nil {
		return rig(err)
	}
	needs, err := search.Needs(all, kernel.Sites23, o.memory(), o.limits())
	if err != nil {
		return rig(err)
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
