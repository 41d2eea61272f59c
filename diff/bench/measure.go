// Timing two things in turns. See doc.go for an overview.

package bench

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// rounds is how often each side is timed; the best round of each counts, since whatever else the
// machine does can only make a round slower. Time is the processor's, so that waiting for it does not count.
const rounds = 15

// roundTime is about how long a round takes.
const roundTime = 20 * time.Millisecond

// work does n operations of a kind.
type work func(n int)

// inTurns gives the nanoseconds per operation of each work.
func inTurns(works ...work) []float64 {
	counts := make([]int, len(works))
	best := make([]float64, len(works))
	for i, w := range works {
		counts[i] = calibrate(w)
	}
	for r := 0; r < rounds; r++ {
		for i, w := range works {
			ns := timed(w, counts[i])
			if r == 0 || ns < best[i] {
				best[i] = ns
			}
		}
	}
	return best
}

// calibrate finds how many operations make a round.
func calibrate(w work) int {
	for n := 1; ; n *= 4 {
		if took := timed(w, n) * float64(n); took > float64(roundTime)/4 {
			return max(1, int(float64(n)*float64(roundTime)/took))
		}
	}
}

func timed(w work, n int) (ns float64) {
	begun := spent()
	w(n)
	return float64((spent() - begun).Nanoseconds()) / float64(n)
}

// spent is the processor time of the process so far.
func spent() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		panic(fmt.Sprintf("bench: no processor time: %v", err))
	}
	return time.Duration(t.Nano())
}
