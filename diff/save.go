// Failing programs as files. See doc.go for an overview.

package diff

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"midiff/diff/prog"
)

// SaveFailure writes a program that diverged into a folder, under a name that tells its signature. Of
// several with one signature, the shortest stays. It returns the file's name. The file appears whole
// or not at all.
func SaveFailure(folder string, p *prog.Program, v *Verdict) (string, error) {
	signature := "unknown"
	if v.Div != nil {
		signature = strings.ReplaceAll(v.Div.Signature.String(), " ", "-")
	}
	name := filepath.Join(folder, signature+".midiff")
	text := failureHeader(v) + p.Text()
	if old, err := os.Stat(name); err == nil && old.Size() <= int64(len(text)) {
		return name, nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("cannot save the failing program: %w", err)
	}
	temp, err := os.CreateTemp(folder, ".midiff-*")
	if err != nil {
		return "", fmt.Errorf("cannot save the failing program: %w", err)
	}
	_, err = temp.WriteString(text)
	if e := temp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(temp.Name(), name)
	}
	if err != nil {
		os.Remove(temp.Name())
		return "", fmt.Errorf("cannot save the failing program: %w", err)
	}
	return name, nil
}

func failureHeader(v *Verdict) string {
	if v.Div == nil {
		return fmt.Sprintf("# no verdict: %s\n", strings.ReplaceAll(v.Reason, "\n", "\n# "))
	}
	return fmt.Sprintf("# diverges: %s\n", v.Div.Signature)
}
