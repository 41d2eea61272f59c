// Messages and error codes, as results of an operation. See doc.go for an overview.

package goalloc

import "golang.org/x/sys/unix"

// Events is what a thread has to say beside the results: how many error messages and warnings there
// were (they saturate at 255), the last error code, and the quirks that made a difference; and whether a free
// reclaimed a segment.
type Events struct {
	Errors, Warnings uint8
	Errno            uint16
	Asserted         bool // the reference's build has an assertion that fails here
	ReclaimedOnFree  bool
	Quirks           Quirk
}

// TakeEvents gives the events since the last call and forgets them.
//
// Counterpart: none, handlers are called back there.
func (t *Thread) TakeEvents() Events {
	e := t.events
	if e != (Events{}) {
		t.events = Events{}
	}
	return e
}

// untrue notes that an internal assertion of the reference fails, in a build that has them; q is what is wrong
// with it.
//
// Counterpart: _mi_assert_fail.
func (t *Thread) untrue(q Quirk) {
	if t.prof.asserts && t.quirk(q) {
		t.events.Asserted = true
	}
}

// warn counts a warning: something failed that the allocator can do without.
//
// Counterpart: _mi_warning_message.
func (t *Thread) warn() {
	if t.events.Warnings < 255 {
		t.events.Warnings++
	}
}

// fail counts an error and keeps its code.
//
// Counterpart: _mi_error_message.
func (t *Thread) fail(code unix.Errno) {
	if t.events.Errors < 255 {
		t.events.Errors++
	}
	t.events.Errno = uint16(code)
}
