// Building and running the program that runs the corpus. See doc.go for an overview.

package coverage

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"midiff/scripts/fuzz/instrument"
)

const (
	childPackage = "midiff/diff/coverage/child"
	// A program of which nothing of its own is covered writes nothing when it ends.
	goCovered = "-coverpkg=midiff/goalloc,midiff/goalloc/internal/osmem," + childPackage
)

// Both is what the corpus ran of both sides.
type Both struct {
	Outcome
	Go   map[string]Lines
	Root string // the project's folder
}

// Run builds the child and runs it; it needs the go command and the source tree.
func Run() (*Both, error) {
	scratch, err := os.MkdirTemp("", "midiff-coverage-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	child, counts := filepath.Join(scratch, "child"), filepath.Join(scratch, "counts")
	if err := os.Mkdir(counts, 0o755); err != nil {
		return nil, err
	}
	if _, err := output(nil, "go", "build", "-tags=ccover,clines", "-cover", goCovered, "-o", child, childPackage); err != nil {
		return nil, err
	}
	out, err := output([]string{"GOCOVERDIR=" + counts}, child)
	if err != nil {
		return nil, err
	}
	both := &Both{}
	if err := json.Unmarshal(out, &both.Outcome); err != nil {
		return nil, fmt.Errorf("what %s printed: %w", childPackage, err)
	}
	profile := filepath.Join(scratch, "profile")
	if _, err := output(nil, "go", "tool", "covdata", "textfmt", "-i="+counts, "-o="+profile); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(profile)
	if err != nil {
		return nil, err
	}
	if both.Go, err = readProfile(string(text)); err != nil {
		return nil, err
	}
	root, err := output(nil, "go", "list", "-m", "-f", "{{.Dir}}")
	both.Root = string(bytes.TrimSpace(root))
	return both, err
}

// output runs a command with more in its environment.
func output(env []string, name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(instrument.Env(), env...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", name, args[:min(2, len(args))], err, bytes.TrimSpace(said.Bytes()))
	}
	return out, nil
}

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
