package explore

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"midiff/diff/explore/change"
	"midiff/diff/explore/rewrite"
)

// Root finds the folder of midiff's module, from the current folder up.
func Root() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Path}} {{.Dir}}").Output()
	if err != nil {
		return "", errors.New("the explorer is built from midiff's source: run it in a folder of that, with go installed")
	}
	name, dir, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if name != "midiff" {
		return "", fmt.Errorf("the explorer is built from midiff's source: run it in a folder of that, not of module %s", name)
	}
	return dir, nil
}

// Build makes the explorer's binary from the module in folder root, if it is not up to date, and gives its
// name. All that it makes is in root's .build.
func Build(root string) (string, error) {
	overlay, err := rewrite.Overlay(root, filepath.Join(root, ".build", "explore"), change.Patches())
	if err != nil {
		return "", fmt.Errorf("the explorer cannot be built: %w", err)
	}
	binary := filepath.Join(root, ".build", "midiff-explore")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-tags", "explore", "-overlay", overlay, "-o", binary,
		"./diff/explore/child")
	cmd.Dir = root
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("the explorer cannot be built: %w\n%s", err, strings.TrimSpace(out.String()))
	}
	return binary, nil
}
