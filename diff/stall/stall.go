// Package stall tells whether a process hangs, on a machine that may be busy with others.
//
// A clock on the wall would not do: a process that gets no processor makes no progress, and does not hang.
// So what counts is the processor time that it used since it last made progress; for one that waits for
// what never comes, how long all its threads have been asleep; and only as the last resort the time on the
// wall.
package stall

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// lastResort is how many limits may pass on the wall.
const lastResort = 20

// idleShare is the part of the time that a process may run for in which it counts as asleep: Go's own
// threads look around now and then.
const idleShare = 10

// Watch watches a process. It is not for concurrent use.
type Watch struct {
	Pid int
	// Limit is how long it may go without progress: in processor time, or asleep.
	Limit time.Duration
	// Asleep is the limit for one that is asleep, if that is longer.
	Asleep time.Duration
	// Progress gives something that changes whenever it makes progress; nil for never.
	Progress func() string

	last  string
	since time.Time
	used  time.Duration // processor time at since
}

// Begin says that the process made progress just now.
func (w *Watch) Begin() {
	w.since = time.Now()
	if used, err := processorTime(w.Pid); err == nil {
		w.used = used
	}
}

// Used gives the processor time that it had used when it last made progress, as far as was seen.
func (w *Watch) Used() time.Duration { return w.used }

// Hung tells whether it hangs. It is to be asked some times per limit. One that is gone does not hang.
func (w *Watch) Hung() bool {
	if w.Progress != nil {
		if now := w.Progress(); now != w.last {
			w.last = now
			w.Begin()
			return false
		}
	}
	used, err := processorTime(w.Pid)
	if err != nil {
		return false
	}
	wall, used := time.Since(w.since), used-w.used
	return used >= w.Limit || wall >= lastResort*w.Limit ||
		wall >= max(w.Limit, w.Asleep) && used*idleShare < wall && asleep(w.Pid)
}

// processorTime gives the time that a process used, its own and the system's for it.
func processorTime(pid int) (time.Duration, error) {
	const ofProcess = 2 // CPUCLOCK_SCHED: a clock of the kernel's for every process, see clock_getcpuclockid(3)
	var t unix.Timespec
	err := unix.ClockGettime(int32(^pid)<<3|ofProcess, &t)
	return time.Duration(t.Nano()), err
}

// asleep tells whether no thread of a process runs or waits for a processor.
func asleep(pid int) bool {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	if err != nil {
		return false
	}
	for _, task := range tasks {
		fields, err := stat(task)
		if err == nil && string(fields[0]) == "R" {
			return false
		}
	}
	return true
}

// stat gives the fields behind the name, which may hold blanks: the first is the state.
func stat(file string) ([][]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 13 {
		return nil, errors.New(file + ": not as expected")
	}
	return fields, nil
}
