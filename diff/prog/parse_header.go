// The parser of header lines. See doc.go for an overview.

package prog

import (
	"slices"
	"strings"
)

// The parts of a program, in the order they must stand.
const (
	stageStart = iota
	stageFormat
	stageProfile
	stageThreads
	stageOptions
	stageFaults
	stageOps
)

var stages = map[string]int{
	"midiff": stageFormat, "profile": stageProfile, "threads": stageThreads,
	"option": stageOptions, "fault": stageFaults,
}

// parseFormat reads the first line.
func (p *parser) parseFormat(word string, col int) error {
	if word != "midiff" {
		p.line.pos = col - 1
		return p.fail(col, "%s, found %s", expectedFormat, p.line.rest())
	}
	version, col := p.line.word()
	if version != "1" {
		return p.fail(col, "expected format version 1, found %s", p.line.shown(version))
	}
	p.stage = stageFormat
	return p.lineEnd()
}

const expectedLine = "expected an operation (t0 a = malloc(48)) or profile, threads, option, fault"

// parseHeader reads a line that follows the first and is no operation.
func (p *parser) parseHeader(word string, col int) error {
	stage, ok := stages[word]
	if !ok {
		return p.fail(col, "%s, found %s", expectedLine, p.line.shown(word))
	}
	repeats := stage == stageOptions || stage == stageFaults
	if stage < p.stage || stage == p.stage && !repeats {
		return p.fail(col, "%s stands too late or twice: the order is midiff, profile, threads, "+
			"option, fault, operations", word)
	}
	p.stage = stage
	switch stage {
	case stageProfile:
		return p.parseProfile()
	case stageThreads:
		return p.parseThreads()
	case stageOptions:
		return p.parseOption()
	}
	return p.parseFault()
}

func (p *parser) lineEnd() error {
	if !p.line.atEnd() {
		return p.fail(p.line.space(), "expected the end of the line, found %s", p.line.rest())
	}
	return nil
}

func (p *parser) parseProfile() error {
	word, col := p.line.word()
	if !isProfile(word) {
		return p.fail(col, "expected a profile (%s), found %s", profileNames(), p.line.shown(word))
	}
	p.prog.Profile = word
	return p.lineEnd()
}

func (p *parser) parseThreads() error {
	word, col := p.line.word()
	n, msg := parseNumber(word)
	if msg != "" || n < 1 || n > MaxThreads {
		return p.fail(col, "expected a number of threads from 1 to %d, found %s", MaxThreads,
			p.line.shown(word))
	}
	p.prog.Threads = int(n)
	return p.lineEnd()
}

func (p *parser) parseOption() error {
	name, col := p.line.word()
	names := optionNamesOf(p.prog.Profile)
	if name == "" || !slices.Contains(names, name) {
		if name == "" {
			return p.fail(col, "expected NAME=VALUE, found %s", p.line.rest())
		}
		return p.fail(col, "%s", unknown("option", name, names, true))
	}
	if !p.line.take('=') {
		return p.fail(p.line.space(), `expected "=" as in %s=0, found %s`, name, p.line.rest())
	}
	word, valueCol := p.line.word()
	value, msg := parseSigned(word)
	if msg != "" {
		return p.fail(valueCol, "%s, found %s", expectedSigned, p.line.shown(word))
	}
	p.prog.Options = append(p.prog.Options, Option{Name: name, Value: int64(value)})
	if msg := p.prog.optionProblem(len(p.prog.Options) - 1); msg != "" {
		return p.fail(col, "%s", msg)
	}
	return p.lineEnd()
}

func (p *parser) parseFault() error {
	call, col := p.line.word()
	which := slices.Index(faultCalls[:], call)
	if which < 0 {
		return p.fail(col, "expected a call to fail (%s), found %s", strings.Join(faultCalls[:], ", "),
			p.line.shown(call))
	}
	word, nCol := p.line.word()
	n, msg := parseNumber(word)
	if msg != "" || n < 1 || n > 1<<32-1 {
		return p.fail(nCol, "expected which %s fails, counted from 1, found %s", call,
			p.line.shown(word))
	}
	f := Fault{Call: FaultCall(which), N: uint32(n)}
	word, errCol := p.line.word()
	if word == wordSticky {
		f.Sticky = true
		word, errCol = p.line.word()
	}
	e := slices.Index(errnoNames[:], word)
	if e < 0 {
		return p.fail(errCol, "expected an error (%s), found %s", strings.Join(errnoNames[:], ", "),
			p.line.shown(word))
	}
	f.Errno = errnos[e]
	p.prog.Faults = append(p.prog.Faults, f)
	if msg := p.prog.faultProblem(len(p.prog.Faults) - 1); msg != "" {
		return p.fail(nCol, "%s", msg)
	}
	return p.lineEnd()
}
