package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"midiff/diff/soak"
)

// status shows how far a soak is: a line that changes on a terminal, and elsewhere one now and then.
type status struct {
	bar      *progressbar.ProgressBar // nil: no terminal
	out      io.Writer                // for plain lines, nil for nowhere
	printed  time.Time
	programs int           // to run, 0 if nobody knows
	forTime  time.Duration // to run for, 0 if nobody knows
	began    *mark
}

// mark is where a soak was when this process came to it.
type mark struct {
	elapsed  time.Duration
	programs int
}

// plainEvery is how often a line is written where there is no terminal.
const plainEvery = time.Minute

// newStatus makes the line for a soak; flags are nil for a recovery.
func newStatus(f *soakFlags) *status {
	s := new(status)
	if f == nil {
		f = new(soakFlags)
	}
	s.programs, s.forTime, s.printed = f.programs, f.forTime, time.Now()
	if f.asJSON {
		return s
	}
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		s.out = os.Stderr
		return s
	}
	most := int64(-1)
	if s.programs > 0 {
		most = int64(s.programs)
	}
	if s.forTime > 0 {
		most = s.forTime.Milliseconds()
	}
	s.bar = progressbar.NewOptions64(most, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false))
	return s
}

func (s *status) show(sum *soak.Summary) {
	if s.began == nil {
		s.began = &mark{sum.Elapsed, sum.Programs}
	}
	switch {
	case s.bar != nil:
		s.bar.Describe(s.line(sum))
		now, most := int64(sum.Programs), s.bar.GetMax64()
		if s.forTime > 0 {
			now = sum.Elapsed.Milliseconds()
		}
		if most > 0 {
			now = min(now, most)
		}
		// A bar that cannot be drawn is no reason to stop.
		_ = s.bar.Set64(now)
	case s.out != nil && time.Since(s.printed) >= plainEvery:
		s.printed = time.Now()
		fmt.Fprintln(s.out, "midiff: "+s.line(sum))
	}
}

// line says how far a soak is.
func (s *status) line(sum *soak.Summary) string {
	parts := []string{fmt.Sprintf("%d programs", sum.Programs)}
	took := sum.Elapsed - s.began.elapsed
	if took > 0 {
		parts[0] += fmt.Sprintf(", %.0f/s", float64(sum.Programs-s.began.programs)/took.Seconds())
	}
	parts = append(parts, fmt.Sprintf("%d operations", sum.Operations))
	if c := sum.Corpus; c != nil {
		parts = append(parts, fmt.Sprintf("corpus %d, %s", c.Programs, reached(c.Counts)))
	}
	parts = append(parts, failing(sum.Groups))
	if sum.Restarts > 0 {
		parts = append(parts, fmt.Sprintf("%d restarts", sum.Restarts))
	}
	if left := s.left(sum); left > 0 {
		parts = append(parts, left.Round(time.Second).String()+" left")
	}
	return strings.Join(parts, ", ")
}

// left estimates how long it takes yet, 0 if nobody knows.
func (s *status) left(sum *soak.Summary) time.Duration {
	if s.forTime > 0 {
		return s.forTime - sum.Elapsed
	}
	ran := sum.Programs - s.began.programs
	if s.programs == 0 || ran <= 0 {
		return 0
	}
	return (sum.Elapsed - s.began.elapsed) * time.Duration(max(s.programs-sum.Programs, 0)) / time.Duration(ran)
}

// shownGroups is how many kinds of failures the line names.
const shownGroups = 2

// failing says how much fails, the most frequent kinds by name.
func failing(groups []*soak.Group) string {
	if len(groups) == 0 {
		return "no failure"
	}
	all, failed := slices.Clone(groups), 0
	slices.SortStableFunc(all, func(a, b *soak.Group) int { return cmp.Compare(b.Count, a.Count) })
	var names []string
	for i, g := range all {
		if failed += g.Count; i < shownGroups {
			names = append(names, fmt.Sprintf("%d %s", g.Count, g.Title))
		}
	}
	if more := len(all) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more kinds", more))
	}
	return fmt.Sprintf("%d failures (%s)", failed, strings.Join(names, "; "))
}

// end takes the line away.
func (s *status) end() {
	if s.bar != nil {
		_ = s.bar.Finish()
	}
}
