// What soaks and fuzz sessions that were killed left in their journals. See doc.go for an overview.

package soak

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"midiff/diff"
	"midiff/diff/journal"
)

// Recover looks after the journals of processes that are gone, and after failures that nobody has looked at, and
// does nothing else.
func Recover(ctx context.Context, c Config) *Summary {
	s := newSoak(&c)
	s.care = s.startCare(ctx)
	s.recover(ctx)
	s.unseen("")
	s.sum.Elapsed = time.Since(s.begun)
	s.care.wait()
	return s.sum
}

func (s *soak) recover(ctx context.Context) {
	s.recoverAtOnce(ctx, nil)
	folder := filepath.Join(s.c.Folder, diff.JournalsFolder)
	err := journal.Left(folder, func(e *journal.Entry) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return s.lookAgain(ctx, e)
	})
	err = errors.Join(err, diff.Sweepings(s.c.Folder))
	if err != nil && ctx.Err() == nil {
		s.broke(fmt.Errorf("a journal could not be looked after, and stays in %s: %w", folder, err))
	}
}

// lookAgain runs a program that was running when its process was killed: most were doing well. One that had
// been found to fail is kept in any case.
func (s *soak) lookAgain(ctx context.Context, e *journal.Entry) error {
	p, err := s.decode(e)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp("", "midiff-*"+filepath.Ext(diff.ProgramFile))
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(p.Text())
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	s.mu.Lock()
	s.sum.Recovered++
	before := s.sum.failures()
	s.mu.Unlock()
	w := s.c.Work
	w.Files, w.Sweep, w.Done, w.Careful = []string{file.Name()}, false, 0, true
	w.Origin.Number = e.Number
	var isText bool
	if w.Without, isText = diff.KindWithout(e.Kind); !isText {
		w.Origin = diff.Origin{By: e.Kind, Input: e.Program}
	}
	if len(w.Without) > 0 { // a quirk that is off changes the state by intent
		w.State = 0
	}
	c := *s.c
	c.Work = Work{Folder: w.Folder, Shown: w.Shown, Without: w.Without, Origin: w.Origin}
	again := &soak{c: &c, begun: s.begun, care: s.care, mu: s.mu, sum: s.sum, saved: s.saved}
	if err := again.job(ctx, w); err != nil {
		return err
	}
	s.mu.Lock()
	found := s.sum.failures() > before
	s.mu.Unlock()
	if e.Note == "" || found || ctx.Err() != nil {
		return ctx.Err()
	}
	title := "flaky " + strings.TrimPrefix(e.Note, "flaky ")
	return again.keepNoted(title, e, "it failed once, as its process was killed, and does not when run again")
}

// keepNoted keeps a program that was found to fail, by the word of its journal alone.
func (s *soak) keepNoted(title string, e *journal.Entry, why string) error {
	p, err := s.decode(e)
	if err != nil {
		return err
	}
	folder := filepath.Join(s.c.Folder, diff.FolderName(title, 1))
	shown := s.shown(folder)
	file := filepath.Join(shown, diff.ProgramFile)
	verdict := &diff.VerdictJSON{File: file, Class: diff.Unknown.String(), Outcome: title, Reason: why}
	report := fmt.Sprintf("midiff: %s: %s: %s\n%s", file, title, why, diff.CommandLines(file, s.c.Without))
	files := diff.Evidence(shown, p, "# found: "+title+"\n"+p.Text(), verdict, report,
		s.c.Origin, s.c.Without)
	files["history.txt"] = p.Text()
	if err := diff.WriteFolder(folder, files); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	s.failed(title, folder)
	return nil
}
