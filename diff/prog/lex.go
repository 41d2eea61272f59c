// One line of text and a place in it. See doc.go for an overview.

package prog

// line is a cursor over one line, without its comment.
type line struct {
	text string
	pos  int // the next byte
}

// newLine drops the comment.
func newLine(text string) line {
	for i := 0; i < len(text); i++ {
		if text[i] == '#' {
			return line{text: text[:i]}
		}
	}
	return line{text: text}
}

// space skips blanks and gives the column of what follows, from 1.
func (l *line) space() int {
	for l.pos < len(l.text) {
		if c := l.text[l.pos]; c != ' ' && c != '\t' && c != '\r' {
			break
		}
		l.pos++
	}
	return l.pos + 1
}

// atEnd skips blanks and reports whether nothing follows.
func (l *line) atEnd() bool {
	l.space()
	return l.pos == len(l.text)
}

// word takes the longest run of letters, digits, _, . and a sign; "" if there is none here.
func (l *line) word() (word string, col int) {
	col = l.space()
	start := l.pos
	for l.pos < len(l.text) {
		c := l.text[l.pos]
		if !isLetter(c) && !isDigit(c) && c != '.' && c != '-' && c != '+' {
			break
		}
		l.pos++
	}
	return l.text[start:l.pos], col
}

// take skips blanks and takes c if it is next.
func (l *line) take(c byte) bool {
	l.space()
	if l.pos < len(l.text) && l.text[l.pos] == c {
		l.pos++
		return true
	}
	return false
}

// rest shows what follows, for a message.
func (l *line) rest() string {
	if l.atEnd() {
		return "the end of the line"
	}
	end := len(l.text)
	for end > l.pos && (l.text[end-1] == ' ' || l.text[end-1] == '\r' || l.text[end-1] == '\t') {
		end--
	}
	return quote(l.text[l.pos:end])
}

// shown gives a word for a message, or what stands there if it is no word.
func (l *line) shown(word string) string {
	if word == "" {
		return l.rest()
	}
	return quote(word)
}
