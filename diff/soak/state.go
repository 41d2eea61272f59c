// How far a soak is, on disk, so that another process can go on with it. See doc.go for an overview.

package soak

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"midiff/diff"
)

// StateFile is the name of the file, among the failures, that tells how far a soak is.
const StateFile = "soak.json"

// state is what the file holds.
type state struct {
	Finished bool          `json:"finished"`
	Jobs     int           `json:"jobs"`
	Patience time.Duration `json:"patience_ns"`
	Work     Work          `json:"work"`
	Drawn    []uint64      `json:"drawn"` // per job: random programs behind it
	Summary  *Summary      `json:"summary"`
}

// saveEvery is how often the file is written, at most. What ran since the last time is run again by the process that goes on.
const saveEvery = 2 * time.Second

// keepsState tells whether another process can go on: sweeps and single files are short.
func (s *soak) keepsState() bool {
	return !s.c.Sweep && s.c.Files == nil && s.c.Measure == "" && s.drawn != nil
}

// save writes the file, for the owner of the lock.
func (s *soak) save(finished bool) {
	if !s.keepsState() || !finished && time.Since(s.savedAt) < saveEvery {
		return
	}
	s.savedAt = time.Now()
	st := state{Finished: finished, Jobs: s.c.Jobs, Patience: s.c.Patience, Work: s.c.Work, Drawn: s.drawn, Summary: s.sum}
	text, err := json.MarshalIndent(&st, "", "  ")
	if err == nil {
		err = diff.WriteFile(filepath.Join(s.c.Folder, StateFile), string(text)+"\n")
	}
	if err != nil && len(s.sum.Broke) == 0 {
		s.sum.Broke = append(s.sum.Broke, fmt.Sprintf("how far the soak is could not be written: %v", err))
	}
}

func readState(folder string) (*state, error) {
	name := filepath.Join(folder, StateFile)
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	st := new(state)
	if err := json.Unmarshal(text, st); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if st.Summary == nil || st.Summary.Tally == nil || len(st.Drawn) != st.Jobs || st.Jobs < 1 {
		return nil, fmt.Errorf("%s: not what a soak writes", name)
	}
	return st, nil
}

// Unfinished tells whether a soak whose failures are in a folder did not end, and what it had come to.
func Unfinished(folder string) (*Summary, bool) {
	st, err := readState(folder)
	if err != nil || st.Finished {
		return nil, false
	}
	return st.Summary, true
}

// Resume makes c the soak that was not finished in the folder of its failures: its work, its jobs, and what it had come
// to. The time that it ran counts.
func (c *Config) Resume() error {
	st, err := readState(c.Folder)
	if err != nil {
		return err
	}
	if st.Finished {
		return fmt.Errorf("%s: that soak is over; there is nothing to go on with", filepath.Join(c.Folder, StateFile))
	}
	c.Work, c.Jobs, c.Patience, c.before = st.Work, st.Jobs, st.Patience, st
	return nil
}

// goOn takes over what the process before had come to.
func (s *soak) goOn() {
	st := s.c.before
	if st == nil {
		return
	}
	s.sum, s.drawn = st.Summary, st.Drawn
	s.sum.Resumed++
	s.begun = time.Now().Add(-st.Summary.Elapsed)
	for _, g := range s.sum.Groups {
		s.saved[g.Title] = g.Folder
		if g.Reduced == nil { // there was no time, or the soak ended meanwhile
			g.Problem = ""
			s.care.take(g)
		}
	}
}
