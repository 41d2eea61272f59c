// Looking at a source tree: its version and its checksum. See doc.go for an overview.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

const (
	wantVersion = "209" // MI_MALLOC_VERSION of 2.0.9
	versionName = "2.0.9"
)

var versionLine = regexp.MustCompile(`(?m)^#define[ \t]+MI_MALLOC_VERSION[ \t]+(\d+)`)

// checkVersion tells whether folder is a source tree of the one version the rig mirrors. name is
// what the user calls the folder.
func checkVersion(folder, name string) error {
	header, err := os.ReadFile(filepath.Join(folder, "include", "mimalloc.h"))
	if err != nil {
		return wrong(mendTree, "%s is no mimalloc source tree (no include/mimalloc.h in it)", name)
	}
	found := versionLine.FindSubmatch(header)
	switch {
	case found == nil:
		return wrong(mendTree, "%s/include/mimalloc.h does not define MI_MALLOC_VERSION", name)
	case string(found[1]) != wantVersion:
		return wrong(mendTree, "%s has MI_MALLOC_VERSION %s, not %s", name, found[1], wantVersion)
	}
	if _, err := os.Stat(filepath.Join(folder, "src", "static.c")); err != nil {
		return wrong(mendTree, "%s has no src/static.c, the source as one file", name)
	}
	return nil
}

// treeSum is the checksum over the files that the compiler can read: everything under include and
// src, by relative path and contents, so that it does not depend on where the tree lies. It equals
//
//	cd TREE; LC_ALL=C find include src -type f | LC_ALL=C sort | xargs sha256sum | sha256sum
func treeSum(folder string) (string, error) {
	paths, err := sourceFiles(folder)
	if err != nil {
		return "", err
	}
	var list bytes.Buffer
	for _, path := range paths {
		text, err := os.ReadFile(filepath.Join(folder, path))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&list, "%x  %s\n", sha256.Sum256(text), path)
	}
	sum := sha256.Sum256(list.Bytes())
	return hex.EncodeToString(sum[:]), nil
}

// sourceFiles lists the regular files under include and src, as sorted slash paths.
func sourceFiles(folder string) ([]string, error) {
	var paths []string
	for _, top := range []string{"include", "src"} {
		err := fs.WalkDir(os.DirFS(folder), top, func(path string, e fs.DirEntry, err error) error {
			if err == nil && e.Type().IsRegular() {
				paths = append(paths, path)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(paths)
	return paths, nil
}
