// The command's entry. See doc.go for an overview.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(),
		os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := run(ctx, ".", "/etc/apt", os.Getenv("MIMALLOC_SRC"), os.Stdout, os.Args[1:]...); err != nil {
		fmt.Fprintln(os.Stderr, report(ctx, err))
		os.Exit(2)
	}
}

// run sets up the project in folder root on the real machine. etc is where the package tool keeps
// its lists, source the user's own source tree or "". more is "clang" where libFuzzer binaries are to be built.
func run(ctx context.Context, root, etc, source string, out io.Writer, more ...string) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil || !bytes.HasPrefix(text, []byte("module midiff\n")) {
		return wrong("run make setup in the project's folder", "%s is not midiff's folder", root)
	}
	m := newMachine(root, etc, source, out)
	switch {
	case len(more) == 1 && more[0] == "clang":
		m.more = clangTools()
	case len(more) > 0:
		return wrong("the only argument is clang", "setup does not know %q", strings.Join(more, " "))
	}
	return m.setUp(ctx)
}
