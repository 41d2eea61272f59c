// Running the corpus. See doc.go for an overview.

package coverage

import (
	"fmt"

	"midiff/corpus"
	"midiff/cref"
	"midiff/diff"
	"midiff/diff/prog"
)

// Outcome is what the corpus came to.
type Outcome struct {
	Programs, Operations int
	Places, PlacesRan    int
	Files                map[string]Lines // of the library, by name
	Others               map[string]int   // programs of profiles whose builds do not tell what of them ran
}

// tally gathers which places ran.
type tally struct {
	session *diff.Session
	ref     *cref.Ref
	ran     []bool
	kept    cref.Coverage
	out     Outcome
}

// RunCorpus runs the programs of the corpus and every scenario told once, in lockstep.
func RunCorpus() (*Outcome, error) {
	s, err := diff.NewSession()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	ref, err := cref.Open()
	if err != nil {
		return nil, err
	}
	s.Careful, s.Coverage = true, new(cref.Coverage)
	t := &tally{session: s, ref: ref, ran: make([]bool, len(ref.Sites()))}
	t.out.Others = map[string]int{}
	t.take() // the library's start
	if err := t.all(); err != nil {
		return nil, err
	}
	t.out.Places = len(t.ran)
	for _, ran := range t.ran {
		if ran {
			t.out.PlacesRan++
		}
	}
	t.out.Files, err = LinesOf(ref.Sites(), t.ran)
	return &t.out, err
}

func (t *tally) all() error {
	for _, folder := range corpus.Folders() {
		for _, f := range corpus.Programs(folder) {
			p, err := prog.Parse(f.Path(), f.Text)
			if err == nil {
				err = t.run(p)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", f.Path(), err)
			}
		}
	}
	stories, err := corpus.Scenarios()
	if err != nil {
		return err
	}
	for _, story := range stories {
		text, err := story.Text(corpus.Params{})
		if err != nil {
			return err
		}
		p, err := prog.Parse(story.Name, text)
		if err == nil {
			err = t.run(p)
		}
		if err != nil {
			return fmt.Errorf("scenario %s: %w", story.Name, err)
		}
	}
	return nil
}

// run runs a program with a teardown behind it, if there is a build of its profile. Builds of others than the first
// cannot tell what of them ran: such a program counts for goalloc.
func (t *tally) run(p *prog.Program) error {
	if _, err := cref.OpenProfile(p.Profile); err != nil {
		return nil
	}
	v := t.session.Check(p)
	if v.Class != diff.Agree {
		return fmt.Errorf("%s", v.Title())
	}
	for _, e := range t.session.Coverage.Edges {
		t.ran[e] = true
	}
	t.take()
	t.out.Programs++
	t.out.Operations += v.Steps
	if p.Profile != prog.Profiles[0] {
		t.out.Others[p.Profile]++
	}
	return nil
}

func (t *tally) take() {
	t.ref.Covered(&t.kept)
	for _, e := range t.kept.Edges {
		t.ran[e] = true
	}
}
