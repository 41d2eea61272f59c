// Random bytes of the simulated memory: the same in every run. See osmem.go for the states.

package osmem

import "golang.org/x/sys/unix"

// randomSeed is where the sequence of random words begins in every run.
const randomSeed = 0x6d696469666600

// Random fills b from a fixed sequence of words, each used from its low byte up and dropped when the
// call ends.
func (s *Sim) Random(b []byte) Errno {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.faults.next(FaultRandom)
	s.trace.add(CallRandom, 0, e, 0, uintptr(len(b)))
	if e != 0 {
		return e
	}
	word := uint64(0)
	for i := range b {
		if i%8 == 0 {
			word = s.nextRandom()
		}
		b[i] = byte(word)
		word >>= 8
	}
	return 0
}

// nextRandom is the next word of the sequence.
func (s *Sim) nextRandom() uint64 {
	s.random += hashPrime
	z := s.random
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// RandomFile finds no file: there are none.
func (s *Sim) RandomFile([]byte) Errno {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trace.add(CallOpen, 0, unix.ENOENT, 0, 0)
	return unix.ENOENT
}
