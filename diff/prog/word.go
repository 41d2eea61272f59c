// The words of the text form. See doc.go for an overview.

package prog

import "strconv"

const (
	wordNull    = "null"
	wordBacking = "backing"
	wordMissing = "missing"
	wordTrue    = "true"
	wordFalse   = "false"
	wordSticky  = "sticky"
	wordBarrier = "barrier"
)

// isName reports whether word can name a handle: a letter or _, then letters, digits and _; not a
// word of the language and not the name of a thread.
func isName(word string) bool {
	if word == "" || !isLetter(word[0]) || isThreadName(word) {
		return false
	}
	switch word {
	case wordNull, wordBacking, wordMissing, wordTrue, wordFalse:
		return false
	}
	for i := 1; i < len(word); i++ {
		if !isLetter(word[i]) && !isDigit(word[i]) {
			return false
		}
	}
	return true
}

// isThreadName reports whether word is a t and digits.
func isThreadName(word string) bool {
	if len(word) < 2 || word[0] != 't' {
		return false
	}
	for i := 1; i < len(word); i++ {
		if !isDigit(word[i]) {
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// quote makes any word safe to show, however long or odd it is.
func quote(word string) string {
	const most = 40
	if len(word) > most {
		return strconv.QuoteToASCII(word[:most]) + "..."
	}
	return strconv.QuoteToASCII(word)
}
