// Tests of what the parser refuses. See doc.go for an overview.

package prog

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBadPrograms reads testdata/bad.txt: programs, each under a line "=== what is wrong" and followed
// by "--- message". -update rewrites the messages.
func TestBadPrograms(t *testing.T) {
	data, err := os.ReadFile("testdata/bad.txt")
	require.NoError(t, err)
	intro, rest, _ := strings.Cut(string(data), "=== ")
	var b strings.Builder
	b.WriteString(intro)
	for _, one := range strings.Split(rest, "\n=== ") {
		title, body, _ := strings.Cut(one, "\n")
		text, _, _ := strings.Cut(body, "--- ")
		p, err := Parse("bad", []byte(text))
		require.Error(t, err, title)
		require.Nil(t, p)
		var perr *Error
		require.ErrorAs(t, err, &perr)
		lines := strings.Split(text, "\n")
		require.LessOrEqual(t, perr.Line, len(lines), title)
		require.LessOrEqual(t, perr.Col, len(lines[perr.Line-1])+1, title)
		b.WriteString("=== " + title + "\n" + text + "--- " + err.Error() + "\n\n")
	}
	golden(t, "bad.txt", strings.TrimSuffix(b.String(), "\n"))
}

// TestBadBytes: what does not fit in a text file of bad programs.
func TestBadBytes(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", `x:1:1: expected "midiff 1"`},
		{"blank", "\n\n# nothing\n", `x:1:1: expected "midiff 1"`},
		{"binary", "\x00\xff\x80", `x:1:1: expected "midiff 1", found "\x00\xff\x80"`},
		{"binary line", "midiff 1\n\x7fELF\x02", `x:2:1: ` + expectedLine + `, found "\x7fELF\x02"`},
		{"long", strings.Repeat("a", 1000), `x:1:1: expected "midiff 1", found "` +
			strings.Repeat("a", 40) + `"...`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("x", []byte(c.text))
			require.EqualError(t, err, c.want)
		})
	}
}

// TestParseNeverPanics: cut, doubled and changed programs are read or refused with a place.
func TestParseNeverPanics(t *testing.T) {
	var r random
	for seed := range uint64(300) {
		text := []byte(Generate(seed, everyKind(30)).Text())
		for range 1 + r.below(3) {
			at := r.below(len(text))
			switch r.below(3) {
			case 0:
				text = append(text[:at:at], text[min(len(text), at+1+r.below(9)):]...)
			case 1:
				text[at] = byte(r.next())
			case 2:
				text[at] = text[r.below(len(text))]
			}
			if len(text) == 0 {
				break
			}
		}
		p, err := Parse("x", text)
		if err == nil {
			require.NoError(t, p.Check())
			continue
		}
		var perr *Error
		require.ErrorAs(t, err, &perr)
		require.Positive(t, perr.Line)
		require.Positive(t, perr.Col)
	}
}

func TestNumbers(t *testing.T) {
	for word, want := range map[string]uint64{
		"0": 0, "48": 48, "007": 7, "0x10": 16, "0XfF": 255, "1K": 1024, "0x2K": 2048, "3M": 3 << 20,
		"2G": 2 << 30, "18446744073709551615": 1<<64 - 1, "17179869183G": 17179869183 << 30,
	} {
		n, msg := parseNumber(word)
		require.Empty(t, msg, word)
		require.Equal(t, want, n, word)
	}
	for _, word := range []string{"", "K", "0x", "x1", "1k", "1KB", "-1", "+1", "1_000", "1.5", "0b1",
		"18446744073709551616", "17179869184G"} {
		_, msg := parseNumber(word)
		require.NotEmpty(t, msg, word)
	}
	for _, n := range []uint64{0, 1, 1023, 1024, 4096, mebi - 1, mebi, mebi + 1, 33 * mebi, gibi, 60 * gibi,
		1000 * gibi, impossible - 1, impossible, halfSpace, 1 << 63, largestUint} {
		back, msg := parseNumber(string(appendNumber(nil, n)))
		require.Empty(t, msg)
		require.Equal(t, n, back)
	}
}

// TestCheck: programs that no text can spell, and the rules on programs without a text.
func TestCheck(t *testing.T) {
	none := Op{Dst: NoHandle, Src: NoHandle, Heap: NoHandle}
	op := func(name string, change func(o *Op)) Op {
		o := none
		o.Kind = mustKind(name)
		change(&o)
		return o
	}
	malloc := op("malloc", func(o *Op) { o.Dst = 0 })
	free := op("free", func(o *Op) { o.Src = 0 })
	block := []Var{{Sort: BlockVar}}
	for _, c := range []struct {
		name, want string
		p          Program
	}{
		{"valid", "", Program{Vars: block, Ops: []Op{malloc, free}}},
		{"double free", "operation 3, t0 free(b0): expected a live block or null; " +
			"b0 ended at operation 2 (t0 free(b0))", Program{Vars: block, Ops: []Op{malloc, free, free}}},
		{"bound twice", "operation 2, t0 b0 = malloc(0): b0 is still live, " +
			"made at operation 1 (t0 b0 = malloc(0)): end it first or choose another name",
			Program{Vars: block, Ops: []Op{malloc, malloc}}},
		{"no row", "operation 1: kind 200 has no row", Program{Ops: []Op{{Kind: 200}}}},
		{"no variable", "operation 1: handle 0 of 0", Program{Ops: []Op{malloc}}},
		{"no result", "operation 1: malloc with a wrong kind of result",
			Program{Ops: []Op{op("malloc", func(*Op) {})}}},
		{"no operand", "operation 1: free with a wrong kind of operand",
			Program{Ops: []Op{op("free", func(*Op) {})}}},
		{"no variant", "operation 1: free has no heap_ variant",
			Program{Ops: []Op{op("free", func(o *Op) { o.Heaped = true })}}},
		{"bool", "operation 1, t0 collect(true): expected true or false",
			Program{Ops: []Op{op("collect", func(o *Op) { o.Num[0] = 2 })}}},
		{"thread", "operation 1, t9 collect(false): \"t9\" is not a thread of this program: " +
			"threads 1 means t0 to t0", Program{Ops: []Op{op("collect", func(o *Op) { o.Thread = 9 })}}},
		{"threads", "program header: threads must be 1 to 8, found 9", Program{Threads: 9}},
		{"profile", `program header: unknown profile "1.0"; legal: ` + profileNames(), Program{Profile: "1.0"}},
		{"fault", "program header: calls are counted from 1", Program{Faults: []Fault{{}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.p.Threads == 0 {
				c.p.Threads = 1
			}
			if c.p.Profile == "" {
				c.p.Profile = "2.0"
			}
			if c.want == "" {
				require.NoError(t, c.p.Check())
				return
			}
			require.EqualError(t, c.p.Check(), c.want)
		})
	}
}
