// Lowering a number. See doc.go for an overview.

package shrink

// Number lowers a number that is too large: first to the steps, in their order, that are below it, then
// by halving the distance to what is known to be too little. try sets the number and tells whether that
// was accepted. It gives the number that was accepted last, and makes at most len(steps)+64 calls.
func Number(now uint64, steps []uint64, done func() bool, try func(uint64) bool) uint64 {
	low := uint64(0) // all below is taken to be too little
	for _, s := range steps {
		if s >= now || done() {
			continue
		}
		if try(s) {
			now = s
			break
		}
		low = max(low, s+1)
	}
	for low < now && !done() {
		mid := low + (now-low)/2
		if try(mid) {
			now = mid
		} else {
			low = mid + 1
		}
	}
	return now
}
