// Programs that were running with their threads at once when their processes ended, and failures that nobody has
// looked at. See doc.go for an overview.

package soak

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"midiff/diff"
	"midiff/diff/journal"
	"midiff/diff/prog"
	"midiff/diff/reduce"
)

// Ended says how a process ended that ran programs with their threads at once.
type Ended struct {
	Path string // of its journal
	How  string
	Said string // on standard error
}

// AtOnce looks after what runs in parallel left: the journals, that of a process that ended as is said (nil for
// none), and folders that nobody has looked at.
func AtOnce(ctx context.Context, c Config, ended *Ended) *Summary {
	s := newSoak(&c)
	s.care = s.startCare(ctx)
	s.recoverAtOnce(ctx, ended)
	s.unseen(diff.ParallelTitle)
	s.sum.Elapsed = time.Since(s.begun)
	s.care.wait()
	return s.sum
}

// KeepEnded keeps the program of a process that ended, and does no more. It gives the folder, "" if there was no
// program.
func KeepEnded(c Config, ended *Ended) (folder string, err error) {
	s := newSoak(&c)
	s.care = &aftercare{groups: make(chan *Group, 1)} // nobody looks at it now
	err = journal.Look(ended.Path, func(e *journal.Entry) error { return s.lookAtOnce(context.Background(), e, ended) })
	if len(s.sum.Groups) > 0 {
		folder = s.sum.Groups[0].Folder
	}
	return folder, err
}

// recoverAtOnce keeps the program of a process that ended by itself. Of those of others, which most were doing
// well, it keeps what had been found to fail, or fails again.
func (s *soak) recoverAtOnce(ctx context.Context, ended *Ended) {
	folder := filepath.Join(s.c.Folder, diff.ParallelJournals)
	look := func(e *journal.Entry) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return s.lookAtOnce(ctx, e, nil)
	}
	var err error
	if ended != nil {
		err = journal.Look(ended.Path, func(e *journal.Entry) error { return s.lookAtOnce(ctx, e, ended) })
	}
	if err = errors.Join(err, journal.Left(folder, look)); err != nil && ctx.Err() == nil {
		s.broke(fmt.Errorf("a journal could not be looked after, and stays in %s: %w", folder, err))
	}
}

func (s *soak) lookAtOnce(ctx context.Context, e *journal.Entry, ended *Ended) error {
	p, err := prog.Parse("journal", e.Program)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.sum.Recovered++
	s.mu.Unlock()
	f := &diff.ParallelFailure{Title: e.Note, Program: p, Ref: s.c.Ref, Ran: 1}
	f.Without, _ = diff.KindWithout(e.Kind)
	why := "the process was killed, or ended"
	if ended != nil {
		why = "the process ended (" + ended.How + ")"
		if f.Title == "" {
			f.Title = string(reduce.Died(ended.Said, ended.How, ""))
		}
	}
	if f.Title == "" {
		rate, err := reduce.Rate(ctx, *s.c.reduce(parallel, f.Without), p)
		if errors.Is(err, reduce.ErrAgrees) {
			return nil
		}
		if err != nil {
			return err
		}
		f.Title = strings.TrimPrefix(string(rate.Outcome), "diverge ")
	}
	why = fmt.Sprintf("%s while it ran this program, number %d", why, e.Number)
	f.Verdict = &diff.Verdict{Class: diff.Unknown, Reason: why}
	f.Report = func(file string) string {
		text := fmt.Sprintf("midiff: %s: %s: %s\n", file, f.Title, why)
		if ended != nil && ended.Said != "" {
			text += "it said:\n" + firstLines(ended.Said, linesSaid)
		}
		return text + diff.ParallelCommandLines(file, f.Ref, f.Without, diff.TimesToSee(1, 1))
	}
	return s.keepAtOnce(f, e.Number)
}

func (s *soak) keepAtOnce(f *diff.ParallelFailure, number uint64) error {
	st := &diff.Store{Folder: s.c.Folder, Shown: s.c.Shown, Origin: s.c.Origin}
	st.Origin.Number = number
	saved, err := diff.SaveParallel(st, f)
	if err == nil {
		s.failed(saved.Title, saved.Folder)
	}
	return err
}

// firstLines gives some lines, indented.
func firstLines(text string, most int) string {
	lines := strings.SplitAfter(strings.TrimSpace(text), "\n")
	if len(lines) > most {
		lines = append(lines[:most:most], "...")
	}
	return "  " + strings.Join(lines, "  ") + "\n"
}

// unseen takes the failures whose folders nobody has looked at, and whose titles begin so.
func (s *soak) unseen(begin string) {
	verdicts, err := filepath.Glob(filepath.Join(s.c.Folder, "*", diff.VerdictFile))
	for _, name := range verdicts {
		folder := filepath.Dir(name)
		if _, e := os.Stat(filepath.Join(folder, ReducedFile)); e == nil || s.seen(folder) {
			continue
		}
		title, e := titleOf(folder)
		ref, e2 := diff.RefOf(folder)
		err = errors.Join(err, e, e2)
		if e == nil && e2 == nil && strings.HasPrefix(title, begin) && ref == s.c.Ref { // of other references others look
			s.failed(title, folder)
		}
	}
	if err != nil {
		s.broke(fmt.Errorf("a failure's folder cannot be read: %w", err))
	}
}

// seen tells whether a folder stands for a group.
func (s *soak) seen(folder string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.sum.Groups {
		if g.Folder == folder {
			return true
		}
	}
	return false
}

// titleOf gives what the failure in a folder is grouped by.
func titleOf(folder string) (string, error) {
	text, err := os.ReadFile(filepath.Join(folder, diff.VerdictFile))
	if err != nil {
		return "", err
	}
	v := new(diff.VerdictJSON)
	if err := json.Unmarshal(text, v); err != nil {
		return "", fmt.Errorf("%s: %w", folder, err)
	}
	mode, _, err := diff.HowRun(folder)
	if mode == parallel {
		v.Outcome = diff.ParallelTitle + v.Outcome
	}
	return v.Outcome, err
}
