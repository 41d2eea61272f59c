// Statistics as a library tells them, read. See doc.go for an overview.

package diff

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Totals implements teller. Versions that have no JSON are asked for the text that they print for people.
func (s *SharedSubject) Totals() (all []Stat, rounded, ok bool) {
	text := s.Library.Told()
	if text == "" {
		return nil, false, false
	}
	if rounded = !strings.HasPrefix(text, "{"); rounded {
		all = printedStats(text)
	} else if all, s.problem = statsOf(text); s.problem != nil {
		return []Stat{{Name: s.problem.Error(), Total: 1}}, false, true // no other side has that
	}
	if now, peak, has := s.Library.Commit(); has {
		all = withCommit(all, int64(now), int64(peak))
	}
	return nonzero(all), rounded, true
}

// statsOf reads statistics in JSON: numbers by name, or what went up and down, or lists of such by size class.
func statsOf(text string) (all []Stat, err error) {
	told := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(text), &told); err != nil {
		return nil, fmt.Errorf("the library's statistics: %w", err)
	}
	type parts struct{ Total, Peak, Current int64 }
	for name, value := range told {
		var n int64
		var one parts
		var bins []parts
		switch {
		case name == "stat_version" || name == "mimalloc_version":
		case json.Unmarshal(value, &n) == nil:
			all = append(all, Stat{Name: name, Total: n})
		case json.Unmarshal(value, &bins) == nil:
			for i, b := range bins {
				all = append(all, Stat{binName(name, i), b.Total, b.Peak, b.Current})
			}
		case name != "process" && json.Unmarshal(value, &one) == nil: // that is the system's
			all = append(all, Stat{name, one.Total, one.Peak, one.Current})
		}
	}
	return nonzero(all), nil
}

// printedNames are the statistics by the words of mi_stats_print_out, those that begin with a dash behind the one that
// they stand under. What is not here is counted by builds with full statistics alone, or the system's.
var printedNames = map[string]string{
	"reserved": "reserved", "committed": "committed", "reset": "reset", "touched": "page_committed",
	"segments": "segments", "segments-abandoned": "segments_abandoned", "segments-cached": "segments_cache",
	"pages": "pages", "pages-abandoned": "pages_abandoned", "pages-extended": "pages_extended",
	"pages-noretire": "page_no_retire", "mmaps": "mmap_calls", "commits": "commit_calls", "threads": "threads",
}

// The columns of a line: a word, then peak, total, freed and current.
const (
	printedWord   = 10
	printedColumn = 11
)

// printedStats reads the text for people. What was freed is left out: it is the total less what there is.
func printedStats(text string) (all []Stat) {
	above := ""
	for _, line := range strings.Split(text, "\n") {
		word, numbers, ok := strings.Cut(line, ":")
		if word = strings.TrimSpace(word); !ok {
			continue
		}
		if strings.HasPrefix(word, "-") {
			word = above + word
		} else {
			above = word
		}
		name := printedNames[word]
		if name == "" {
			continue
		}
		if len(numbers) < 4*printedColumn {
			all = append(all, Stat{Name: name, Total: printedAmount(numbers)})
			continue
		}
		column := func(i int) int64 { return printedAmount(numbers[i*printedColumn : (i+1)*printedColumn]) }
		all = append(all, Stat{Name: name, Peak: column(0), Total: column(1), Current: column(3)})
	}
	return all
}

// printedAmount reads a number that people read: 0, 12, -3, 64.0 MiB; one byte is left blank.
func printedAmount(text string) int64 {
	number, unit, _ := strings.Cut(strings.TrimSpace(text), " ")
	if number == "" {
		return 1
	}
	step := int64(1)
	if size := strings.IndexByte("KMG", (unit + " ")[0]); size >= 0 {
		step = stepOfAmount(size)
		number = strings.Replace(number, ".", "", 1)
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return -1 // no such amount: it will differ
	}
	return n * step
}

// stepOfAmount is a tenth of 1 KiB, MiB or GiB.
func stepOfAmount(size int) int64 { return 1 << (10 * (size + 1)) / 10 }

// shown is what is left of a number when it is printed for people.
func shown(n int64) int64 {
	step := int64(1)
	for size := range 3 {
		if unit := int64(1) << (10 * (size + 1)); n >= unit || n <= -unit {
			step = stepOfAmount(size)
		}
	}
	return n / step * step
}
