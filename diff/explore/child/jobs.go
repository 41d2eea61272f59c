//go:build explore

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"

	"midiff/diff/explore/search"
)

// share runs the work in -jobs processes of one core each: the scenarios are dealt out to them, random programs
// begin at other seeds. What they print comes out in the order of the jobs.
func (o *options) share(args []string, scenarios []*search.Scenario) int {
	self, err := os.Executable()
	if err != nil {
		return rig(err)
	}
	var all sync.WaitGroup
	outputs, codes := make([]bytes.Buffer, o.jobs), make([]int, o.jobs)
	for i := range o.jobs {
		own := append([]string{"explore"}, args...)
		own = append(own, "-jobs", "1", "-seed", fmt.Sprint(o.seed+uint64(i)*seedsApart))
		if !o.programs {
			own = append(own, "-scenario", dealt(scenarios, i, o.jobs))
		}
		cmd := exec.Command(self, own...)
		cmd.Stdout, cmd.Stderr = &outputs[i], os.Stderr
		all.Go(func() { codes[i] = codeOf(cmd.Run()) })
	}
	all.Wait()
	code := exitClean
	for i := range o.jobs {
		os.Stdout.Write(outputs[i].Bytes())
		code = max(code, codes[i])
	}
	return code
}

// seedsApart is how far the seeds of two jobs are apart: more programs than one will run.
const seedsApart = 1 << 32

// dealt are the names of every jobs-th scenario, with commas between.
func dealt(scenarios []*search.Scenario, i, jobs int) string {
	names := ""
	for ; i < len(scenarios); i += jobs {
		if names != "" {
			names += ","
		}
		names += scenarios[i].Name
	}
	return names
}

func codeOf(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		return exit.ExitCode()
	}
	return rig(err)
}
