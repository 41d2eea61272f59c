// Known findings: programs whose header says what they show, and the findings they excuse. See doc.go
// for an overview.

package diff

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"midiff/corpus"
	"midiff/diff/prog"
	"midiff/goalloc"
)

// KnownList is what the reference is known to do wrong. A finding is known when its signature is that
// of an entry and the entry's quirk took effect in the same step; the same signature without the quirk
// is a new finding.
type KnownList struct {
	Entries []Known
}

// Known is one known finding: the header of a corpus program.
//
//	# known: NAME
//	# quirk: NAME
//	# expect: agree | diverge ORACLE OP FIELD
//	# covers: ORACLE OP FIELD             (any number: further signatures of the same bug; * is any OP)
//	# without: agree | diverge ORACLE OP FIELD   (with the quirk switched off in goalloc)
type Known struct {
	Name    string
	Quirk   string
	File    string
	Covers  []Signature // the signatures that count as known; that of Expect is the first
	Expect  Expectation
	Without Expectation
	bit     uint64
}

// Expectation is what a corpus program comes to.
type Expectation struct {
	Class     Class
	Signature Signature // for Diverge
}

// String gives the spelling of the header.
func (x Expectation) String() string {
	if x.Class == Diverge {
		return "diverge " + x.Signature.String()
	}
	return x.Class.String()
}

// knownLater is the folder of what is known of the later version alone.
const knownLater = "known/2.3"

// knownOf gives what is known of 2.0, or of the later version: what it has of the same bugs, and what it alone does
// wrong.
func knownOf(later bool) (*KnownList, error) {
	l, err := loadFolder("known")
	if !later || err != nil {
		return l, err
	}
	profile, err := goalloc.ProfileByName(prog.Later[0])
	if err != nil {
		return nil, err
	}
	alone, err := loadFolder(knownLater)
	if err != nil {
		return nil, err
	}
	l.Entries = slices.DeleteFunc(l.Entries, func(k Known) bool { return goalloc.Quirk(k.bit)&profile.Quirks == 0 })
	l.Entries = append(l.Entries, alone.Entries...)
	return l, nil
}

// likeKnown names what is known, of any version, with a signature.
func likeKnown(s Signature) (names []string) {
	for _, folder := range []string{"known", knownLater} {
		l, err := loadFolder(folder)
		if err != nil {
			panic(err) // it was loaded before, or is the corpus of this program
		}
		for i := range l.Entries {
			if slices.ContainsFunc(l.Entries[i].Covers, s.coveredBy) {
				names = append(names, l.Entries[i].Name)
			}
		}
	}
	return names
}

// loadFolder reads the headers of a folder of the corpus.
func loadFolder(name string) (*KnownList, error) {
	dir, err := corpus.Folder(name)
	if err != nil {
		return nil, err
	}
	return LoadKnown(dir, QuirkBit)
}

// LoadKnown reads the headers of all programs in a folder. quirk gives the bit of a quirk's name.
func LoadKnown(dir fs.FS, quirk func(name string) (uint64, error)) (*KnownList, error) {
	files, err := fs.Glob(dir, "*.midiff")
	if err != nil {
		return nil, err
	}
	l := new(KnownList)
	for _, f := range files {
		text, err := fs.ReadFile(dir, f)
		if err != nil {
			return nil, err
		}
		k, err := parseKnown(f, string(text))
		if err != nil {
			return nil, err
		}
		if k.bit, err = quirk(k.Quirk); err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		l.Entries = append(l.Entries, k)
	}
	return l, nil
}

// parseKnown reads the comments of a program. Comments that are no header lines are prose.
func parseKnown(file, text string) (Known, error) {
	k := Known{File: file}
	for i, line := range strings.Split(text, "\n") {
		key, value, ok := headerLine(line)
		if !ok {
			continue
		}
		var err error
		switch key {
		case "known":
			k.Name = value
		case "quirk":
			k.Quirk = value
		case "expect":
			k.Expect, err = parseExpectation(value)
			if k.Expect.Class == Diverge {
				k.Covers = slices.Insert(k.Covers, 0, k.Expect.Signature)
			}
		case "without":
			k.Without, err = parseExpectation(value)
		case "covers":
			var s Signature
			s, err = ParseSignature(value)
			k.Covers = append(k.Covers, s)
		}
		if err != nil {
			return k, fmt.Errorf("%s:%d:1: %w", file, i+1, err)
		}
	}
	if k.Name == "" || k.Quirk == "" {
		return k, fmt.Errorf("%s:1:1: a known finding needs the lines '# known: NAME' and "+
			"'# quirk: NAME'", file)
	}
	return k, nil
}

// headerLine splits "# key: value".
func headerLine(line string) (key, value string, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), "#")
	if !ok {
		return "", "", false
	}
	key, value, ok = strings.Cut(rest, ":")
	return strings.TrimSpace(key), strings.TrimSpace(value), ok
}

func parseExpectation(text string) (Expectation, error) {
	if text == Agree.String() {
		return Expectation{Class: Agree}, nil
	}
	rest, ok := strings.CutPrefix(text, Diverge.String()+" ")
	if !ok {
		return Expectation{}, fmt.Errorf("%q: want 'agree' or 'diverge ORACLE OP FIELD'", text)
	}
	s, err := ParseSignature(rest)
	return Expectation{Diverge, s}, err
}

// anyOp stands for every operation in a header line covers.
const anyOp = "*"

// coveredBy tells whether the signature is the one covered, or differs in the operation and that may be any.
func (s Signature) coveredBy(covered Signature) bool {
	if covered.Op == anyOp {
		covered.Op = s.Op
	}
	return s == covered
}

// match finds the entry that a finding is an instance of.
func (l *KnownList) match(s Signature, quirks uint64) (int, bool) {
	if quirks == 0 {
		return 0, false
	}
	for i := range l.Entries {
		k := &l.Entries[i]
		if k.bit&quirks != 0 && slices.ContainsFunc(k.Covers, s.coveredBy) {
			return i, true
		}
	}
	return 0, false
}
