// Writing files and folders so that they are never seen half written. See doc.go for an overview.

package diff

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

const tempPrefix = ".midiff-"

// tempPattern names what is not whole yet after the process that makes it.
func tempPattern() string { return fmt.Sprintf("%s%d-*", tempPrefix, os.Getpid()) }

// Sweepings removes what processes that are gone left half written in a folder, and in those in it.
func Sweepings(folder string) error {
	var err error
	for _, pattern := range []string{tempPrefix + "*", filepath.Join("*", tempPrefix+"*")} {
		half, e := filepath.Glob(filepath.Join(folder, pattern))
		err = errors.Join(err, e)
		for _, name := range half {
			pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(name), tempPrefix), "-")
			if _, e := os.Stat(filepath.Join("/proc", pid)); errors.Is(e, fs.ErrNotExist) {
				err = errors.Join(err, os.RemoveAll(name))
			}
		}
	}
	return err
}

// WriteFile writes a file by way of another, so that it is never seen half written; folders are made.
func WriteFile(name, text string) error {
	folder := filepath.Dir(name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	temp, err := os.CreateTemp(folder, tempPattern())
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err := temp.Chmod(0o644); err != nil { // others may read what a program was told to write
		return err
	}
	_, err = temp.WriteString(text)
	if e := temp.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), name)
}

// WriteFolder makes a folder with files, by name, by way of another. It is an error (fs.ErrExist) if it is
// there already.
func WriteFolder(dir string, files map[string]string) error {
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	temp, err := os.MkdirTemp(parent, tempPattern())
	if err != nil {
		return err
	}
	for name, text := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(temp, name), []byte(text), 0o644))
	}
	if err == nil {
		err = os.Chmod(temp, 0o755)
	}
	if err == nil {
		err = os.Rename(temp, dir)
	}
	if err != nil {
		err = errors.Join(err, os.RemoveAll(temp))
	}
	return err
}

var notInNames = regexp.MustCompile(`[^A-Za-z0-9._]+`)

// FolderName gives the name of the n-th folder, from 1, for failures with a title.
func FolderName(title string, n int) string {
	name := strings.Trim(notInNames.ReplaceAllString(title, "-"), "-.")
	name = name[:min(len(name), 100)]
	if n > 1 {
		name += "--" + strconv.Itoa(n)
	}
	return name
}
