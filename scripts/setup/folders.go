// The project's git-ignored folders and the lock. See doc.go for an overview.
package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const (
	buildFolder     = ".build"     // programs built from scripts, logs
	referenceFolder = ".reference" // the fetched source tree
	scratchPrefix   = "partial-"   // folders that live for one run only
)

// scratchFolder makes a folder inside parent that the caller removes. It lies beside its contents'
// final place, so that a rename is all it takes to put them there.
func scratchFolder(parent string) (string, error) {
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", err
	}
	return os.MkdirTemp(parent, scratchPrefix)
}

// removeStale removes the scratch folders that killed runs left in parent. Only the holder of the
// lock may call it.
func removeStale(parent string) error {
	left, err := filepath.Glob(filepath.Join(parent, scratchPrefix+"*"))
	for _, folder := range left {
		err = errors.Join(err, os.RemoveAll(folder))
	}
	return err
}

// lock waits until this is the only set-up at work in folder. The lock is on the folder itself: it
// needs no file, and the system drops it with the process.
func lock(ctx context.Context, folder string) (unlock func(), err error) {
	const retry = 50 * time.Millisecond
	f, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			break
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, ctx.Err()
		case <-time.After(retry):
		}
	}
	// A file system without locks still lets a single run work.
	return func() { f.Close() }, nil
}
