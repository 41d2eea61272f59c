// The list of rules and how it is applied. See doc.go for an overview.
package tidy

import "fmt"

// Rule is one demand on every file of the project.
type Rule struct {
	Name   string
	Remedy string // what to do about a finding, for the one who sees it for the first time
	check  func(f *File, report reporter)
}

// reporter takes one violation: the line it is on, from 1, and what is wrong there.
type reporter func(line int, format string, args ...any)

// Rules are all that the project demands. Each has its planted violation in planted_test.go.
var Rules = []Rule{
	{"layer", "import only what the layer table in scripts/tidy/layers.go allows; turn the dependency round or move the code down", checkLayer},
	{"unsafe", "go through the accessors of goalloc/internal/raw, or argue for a row in scripts/tidy/layers.go", checkUnsafe},
	{"cgo", "call the C side through package cref, the only one with import \"C\"", checkCgo},
	{"file size", "split the file: one concept per file", checkFileSize},
	{"function size", "split the function: decisions in the caller, work in named pieces", checkFunctionSize},
	{"overview", "open the file with a comment that says what it holds: // NOUN PHRASE. See doc.go for an overview.", checkOverview},
	{"exported doc", "write a doc comment that says why it is there, its units, ranges and errors", checkExported},
	{"counterpart", "end the function's doc with `// Counterpart: NAME.`, the C function, or `// Counterpart: none, REASON`; the latter may stand in the file's opening comment, for all of its functions", checkCounterpart},
	{"version", "go through a policy (goalloc/policy.go, profile.go), and put what one version does into a file NAME_20.go or NAME_23.go", checkVersion},
	{"dead code", "delete it; version control remembers", checkDeadCode},
	{"task note", "do it now, or write it down in the issue tracker", checkTaskNote},
	{"banned word", "say it without naming a machine's paths or a service's host", checkBannedWord},
	{"white space", "remove the blanks at the end of the line, and end the file with a line end", checkWhiteSpace},
	{"sleep", "wait for the event itself (channel, polling with a deadline), or argue for a row in scripts/tidy/construct.go", checkSleep},
}

// Finding is one violation of a rule.
type Finding struct {
	Path string
	Line int
	What string
	Rule *Rule
}

// String is the finding as the test prints it: where and what, then the remedy.
func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: %s [%s]\n\tremedy: %s", f.Path, f.Line, f.What, f.Rule.Name, f.Rule.Remedy)
}

// Check applies every rule to every file.
func Check(files []*File) []Finding {
	var all []Finding
	for _, f := range files {
		f.among = files
	}
	for i := range Rules {
		rule := &Rules[i]
		for _, f := range files {
			rule.check(f, func(line int, format string, args ...any) {
				all = append(all, Finding{f.Path, line, fmt.Sprintf(format, args...), rule})
			})
		}
	}
	return all
}
