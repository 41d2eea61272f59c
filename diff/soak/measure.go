// What programs reach, found out in processes that they may end. See doc.go for an overview.

package soak

import (
	"slices"
	"time"

	"midiff/diff"
	"midiff/diff/evolve"
)

// measured is what a program of a folder reaches; nothing if it fails.
type measured struct {
	Number  int      `json:"number"` // its place among the folder's programs, from 0
	Reached []uint32 `json:"reached"`
}

// measure runs this child's share of a folder's programs and tells what they reach.
func (c *worker) measure() error {
	files, err := evolve.Names(c.w.Measure)
	if err != nil {
		return err
	}
	signals := evolve.Watch(c.k.Session)
	for i := c.w.Part; i < len(files); i += c.w.Parts {
		if !c.k.Next() {
			continue
		}
		p, err := readFile(files[i])
		if err != nil {
			return err
		}
		v, _, err := c.k.Check(p, c.k.Session.Check)
		if err != nil {
			return err
		}
		c.k.Count(c.t, &v)
		if v.Class == diff.Agree {
			c.write(event{Measured: &measured{i, numbers(signals.Last())}})
		}
		c.progress()
		if c.k.Stained() {
			return diff.ErrStained
		}
	}
	return nil
}

func numbers(all []diff.Feature) (numbers []uint32) {
	for _, f := range all {
		numbers = append(numbers, f.Number)
	}
	slices.Sort(numbers)
	return numbers
}

// took takes in what a child measured.
func (s *soak) took(m *measured) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.c.Measured(m.Number, m.Reached)
	s.sum.Elapsed = time.Since(s.begun)
}
