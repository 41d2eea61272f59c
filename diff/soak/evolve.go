// A corpus that evolves: the parent's view of it, and a child's share. See doc.go for an overview.

package soak

import (
	"os"
	"path/filepath"
	"time"

	"midiff/diff"
	"midiff/diff/evolve"
)

// seenFile is the name of the file, among the failures, with what was reached; it is the running soak's.
const seenFile = "reached"

// openCorpus makes what the children share, if there is a corpus to evolve.
func (s *soak) openCorpus() (err error) {
	if s.c.Corpus == "" {
		return nil
	}
	folder, err := evolve.OpenFolder(s.c.Corpus, s.c.Work.Config.Profile)
	if err != nil {
		return err
	}
	kept := 0
	if s.sum.Corpus != nil { // of the process before
		kept = s.sum.Corpus.Kept
	}
	s.sum.Corpus = &Corpus{Folder: s.c.Corpus, Programs: len(folder.Entries()), Kept: kept}
	s.c.Begun, s.c.Seen = time.Now(), filepath.Join(s.c.Folder, seenFile)
	s.reached, err = evolve.CreateSeen(s.c.Seen)
	return err
}

func (s *soak) closeCorpus() {
	if s.reached != nil {
		_ = s.reached.Close()
		_ = os.Remove(s.c.Seen) // the next soak makes it anew
	}
}

// kept counts a program that a child keeps.
func (s *soak) kept() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sum.Corpus.Programs++
	s.sum.Corpus.Kept++
	s.progress()
}

// lookEvery is how often what was reached is counted, which takes some milliseconds.
const lookEvery = time.Second

// look brings up to date what was reached, if it is time, for the owner of the lock.
func (s *soak) look(now bool) {
	if s.reached != nil && (now || time.Since(s.looked) > lookEvery) {
		s.looked = time.Now()
		s.sum.Corpus.Counts = s.reached.Counts()
	}
	if s.reached != nil && now {
		// A child of a process that was killed may have kept one more after this one began to count.
		if names, err := evolve.Names(s.c.Corpus); err == nil {
			s.sum.Corpus.Programs = len(names)
		}
	}
}

// begins are the folders of the built-in corpus that every evolution begins with.
var begins = []string{"smoke", "regress"}

// evolve runs what the corpus has, then draws programs and keeps those that reach something new.
func (c *worker) evolve() error {
	folder, err := evolve.OpenFolder(c.w.Corpus, c.w.Config.Profile)
	if err != nil {
		return err
	}
	for _, name := range begins {
		if err := folder.Begin(name); err != nil {
			return err
		}
	}
	seen, err := evolve.OpenSeen(c.w.Seen)
	if err != nil {
		return err
	}
	defer seen.Close()
	e := evolve.New(c.k, folder, seen, c.w.Config)
	e.Mutated = c.w.Mutated
	e.Kept = func(kept *evolve.Entry) { c.write(event{Kept: kept.Name}) }
	if err := c.replay(e); err != nil {
		return err
	}
	return c.soak(e)
}

// replay runs this child's share of what was in the corpus as the soak began.
func (c *worker) replay(e *evolve.Evolution) error {
	entries := e.Folder.Before(c.w.Begun)
	for i := c.w.Part; i < len(entries); i += c.w.Parts {
		if !c.k.Next() {
			continue
		}
		v, _, err := c.k.Check(entries[i].Program(), c.k.Session.Check)
		if err != nil {
			return err
		}
		c.k.Count(c.t, &v)
		e.Known(&v)
		c.progress()
		if c.k.Stained() {
			return diff.ErrStained
		}
	}
	return nil
}
