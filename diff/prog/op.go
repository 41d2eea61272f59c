// A program and its parts: operations, handles, options and faults. See doc.go for an overview.

package prog

// MaxThreads is the largest number of virtual threads a program may have.
const MaxThreads = 8

// Program is one run for both allocators. One that Parse, Decode or Generate made is valid; one put
// together by hand must pass Check before it is lowered.
type Program struct {
	Profile string   // one of Profiles or Later
	Threads int      // 1 to MaxThreads
	Options []Option // each name at most once
	Faults  []Fault
	Ops     []Op
	Vars    []Var // what a Handle is an index into
}

// Op is one operation with its operands.
type Op struct {
	Num    [4]uint64 // the numbers, in the order of the call; a bool is 0 or 1
	Dst    Handle    // the handle the result is bound to, NoHandle if there is none
	Src    Handle    // the block, bulk or arena operand: a handle, Null, Missing, or NoHandle
	Heap   Handle    // the heap operand: a handle, Backing, or NoHandle
	Line   int32     // the line of the text it was read from, 0 if it was not
	Kind   Kind      // its row in Table
	Thread uint8
	Heaped bool // the heap_ variant: Heap is the first operand
}

// Handle is an index into Program.Vars, or one of the constants below.
type Handle uint32

// The handles that name no variable.
const (
	NoHandle Handle = ^Handle(0) - iota // no such operand or result
	Null                                // the literal null, for a block operand
	Backing                             // the literal backing, for a heap operand
	Missing                             // the literal missing, for an arena operand
)

// IsVar reports whether h is a variable of the program.
func (h Handle) IsVar() bool { return h < Missing }

// Var is a variable of a program.
type Var struct {
	Name string // "" for one that Decode or Generate made: see Program.Name
	Sort Sort
}

// Sort is what a variable stands for; a variable keeps its sort for the whole program.
type Sort uint8

// The sorts of variables.
const (
	BlockVar Sort = iota
	HeapVar
	BulkVar
	ArenaVar
	SubprocVar
	numSorts
)

var sortNames = [...]string{BlockVar: "block", HeapVar: "heap", BulkVar: "bulk", ArenaVar: "arena",
	SubprocVar: "sub-process"}

// String gives the word that messages use.
func (s Sort) String() string { return sortNames[s] }

// Option sets an allocator option before the run starts.
type Option struct {
	Name  string // one of OptionNames
	Value int64
}

// CallbackNames are the callbacks that register_deferred_free may be given. The one that frees takes blocks off
// the program's queue, the oldest first: DeferredStep of them, or all where it is called with force. The one that
// allocates does the same, and then allocates and frees a block of CallbackSize bytes; while a thread ends only
// allocates_at_end does, too.
var CallbackNames = []string{"none", "frees", "allocates", "allocates_at_end"}

// The callbacks by number, and how much they do at a time.
const (
	CallbackNone = iota
	CallbackFrees
	CallbackAllocates
	CallbackAllocatesAtEnd
	NumCallbacks

	DeferredStep = 4
	CallbackSize = 2000
)

// HandlerNames are the handlers that set_new_handler may be given. The one that retries returns the first
// HandlerTries times that an operation calls it, so that the operation tries again, and throws then.
var HandlerNames = []string{"none", "throws", "retries"}

// The handlers by number.
const (
	HandlerNone = iota
	HandlerThrows
	HandlerRetries
	NumHandlers

	HandlerTries = 2
)

// CallbackMakes tells whether a callback allocates in a step, in which a thread may end.
func CallbackMakes(callback uint64, ends bool) bool {
	return callback == CallbackAllocatesAtEnd || callback == CallbackAllocates && !ends
}

// Fault makes calls of one kind to the simulated OS fail.
type Fault struct {
	Call   FaultCall
	Sticky bool   // every call from the N-th on fails, not the N-th alone
	Errno  Errno  // what the call fails with
	N      uint32 // counts calls of this kind from 1
}

// FaultCall is the kind of OS call a fault hits.
type FaultCall uint8

// The OS calls that can fail.
const (
	FaultMmap FaultCall = iota
	FaultMunmap
	FaultMprotect
	FaultMadvise
	FaultGetrandom
	FaultClock

	// FaultCalls is how many kinds there are.
	FaultCalls = iota
)

var faultCalls = [FaultCalls]string{"mmap", "munmap", "mprotect", "madvise", "getrandom", "clock"}

// String gives the spelling of the text form.
func (c FaultCall) String() string { return faultCalls[c] }

// Errno is an error number of Linux.
type Errno uint8

// The errors a fault may give, with Linux's numbers.
const (
	Eagain Errno = 11
	Enomem Errno = 12
	Eacces Errno = 13
	Einval Errno = 22
	Enosys Errno = 38
)

// errnos lists the errors in the order of the byte coding.
var errnos = [...]Errno{Enomem, Einval, Eagain, Eacces, Enosys}

var errnoNames = [...]string{"enomem", "einval", "eagain", "eacces", "enosys"}

// String gives the spelling of the text form.
func (e Errno) String() string {
	for i, v := range errnos {
		if v == e {
			return errnoNames[i]
		}
	}
	return "?"
}
