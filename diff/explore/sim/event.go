// The trace of an execution, for reports. See doc.go for an overview.

package sim

import "fmt"

// Op is the kind of an event.
type Op uint8

// The kinds.
const (
	opNone Op = iota
	opLoad
	opStore
	opRMW
	opCAS
	opCASFailed
	opFence
	opRead
	opWrite
	opLock
	opUnlock
	opSpawn
	opJoin
	opExit
)

var opNames = [...]string{"", "load", "store", "rmw", "cas", "cas fails", "fence", "read", "write", "lock",
	"unlock", "spawn", "join", "exit"}

func (o Op) String() string { return opNames[o] }

// IsAtomic tells whether an event has a site and an order.
func (o Op) IsAtomic() bool { return o >= opLoad && o <= opFence }

// Event is one operation of a recorded execution.
type Event struct {
	Op      Op
	Thread  int
	Clock   uint32
	Addr    uintptr
	Size    uintptr // of plain accesses
	Site    Site
	Place   Place
	Order   Order
	Read    uint64 // value seen
	Written uint64 // value stored
	From    int    // the event whose store was seen; -1 for the first value
	Newer   int    // stores that were newer than the one seen
	Other   int    // thread that is spawned or joined
	Choices int    // made before the event
}

// Coverage gets the pairs of a store and the load that saw it. first says that it was a word's first value,
// which has no site; same, that one thread made both.
type Coverage interface {
	Pair(store, load Site, first, same bool)
}

// mix is a hash of parts of an event; the sum over an execution does not depend on how unrelated
// events were interleaved.
func mix(a, b, c, d uint64) uint64 {
	h := a*0x9E3779B97F4A7C15 ^ b*0xC2B2AE3D27D4EB4F ^ c*0x165667B19E3779F9 ^ d*0x27D4EB2F165667C5
	h ^= h >> 29
	h *= 0xBF58476D1CE4E5B9
	return h ^ h>>32
}

func (s *Sim) noteRead(t *thread, x *word, i int, site Site, o Order, op Op) {
	st := &x.stores[i]
	s.graph += mix(uint64(t.id)<<32|uint64(t.now.hb[t.id]), uint64(x.addr), uint64(i), uint64(site))
	if s.Coverage != nil {
		s.Coverage.Pair(st.site, site, st.by < 0, int(st.by) == t.id)
	}
	if !s.Recording {
		return
	}
	s.pending = Event{Op: op, Thread: t.id, Clock: t.now.hb[t.id], Addr: x.addr, Site: site, Order: o,
		Read: st.val, From: int(st.event), Newer: len(x.stores) - 1 - i, Choices: len(s.trace)}
	if op != opNone {
		s.events = append(s.events, s.pending)
	}
}

// noteWrite completes the event of a read-modify-write, whose read was noted, or makes that of a store.
func (s *Sim) noteWrite(t *thread, x *word, site Site, o Order, op Op) {
	i := len(x.stores) - 1
	s.graph += mix(uint64(t.id)<<32|uint64(t.now.hb[t.id])|1<<48, uint64(x.addr), uint64(i), uint64(site))
	if !s.Recording {
		return
	}
	e := Event{Thread: t.id, Clock: t.now.hb[t.id], Addr: x.addr, Site: site, Order: o, From: -1,
		Choices: len(s.trace)}
	if op != opStore {
		e = s.pending
	}
	e.Op, e.Written = op, x.stores[i].val
	x.stores[i].event = int32(len(s.events))
	s.events = append(s.events, e)
}

func (s *Sim) noteFence(t *thread, site Site, o Order) {
	if s.Recording {
		s.events = append(s.events, Event{Op: opFence, Thread: t.id, Clock: t.now.hb[t.id], Site: site,
			Order: o, From: -1, Choices: len(s.trace)})
	}
}

func (s *Sim) notePlain(t *thread, a, n uintptr, at Place, write bool) {
	if !s.Recording {
		return
	}
	op := opRead
	if write {
		op = opWrite
	}
	s.events = append(s.events, Event{Op: op, Thread: t.id, Clock: t.plainClock(), Addr: a, Size: n, Place: at,
		From: -1, Choices: len(s.trace)})
}

func (s *Sim) noteThread(t *thread, op Op, other int, at Place) {
	if s.Recording {
		s.events = append(s.events, Event{Op: op, Thread: t.id, Clock: t.now.hb[t.id], Place: at, Other: other,
			From: -1, Choices: len(s.trace)})
	}
}

func (s *Sim) noteLock(t *thread, a uintptr, site Site, op Op) {
	s.graph += mix(uint64(t.id)<<32|uint64(t.now.hb[t.id])|1<<49, uint64(a), 0, uint64(op))
	if s.Recording {
		s.events = append(s.events, Event{Op: op, Thread: t.id, Clock: t.now.hb[t.id], Addr: a, Site: site,
			From: -1, Choices: len(s.trace)})
	}
}

// lastEvent is the number of the newest event, which a plain write over an atomic word has just made.
func (s *Sim) lastEvent() int32 { return int32(len(s.events)) - 1 }

// IsThread tells whether an event starts, joins or ends a thread.
func (o Op) IsThread() bool { return o >= opSpawn }

// IsLock tells whether an event is of a lock.
func (o Op) IsLock() bool { return o == opLock || o == opUnlock }

// Reads tells whether an event saw a store.
func (e *Event) Reads() bool {
	return e.Op == opLoad || e.Op == opRMW || e.Op == opCAS || e.Op == opCASFailed
}

// Values are what an event saw and stored.
func (e *Event) Values() string {
	switch e.Op {
	case opLoad, opCASFailed:
		return fmt.Sprintf("%#x", e.Read)
	case opStore:
		return fmt.Sprintf("= %#x", e.Written)
	case opRMW, opCAS:
		return fmt.Sprintf("%#x -> %#x", e.Read, e.Written)
	}
	return ""
}
