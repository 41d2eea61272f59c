// Debian's package tool: installing a tool, fetching a source package. See doc.go for an overview.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	sourcePackage = "mimalloc=2.0.9+ds-2"
	sourceArchive = "mimalloc_2.0.9+ds.orig.tar.xz"
	mendNetwork   = "check the network and that the machine's package lists are Debian 12's, or " + mendTree
)

// aptInstall installs packages on the machine; only root can. A failing update is not the end: the
// lists may be good enough, and the install says so if they are not.
func (c *commands) aptInstall(ctx context.Context, packages []string) error {
	fmt.Fprintf(c.out, "setup: installing %s with apt-get\n", strings.Join(packages, " "))
	_ = c.run(ctx, c.root, "apt-get", "-q", "update")
	args := append([]string{"-q", "install", "-y", "--no-install-recommends"}, packages...)
	if err := c.run(ctx, c.root, "apt-get", args...); err != nil {
		return wrong(mendNetwork, "apt-get cannot install %s: %s (%s)",
			strings.Join(packages, " "), c.aptReason(), c.save())
	}
	return nil
}

// aptSource fetches the archive of the source package into scratch and returns its path. Package
// lists and cache lie in scratch too, so that it needs no root and changes nothing on the machine.
func (c *commands) aptSource(ctx context.Context, etc, scratch string) (string, error) {
	state, cache := filepath.Join(scratch, "state"), filepath.Join(scratch, "cache")
	lists := filepath.Join(scratch, "sources.list.d")
	for _, folder := range []string{filepath.Join(state, "lists", "partial"),
		filepath.Join(cache, "archives", "partial"), lists} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return "", err
		}
	}
	if err := writeSourceLists(etc, lists); err != nil {
		return "", err
	}
	options := []string{"-q",
		"-o", "Dir::State=" + state, "-o", "Dir::State::Lists=" + filepath.Join(state, "lists"),
		"-o", "Dir::Cache=" + cache,
		"-o", "Dir::Etc::sourcelist=/dev/null", "-o", "Dir::Etc::sourceparts=" + lists,
		"-o", "Acquire::Retries=1",
		"-o", "Acquire::http::Timeout=30", "-o", "Acquire::https::Timeout=30",
	}
	// A failing update is not the end: one list of several, or a hook that wants root, may be all
	// that failed. What counts is whether the package is found.
	_ = c.run(ctx, scratch, "apt-get", append(options, "update")...)
	err := c.run(ctx, scratch, "apt-get",
		append(options, "source", "--download-only", sourcePackage)...)
	if err != nil {
		return "", wrong(mendNetwork, "apt-get cannot fetch the source package %s: %s (%s)",
			sourcePackage, c.aptReason(), c.save())
	}
	return filepath.Join(scratch, sourceArchive), nil
}

// aptReason is apt's own first word on a failure: a list that did not come explains more than the
// package that was therefore not found.
func (c *commands) aptReason() string {
	return c.reason("E: Failed to fetch", "W: Failed to fetch", "E: ")
}
