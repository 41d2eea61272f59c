// What the layer costs. See atom.go for what it is.

//go:build !race && !explore

package atom

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// machineCode gives the instructions of each function of a package, by name.
func machineCode(t *testing.T, folder string) map[string][]string {
	out, err := exec.Command("go", "build", "-gcflags=-S", folder).CombinedOutput()
	require.NoError(t, err, string(out))
	start := regexp.MustCompile(`^\S+\.(\w+) STEXT`)
	line := regexp.MustCompile(`^\s+0x[0-9a-f]+ \d+ \([^)]*\)\t(.*)$`)
	// The last is a byte that does nothing: where a call was inlined and no instruction can bear its mark.
	aside := regexp.MustCompile(`^(TEXT|FUNCDATA|PCDATA|NOP)\b|^XCHGL\s+AX, AX$`)
	code, name := map[string][]string{}, ""
	for _, text := range strings.Split(string(out), "\n") {
		if found := start.FindStringSubmatch(text); found != nil {
			name = found[1]
		} else if found := line.FindStringSubmatch(text); found != nil && !aside.MatchString(found[1]) {
			code[name] = append(code[name], strings.Join(strings.Fields(found[1]), " "))
		}
	}
	return code
}

// Hot accesses through the layer are the instructions that they would be without it.
func TestTheLayerCostsNothing(t *testing.T) {
	code := machineCode(t, "./testdata/cost")
	for _, name := range []string{"Owner", "Abandon", "Count", "Swap", "Claim", "Push"} {
		require.NotEmpty(t, code[name], name)
		require.Equal(t, code[name+"Direct"], code[name], name)
	}
	require.NotEqual(t, code["Owner"], code["Abandon"], "the comparison sees a difference")
}
