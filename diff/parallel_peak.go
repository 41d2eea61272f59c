// How much memory a side takes. See doc.go for an overview.

package diff

import (
	"bytes"
	"os"
	"strconv"
)

// resetPeak begins anew with what peak gives. Where that is not to be had, it does nothing.
func resetPeak() {
	const highWater = "5"
	_ = os.WriteFile("/proc/self/clear_refs", []byte(highWater), 0)
}

// peak gives how much memory of the process was resident at a time since resetPeak, at most, in bytes; 0 if that is
// not known.
func peak() uint64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, line, _ := bytes.Cut(text, []byte("\nVmHWM:"))
	line, _, _ = bytes.Cut(line, []byte(" kB\n"))
	kib, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 10, 64)
	if err != nil {
		return 0
	}
	return kib << 10
}
