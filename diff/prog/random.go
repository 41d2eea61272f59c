// The random numbers of the generator, the same on every machine and with every Go. See doc.go for an
// overview.

package prog

// random is a splitmix64 stream.
type random struct{ state uint64 }

func (r *random) next() uint64 {
	r.state += 0x9E3779B97F4A7C15
	z := r.state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// below gives a number from 0 to n-1; n must be at least 1.
func (r *random) below(n int) int { return int(r.next() % uint64(n)) }

// oneIn is true once in n times.
func (r *random) oneIn(n int) bool { return r.next()%uint64(n) == 0 }

// between gives a number from low to high.
func (r *random) between(low, high uint64) uint64 {
	if high-low == largestUint {
		return r.next()
	}
	return low + r.next()%(high-low+1)
}

// pick gives one of all.
func pick[T any](r *random, all []T) T { return all[r.below(len(all))] }
