// What Go says of goalloc. See doc.go for an overview.

package coverage

import (
	"fmt"
	"strings"
)

// goPackage is what the Go side's files are named below.
const goPackage = "midiff/goalloc/"

// readProfile turns a coverage profile of the go command into lines, by the file's name below goalloc.
func readProfile(text string) (map[string]Lines, error) {
	files := map[string]Lines{}
	for n, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if strings.HasPrefix(line, "mode: ") {
			continue
		}
		name, rest, ok := strings.Cut(line, ":")
		var from, fromColumn, to, toColumn, statements, count int
		got, err := fmt.Sscanf(rest, "%d.%d,%d.%d %d %d", &from, &fromColumn, &to, &toColumn, &statements, &count)
		if !ok || got != 6 || err != nil {
			return nil, fmt.Errorf("coverage profile, line %d: %q: %w", n+1, line, err)
		}
		name, ok = strings.CutPrefix(name, goPackage)
		if !ok {
			continue
		}
		if files[name] == nil {
			files[name] = Lines{}
		}
		for at := from; at <= to && statements > 0; at++ {
			files[name][at] = files[name][at].with(count > 0)
		}
	}
	return files, nil
}
