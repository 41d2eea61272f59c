// From nothing to an unpacked source tree, or nothing again. See doc.go for an overview.
package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
)

// pin is what the fetched source must be, to the byte.
type pin struct {
	archive string // sha256 of the archive as Debian serves it
	tree    string // treeSum of what it unpacks to
}

var debian12 = pin{
	archive: "cbc9d207ff105ad1f0cb739c378076143a6452b8d0624309cea0abfb040e972b",
	tree:    "c7ba1db201dfcb66b58bd1e5fe5d8848989ffa2aa4681cd49cc2dbd879cb43a2",
}

// fetchTree makes the folder home hold the pinned tree. home appears by one rename, complete, or
// not at all; the scratch folder goes either way, and the folder around both if nothing is in it.
func (m *machine) fetchTree(ctx context.Context, home string) error {
	if err := m.tools(ctx, fetchTools()...); err != nil {
		return err
	}
	around := filepath.Dir(home)
	scratch, err := scratchFolder(around)
	if err != nil {
		return err
	}
	defer os.Remove(around) // fails, as it should, while something is in it
	defer os.RemoveAll(scratch)

	fmt.Fprintf(m.out, "setup: fetching Debian's source package %s\n", sourcePackage)
	archive, err := m.fetch(ctx, scratch)
	if err != nil {
		return err
	}
	if err := checkArchive(archive, m.pinned.archive); err != nil {
		return err
	}
	tree := filepath.Join(scratch, "tree")
	if err := os.Mkdir(tree, 0o755); err != nil {
		return err
	}
	if err := m.unpack(ctx, archive, tree); err != nil {
		return err
	}
	if err := checkTree(tree, "the unpacked archive", m.pinned.tree, mendTree); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return os.Rename(tree, home)
}

func checkArchive(path, want string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return wrong(mendTree, "apt-get succeeded but left no %s", filepath.Base(path))
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256(text)); sum != want {
		return wrong("something between here and Debian serves another file: use another network, or "+
			mendTree, "%s has sha256 %s, not %s", filepath.Base(path), sum, want)
	}
	return nil
}

// checkTree compares a tree that nobody should have edited with its pinned checksum.
func checkTree(folder, name, want, mend string) error {
	sum, err := treeSum(folder)
	switch {
	case err != nil:
		return wrong(mend, "%s is incomplete (%v)", name, err)
	case sum != want:
		return wrong(mend, "%s has checksum %s, not %s", name, sum, want)
	}
	return nil
}

// untar unpacks an archive, without the folder that all of it lies in, as files of the caller's.
func (c *commands) untar(ctx context.Context, archive, into string) error {
	err := c.run(ctx, into, "tar", "-x", "-f", archive, "--strip-components=1", "--no-same-owner")
	if err != nil {
		return wrong(mendAgain, "tar cannot unpack %s: %s (%s)",
			filepath.Base(archive), c.reason("tar: "), c.save())
	}
	return nil
}
