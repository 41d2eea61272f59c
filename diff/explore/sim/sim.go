// The simulator and its executions. See doc.go for an overview.

package sim

// maxSites is how many sites Touched can tell apart.
const maxSites = 4096

// Touched tells whether any execution so far has been at a site.
func (s *Sim) Touched(site Site) bool { return s.touched[site/64%(maxSites/64)]>>(site%64)&1 != 0 }

// MaxOutcome is how many numbers an outcome may have.
const MaxOutcome = 12

// Outcome is what a body has found out in an execution: the values that its threads saw, say.
type Outcome struct {
	N      int
	Values [MaxOutcome]uint64
}

// Sim is a simulator. Set the exported fields before Execute; the zero value of each is the usual.
type Sim struct {
	Newest         bool // loads see the newest store: sequentially consistent memory
	ThreadSequence bool // C11's rule: a thread's own later stores continue its release sequence
	MaxStale       int  // the most stores that a load may pass over; 0 for no limit
	Spurious       int  // how often weak compare-and-swaps may fail for no reason, in an execution
	MaxSteps       int  // visible operations until an execution counts as endless; New sets it to 20000
	Recording      bool // keep the events
	Coverage       Coverage
	Known          func(*Failure) bool    // tells whether a data race is a known one, and to be passed over
	Peek           func(a uintptr) uint64 // real memory; nil for none, whose words are 0 at first

	threads  int
	all      [MaxThreads]*thread
	current  int
	runnable uint32
	idle     uint32 // threads that await anything at all
	fresh    bool   // the running thread was chosen just now, and nothing has happened since
	options  [MaxThreads]int8
	steps    int
	switches int
	spurious int

	words    wordTable
	wrote    []written
	dead     []dead
	locks    []lock
	fenced   knows // what the seq_cst fences so far knew
	scStores uint32

	vector  []uint16
	expect  []Choice
	chooser Chooser
	trace   []Choice
	point   Point

	touched  [maxSites / 64]uint64
	outcome  Outcome
	graph    uint64
	events   []Event
	pending  Event
	aborting bool
	failure  *Failure
	fault    *Fault
}

// New makes a simulator. Close it after use, for its coroutines.
func New() *Sim { return &Sim{MaxSteps: 20000} }

// Close ends the simulator's coroutines.
func (s *Sim) Close() {
	for _, t := range s.all {
		if t != nil {
			t.worker.stop()
		}
	}
	s.all = [MaxThreads]*thread{}
}

// Plan is how the choices of an execution are made.
type Plan struct {
	Vector  []uint16 // the first choices; one that is out of range is taken as 0
	Chooser Chooser  // those after; nil takes 0
	// Expect, if any, is what was recorded of the first choices: an execution that meets others is a fault
	// of the rig.
	Expect []Choice
}

// Result is what came of an execution. Its slices are valid until the next one.
type Result struct {
	Failure  *Failure
	Fault    *Fault
	Outcome  Outcome
	Choices  []Choice
	Events   []Event // if recorded
	Graph    uint64  // hash of who saw what: equal for executions that differ in no observation
	Steps    int
	Switches int
	Threads  int
}

// Execute runs body as the first thread, and all threads that it starts, to the end or the first failure.
func (s *Sim) Execute(p Plan, body func(*Sim)) Result {
	s.reset()
	s.vector, s.expect, s.chooser = p.Vector, p.Expect, p.Chooser
	s.current = s.newThread(func() { body(s) }).id
	for s.current >= 0 && !s.aborting {
		s.running().worker.next()
	}
	s.aborting = true
	for i := 0; i < s.threads; i++ {
		if t := s.all[i]; !t.done {
			s.current = i
			t.worker.next()
		}
	}
	if s.fault == nil && s.failure == nil && len(s.trace) < len(s.expect) {
		s.fault = &Fault{Text: "the execution ended before all of its recorded choices: the program is not deterministic"}
	}
	return Result{Failure: s.failure, Fault: s.fault, Outcome: s.outcome, Choices: s.trace, Events: s.events,
		Graph: s.graph, Steps: s.steps, Switches: s.switches, Threads: s.threads}
}

func (s *Sim) reset() {
	s.threads, s.runnable, s.idle, s.steps, s.switches, s.spurious = 0, 0, 0, 0, 0, 0
	s.words.clear()
	s.wrote, s.dead, s.locks = s.wrote[:0], s.dead[:0], s.locks[:0]
	s.fenced, s.scStores = knows{}, 0
	s.trace, s.events = s.trace[:0], s.events[:0]
	s.outcome, s.graph, s.aborting, s.fresh, s.failure, s.fault = Outcome{}, 0, false, false, nil, nil
}

// Note adds values to the outcome of the execution.
func (s *Sim) Note(values ...uint64) {
	for _, v := range values {
		if s.outcome.N == MaxOutcome {
			s.Fail(Broken, "an outcome of more than %d numbers", MaxOutcome)
		}
		s.outcome.Values[s.outcome.N] = v
		s.outcome.N++
	}
}
