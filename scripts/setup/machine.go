// The steps of a set-up, over what they need of the machine. See doc.go for an overview.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// machine is what the set-up needs of the world. Tests put their own in place of its functions.
type machine struct {
	root    string // the project's folder, absolute
	source  string // the user's source tree, or "" to fetch one
	pinned  pin
	out     io.Writer
	more    []tool // that are needed beside the compiler
	tools   func(ctx context.Context, need ...tool) error
	fetch   func(ctx context.Context, scratch string) (archive string, err error)
	unpack  func(ctx context.Context, archive, into string) error
	modules func(ctx context.Context) error
	symbols func(ctx context.Context, tree, scratch string) ([]string, error)
}

func newMachine(root, etc, source string, out io.Writer) *machine {
	c := &commands{root: root, out: out}
	install := c.rootInstaller()
	return &machine{
		root: root, source: source, pinned: debian12, out: out,
		tools: func(ctx context.Context, need ...tool) error {
			return needTools(ctx, install, need...)
		},
		fetch: func(ctx context.Context, scratch string) (string, error) {
			return c.aptSource(ctx, etc, scratch)
		},
		unpack:  c.untar,
		modules: c.goModules,
		symbols: c.symbols,
	}
}

// setUp does the steps of the overview.
func (m *machine) setUp(ctx context.Context) error {
	unlock, err := lock(ctx, m.root)
	if err != nil {
		return err
	}
	defer unlock()
	for _, folder := range []string{buildFolder, referenceFolder} {
		if err := removeStale(filepath.Join(m.root, folder)); err != nil {
			return err
		}
	}
	if err := m.tools(ctx, append(m.more, compiler())...); err != nil {
		return err
	}
	tree, err := m.tree(ctx)
	if err != nil {
		return err
	}
	if err := m.modules(ctx); err != nil {
		return err
	}
	err = publish(m.root, tree, func(tree, scratch string) ([]string, error) {
		return m.symbols(ctx, tree, scratch)
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(m.out, "setup: mimalloc %s in %s\n", versionName, m.name(tree))
	return err
}

// tree returns the source tree's folder, absolute, after making sure that it is the right one.
func (m *machine) tree(ctx context.Context) (string, error) {
	if m.source != "" {
		tree, err := filepath.Abs(m.source)
		if err != nil {
			return "", err
		}
		return tree, checkVersion(tree, "MIMALLOC_SRC="+m.source)
	}
	home := filepath.Join(m.root, referenceFolder, "mimalloc-"+versionName)
	if _, err := os.Stat(home); err != nil {
		return home, m.fetchTree(ctx, home)
	}
	mend := "remove it to have it fetched again, or, to use a changed tree, copy it elsewhere and " + mendTree
	return home, checkTree(home, m.name(home), m.pinned.tree, mend)
}

// name is how a folder is called in messages: relative to the project if it is inside.
func (m *machine) name(folder string) string {
	if near, err := filepath.Rel(m.root, folder); err == nil && filepath.IsLocal(near) {
		return near
	}
	return folder
}
