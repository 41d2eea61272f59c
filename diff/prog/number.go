// Numbers as programs spell them. See doc.go for an overview.

package prog

import (
	"math/bits"
	"strconv"
)

const (
	kibi = 1 << 10
	mebi = 1 << 20
	gibi = 1 << 30
)

// appendNumber writes n the one way the printer has: whole gibi- and mebibytes with a suffix, what is
// beyond any memory in hex, all else in decimal.
func appendNumber(b []byte, n uint64) []byte {
	switch {
	case n == 0:
		return append(b, '0')
	case n >= impossible:
		b = append(b, "0x"...)
		return strconv.AppendUint(b, n, 16)
	case n%gibi == 0:
		return append(strconv.AppendUint(b, n/gibi, 10), 'G')
	case n%mebi == 0:
		return append(strconv.AppendUint(b, n/mebi, 10), 'M')
	}
	return strconv.AppendUint(b, n, 10)
}

const expectedSigned = "expected a number from -2^63 to 2^63-1"

// parseSigned reads what parseNumber reads, with a sign if it is decimal.
func parseSigned(word string) (uint64, string) {
	if value, err := strconv.ParseInt(word, 10, 64); err == nil {
		return uint64(value), ""
	}
	n, msg := parseNumber(word)
	if msg != "" || n > halfSpace {
		return 0, expectedSigned + ", found " + quote(word)
	}
	return n, ""
}

// parseNumber reads decimal or 0x hex digits with an optional suffix K, M or G. The second result says
// what is wrong, "" if nothing is.
func parseNumber(word string) (uint64, string) {
	if word == "" {
		return 0, "expected a number"
	}
	digits, unit := word, uint64(1)
	base := 10
	if len(word) > 1 && word[0] == '0' && (word[1] == 'x' || word[1] == 'X') {
		digits, base = word[2:], 16
	}
	if n := len(digits); n > 0 {
		switch digits[n-1] {
		case 'K':
			unit = kibi
		case 'M':
			unit = mebi
		case 'G':
			unit = gibi
		}
		if unit > 1 {
			digits = digits[:n-1]
		}
	}
	n, err := strconv.ParseUint(digits, base, 64)
	if ne, ok := err.(*strconv.NumError); ok && ne.Err == strconv.ErrRange {
		return 0, "the number " + word + " is above 2^64-1"
	}
	if err != nil {
		return 0, "expected a number (decimal, 0x hex, suffix K, M or G), found " + quote(word)
	}
	high, low := bits.Mul64(n, unit)
	if high != 0 {
		return 0, "the number " + word + " is above 2^64-1"
	}
	return low, ""
}
