package main

import (
	"fmt"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"midiff/diff/soak"
)

// status is the line that shows how far a soak is, on a terminal only.
type status struct {
	bar  *progressbar.ProgressBar // nil: nowhere
	most int64                    // programs or milliseconds, -1 if nobody knows
	time bool
}

// newStatus makes the line for a soak; flags are nil for a recovery.
func newStatus(f *soakFlags) *status {
	s := &status{most: -1}
	if f != nil && f.asJSON || !term.IsTerminal(int(os.Stderr.Fd())) {
		return s
	}
	if f != nil && f.programs > 0 {
		s.most = int64(f.programs)
	}
	if f != nil && f.forTime > 0 {
		s.most, s.time = f.forTime.Milliseconds(), true
	}
	s.bar = progressbar.NewOptions64(s.most, progressbar.OptionSetWriter(os.Stderr),
		progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetDescription("soak"))
	return s
}

func (s *status) show(sum *soak.Summary) {
	if s.bar == nil {
		return
	}
	failed := 0
	for _, g := range sum.Groups {
		failed += g.Count
	}
	s.bar.Describe(fmt.Sprintf("%d programs, %d operations, %d failures of %d kinds, %d restarts",
		sum.Programs, sum.Operations, failed, len(sum.Groups), sum.Restarts))
	now := int64(sum.Programs)
	if s.time {
		now = sum.Elapsed.Milliseconds()
	}
	if s.most > 0 {
		now = min(now, s.most)
	}
	// A bar that cannot be drawn is no reason to stop.
	_ = s.bar.Set64(now)
}

// end takes the line away.
func (s *status) end() {
	if s.bar != nil {
		_ = s.bar.Finish()
	}
}
