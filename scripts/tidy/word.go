// Words and characters that no file may hold. See doc.go for an overview.
package tidy

import (
	"regexp"
	"strings"
)

// bannedWord is a pattern with what it stands for. The patterns are written so that they do not
// match their own source.
type bannedWord struct {
	pattern *regexp.Regexp
	what    string
	inTests bool // tests may hold it
}

var bannedWords = []bannedWord{
	{regexp.MustCompile(`(^|[\s"'=(:\x60])/[t]mp(/|\b)`), "a path of one machine", true},
	{regexp.MustCompile(`(^|[\s"'=(:\x60])/[w]ork(/|\b)`), "a path of one machine", false},
	{regexp.MustCompile(`\.\./[s]hared\b`), "a path outside the project", false},
	{regexp.MustCompile(`(?i)\b[d]eb\.debian\.org|\b[s]ecurity\.debian\.org`), "a package host", false},
	{regexp.MustCompile(`(?i)\b[p]roxy\.golang\.org|\b[s]um\.golang\.org`), "a package host", false},
	{regexp.MustCompile(`(?i)\b[r]egistry\b`), "a package host, or a word for a plain table", false},
}

func checkBannedWord(f *File, report reporter) {
	f.lines(func(number int, line string) {
		for _, b := range bannedWords {
			if b.inTests && f.isTest() {
				continue
			}
			if word := b.pattern.FindString(line); word != "" {
				report(number, "%q is %s", strings.TrimSpace(word), b.what)
			}
		}
	})
}

var taskNote = regexp.MustCompile(`\b([T]ODO|[F]IXME|[X]XX)\b`)

func checkTaskNote(f *File, report reporter) {
	f.lines(func(number int, line string) {
		if word := taskNote.FindString(line); word != "" {
			report(number, "%s in the source", word)
		}
	})
}

func checkWhiteSpace(f *File, report reporter) {
	if f.isData() {
		return
	}
	f.lines(func(number int, line string) {
		if strings.TrimRight(line, " \t\r") != line {
			report(number, "blanks at the end of the line")
		}
	})
	if f.Text != "" && !strings.HasSuffix(f.Text, "\n") {
		report(strings.Count(f.Text, "\n")+1, "no line end at the end of the file")
	}
}
