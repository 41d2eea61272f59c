// The contract: what the API promises of each operation, in one table. See doc.go for an overview.

package diff

import (
	"math/bits"
	"strings"

	"midiff/diff/prog"
)

// promise is the shape of an operation's contract; model.go has one check and one update per promise.
type promise uint8

const (
	gives       promise = iota // a new block
	moves                      // a block in the place of another, which may be itself
	fits                       // expand: the block itself or null
	measures                   // usable_size: what was reported when the block was made
	rounds                     // good_size
	frees                      // ends a block
	newHeap                    // a heap record
	endHeap                    // heap_delete: its blocks belong to the backing heap
	sweepHeap                  // heap_destroy: its blocks end
	picksHeap                  // heap_set_default
	tellsHeap                  // heap_get_default, heap_get_backing
	inRegion                   // is_in_heap_region
	owns                       // check_owned, heap_check_owned, heap_contains_block
	visits                     // heap_visit_blocks
	sets                       // option_set
	tellsOption                // option_get, option_is_enabled
	endThread                  // thread_done, exit: the thread's heaps end as by heap_delete
	tidies                     // no visible effect at all
	newArena                   // an arena with a name: its number, and where it lies
	addsArena                  // an arena without a name
	tellsArea                  // arena_area
	registers                  // register_deferred_free
	queues                     // defer_free: the block lives on until a callback frees it
	tellsAny                   // what the contract says nothing of
	visitsLeft                 // abandoned_visit_blocks
)

// treatment says how a field of a result is judged beyond being equal on both sides.
type treatment uint8

const (
	compared treatment = iota // between the sides; the contract says nothing of it
	exact                     // between the sides, and the contract gives the value
	bounded                   // between the sides, and the contract limits it
	ignored                   // not at all
)

// judged says for each promise how the fields of a result are treated. Contents (Bad) are exact
// everywhere: nothing may be wrong. OS calls are compared everywhere, and what they do to the memory
// of live blocks is bounded. Messages are bounded everywhere: none unless something failed.
var judged = [...]struct{ null, value, usable, errno treatment }{
	gives:       {null: bounded, value: bounded, usable: bounded},
	moves:       {null: bounded, value: bounded, usable: bounded},
	fits:        {null: exact, value: exact, usable: exact, errno: exact},
	measures:    {null: exact, value: exact, usable: exact, errno: exact},
	rounds:      {null: exact, value: bounded, usable: exact, errno: exact},
	frees:       {null: exact, value: exact, usable: exact, errno: exact},
	newHeap:     {null: bounded, value: bounded, usable: ignored},
	endHeap:     {null: exact, value: exact, usable: exact, errno: exact},
	sweepHeap:   {null: exact, value: exact, usable: exact, errno: exact},
	picksHeap:   {null: compared, value: ignored, usable: ignored},
	tellsHeap:   {null: bounded, value: bounded, usable: exact},
	inRegion:    {null: exact, value: exact, usable: exact, errno: exact},
	owns:        {null: exact, value: bounded, usable: exact, errno: exact},
	visits:      {null: exact, value: bounded, usable: compared, errno: exact},
	sets:        {null: exact, value: exact, usable: exact, errno: exact},
	tellsOption: {null: exact, value: exact, usable: exact, errno: exact},
	endThread:   {null: exact, value: exact, usable: exact, errno: exact},
	tidies:      {null: exact, value: exact, usable: exact},
	newArena:    {null: bounded, value: bounded, usable: bounded},
	addsArena:   {null: exact, value: bounded, usable: exact},
	tellsArea:   {null: exact, value: exact, usable: exact},
	registers:   {null: exact, value: exact, usable: exact, errno: exact},
	queues:      {null: exact, value: exact, usable: exact, errno: exact},
	tellsAny:    {null: bounded, value: compared, usable: exact, errno: exact},
	visitsLeft:  {null: exact, value: compared, usable: compared},
}

// clause is one row of the contract.
type clause struct {
	op      string
	promise promise
	doc     string // what is promised beyond the promise's own rule
}

// contract has a row per operation of prog.Table.
//
// Every block: usable size at least the size asked; address a multiple of 8, of 16 from 16 bytes on
// and of the alignment asked; null only where the system refused memory in this very operation, where
// count*size overflows, where more than PTRDIFF_MAX bytes are asked for (alignment included), or where
// the alignment is no power of two, and there always; no byte shared with another live block or heap
// record; all of it in committed memory for as long as it lives. A block that was asked for at an
// offset, and is resized in place by an operation without alignment, stays aligned as it was.
//
// A block of a heap that is bound to an arena lies inside the arena, one of any other heap in no exclusive
// arena; so does a heap record. Blocks that were there when their heap ended stay. A heap that is bound
// may give null, too, unless the arena has as many blocks in a row as the request takes in which no memory
// was ever handed out, and no commit but of a header was refused in the run; for an alignment above
// 16 MiB, and bound to an arena that could not be made, always.
//
// In a padded profile the usable size of a block asked for without an alignment is exactly the size asked, 8
// for none; good_size says nothing of it; and expand always gives null.
var contract = []clause{
	{"malloc", gives, "up to 128 KiB the usable size is good_size"},
	{"zalloc", gives, "as malloc; reads zero over the whole usable size"},
	{"calloc", gives, "as zalloc"},
	{"mallocn", gives, "as malloc"},
	{"malloc_small", gives, "as malloc"},
	{"zalloc_small", gives, "as zalloc"},
	{"malloc_aligned", gives, ""},
	{"zalloc_aligned", gives, "reads zero over the whole usable size"},
	{"calloc_aligned", gives, "as zalloc_aligned"},
	{"realloc", moves, "keeps min(old usable, new size) bytes; null leaves the old block as it was; " +
		"in place the usable size stays"},
	{"reallocn", moves, "as realloc"},
	{"reallocf", moves, "as realloc, but null frees the old block"},
	{"rezalloc", moves, "as realloc; bytes from the old usable size to the new size read zero"},
	{"recalloc", moves, "as rezalloc"},
	{"realloc_aligned", moves, "as realloc, in place too only at a multiple of the alignment"},
	{"rezalloc_aligned", moves, "as realloc_aligned and rezalloc"},
	{"recalloc_aligned", moves, "as rezalloc_aligned"},
	{"malloc_aligned_at", gives, "the address plus the offset is the multiple; null is right, too, for " +
		"an alignment above 16 MiB with an offset"},
	{"zalloc_aligned_at", gives, "as malloc_aligned_at and zalloc_aligned"},
	{"calloc_aligned_at", gives, "as zalloc_aligned_at"},
	{"realloc_aligned_at", moves, "as realloc and malloc_aligned_at"},
	{"rezalloc_aligned_at", moves, "as realloc_aligned_at and rezalloc"},
	{"recalloc_aligned_at", moves, "as rezalloc_aligned_at"},
	{"reallocarray", moves, "as reallocn; null has errno ENOMEM, and in later versions EOVERFLOW where the product does not fit"},
	{"reallocarr", moves, "as reallocn, the code is 0, or that of reallocarray and the pointer stays; in later versions " +
		"EINVAL for elements of no size, and no elements free the block and give null"},
	{"posix_memalign", gives, "as malloc_aligned; the code is 0, EINVAL if align is no power of two or no " +
		"multiple of 8, else ENOMEM, and the pointer stays; for size 0 null has code 0, too"},
	{"memalign", gives, "as malloc_aligned"},
	{"aligned_alloc", gives, "as malloc_aligned, also where size is no multiple of align"},
	{"valloc", gives, "at a multiple of 4096"},
	{"pvalloc", gives, "as valloc, the size rounded up to a multiple of 4096"},
	{"expand", fits, "null exactly if the block is null or size exceeds its usable size"},
	{"free", frees, "never fails; of null nothing happens"},
	{"cfree", frees, "as free, for every block of the allocator"},
	{"usable_size", measures, "0 for null"},
	{"good_size", rounds, "at least size for legal sizes; up to 128 KiB what malloc(size) gives"},
	{"is_in_heap_region", inRegion, "yes of every byte of a live block, no of null; nothing is promised of the " +
		"byte after a block"},
	{"check_owned", owns, "as heap_check_owned for the default heap; no where the thread has not started"},
	{"heap_check_owned", owns, "yes of every word of a live block of the heap, no of words of other heaps' " +
		"blocks, of null and of what lies at no multiple of 8; a block of a thread that has ended may be in a " +
		"backing heap, never in another"},
	{"heap_contains_block", owns, "as heap_check_owned, of the block's address, whatever it is a multiple of"},
	{"heap_visit_blocks", visits, "tells all. An area's used blocks take at most its committed bytes, and " +
		"those at most its reserved ones; more is not promised of these two. With true, as many blocks follow " +
		"an area as it says are used, each at a multiple of the block size from its start; each holds one " +
		"live block of the heap, and every live block lies in one, heap records included. Without, the areas' " +
		"used blocks are as many. A thread's own heap may also hold blocks of threads that have ended"},
	{"heap_new", newHeap, "null only where the system refused"},
	{"heap_delete", endHeap, "every block stays as it was"},
	{"heap_destroy", sweepHeap, "ends the blocks allocated from the heap or moved into it; no others"},
	{"heap_set_default", picksHeap, "plain operations of the thread use this heap from now on"},
	{"heap_get_default", tellsHeap, "the heap that was set, else the thread's own; null only where the " +
		"system refused"},
	{"heap_get_backing", tellsHeap, "the same heap from the thread's start to its end, of no other thread"},
	{"collect", tidies, ""},
	{"heap_collect", tidies, ""},
	{"thread_init", tidies, ""},
	{"thread_done", endThread, "every block stays as it was and may still be used"},
	{"exit", endThread, "as thread_done"},
	{"exit_once", endThread, "as thread_done"},
	{"clock", tidies, ""},
	{"stats_merge", tidies, "the thread's numbers are added to the totals and begin anew"},
	{"stats_reset", tidies, "the thread's numbers and the totals are zero"},
	{"reserve_os_memory", addsArena, "0, or ENOMEM: only where the system refused, there are 64 arenas, or " +
		"the size is 0 or not to be had"},
	{"manage_os_memory", addsArena, "true; false only where the system refused, there are 64 arenas, or the " +
		"size is below 32 MiB"},
	{"reserve_os_memory_ex", newArena, "as reserve_os_memory; the next number, 32 MiB aligned, shared with nothing"},
	{"manage_os_memory_ex", newArena, "as manage_os_memory and reserve_os_memory_ex"},
	{"arena_area", tellsArea, "where it was made, in whole blocks of 32 MiB; null and 0 if it was not"},
	{"heap_new_in_arena", newHeap, "as heap_new; its blocks lie in the arena"},
	{"option_set", sets, ""},
	{"option_get", tellsOption, "what was set last, and before that the same every time"},
	{"option_is_enabled", tellsOption, "as option_get, not 0"},
	{"register_deferred_free", registers, "see deferred.go"},
	{"defer_free", queues, "the block stays as it was until it is freed; heap_destroy of its heap ends it, too"},
	{"barrier", tidies, ""},

	{"umalloc", gives, "as malloc; what it tells is compared between the sides"},
	{"ucalloc", gives, "as calloc and umalloc"},
	{"umalloc_small", gives, "as malloc_small and umalloc"},
	{"umalloc_aligned", gives, "as malloc_aligned and umalloc"},
	{"uzalloc_aligned", gives, "as zalloc_aligned and umalloc"},
	{"urealloc", moves, "as realloc and umalloc"},
	{"heap_zalloc_small", gives, "as zalloc_small"},
	{"ufree", frees, "as free and umalloc"},
	{"free_small", frees, "as free"},
	{"heap_new_ex", newHeap, "as heap_new_in_arena; heap_destroy of one that may not be destroyed is heap_delete"},
	{"collect_reduce", tidies, ""},
	{"abandoned_visit_blocks", visitsLeft, "null, and an error, exactly if the option visit_abandoned is off"},
	{"subproc_new", tellsAny, "null only where the system refused"},
	{"subproc_delete", tidies, ""},
	{"subproc_add_current_thread", tidies, ""},
	{"unsafe_heap_page_is_under_utilized", tellsAny, ""},

	{"free_size", frees, "as free, told the usable size"},
	{"free_size_aligned", frees, "as free_size, told a multiple that the address is of"},
	{"free_aligned", frees, "as free, told a multiple that the address is of"},
	{"malloc_size", measures, "as usable_size"},
	{"malloc_usable_size", measures, "as usable_size"},
	{"malloc_good_size", rounds, "as good_size"},
	{"_expand", fits, "as expand; null has errno ENOMEM"},
	{"aligned_recalloc", moves, "as recalloc_aligned"},
	{"aligned_offset_recalloc", moves, "as recalloc_aligned_at"},
	{"option_set_default", sets, "as option_set, unless the option was set before, by a header line or an operation"},
	{"option_set_enabled", sets, "as option_set to 1 or 0"},
	{"option_set_enabled_default", sets, "as option_set_default to 1 or 0"},
	{"option_enable", sets, "as option_set to 1"},
	{"option_disable", sets, "as option_set to 0"},
	{"strdup", gives, "as malloc of one byte more than the string, and holds the string and a zero"},
	{"strndup", gives, "as strdup of the first bytes of the string, as many as there may be"},
	{"mbsdup", gives, "as strdup"},
	{"wcsdup", gives, "as strdup, each character and the zero of two bytes"},
	{"dupenv_s", gives, "as strdup of the variable, and tells its length; null has the code ENOMEM, or 0 if there is no " +
		"such variable, and then always"},
	{"realpath", gives, "as strdup of the path; null if there is no such file, and then always"},
	{"new_nothrow", gives, "as malloc; null where malloc gives null, once the handler gives up or if there is none; the " +
		"code of a null result is how often the handler was called"},
	{"new_aligned_nothrow", gives, "as malloc_aligned and new_nothrow"},
	{"new", gives, "as new_nothrow, but null stands for a throw, or without exceptions an abort"},
	{"new_n", gives, "as mallocn and new; where count*size overflows the handler is called once"},
	{"new_aligned", gives, "as malloc_aligned and new"},
	{"new_realloc", moves, "as realloc and new"},
	{"new_reallocn", moves, "as reallocn and new_n"},
	{"heap_alloc_new", gives, "as new"},
	{"heap_alloc_new_n", gives, "as new_n"},
	{"set_new_handler", tidies, "from here on the calls named new have this handler"},
}

// rule is a clause made ready for the hot path.
type rule struct {
	promise      promise
	counted      bool // the size is A*B, not A
	alignAt      int8 // which number is the alignment, -1 if none
	offsetAt     int8 // which number is the offset, -1 if none
	freesOnFail  bool // reallocf
	resultIsRoom bool // the result is an address of a block or heap
	sizeLast     bool // the size is B, behind the alignment
	wholePages   bool // the size is rounded up to OS pages
	pageAligned  bool // the alignment is that of an OS page
	codes        coding
	viaPointer   bool    // reallocarr
	text         texting // what is copied
	sets         setting
	reserves     bool // the size of an arena is rounded up
	inArena      bool // Src is an arena
	collects     bool // collect, heap_collect
	name         string
}

// rules is contract by Kind.
var rules = func() []rule {
	r := make([]rule, len(prog.Table))
	for i := range contract {
		k, ok := prog.KindOf(contract[i].op)
		if !ok {
			panic("diff: the contract speaks of " + contract[i].op + ", which prog.Table does not have")
		}
		r[k] = newRule(&contract[i], k.Row())
	}
	return r
}()

func newRule(c *clause, row *prog.Row) rule {
	r := rule{promise: c.promise, alignAt: -1, offsetAt: -1, name: c.op, freesOnFail: c.op == "reallocf"}
	r.collects = c.op == "collect" || c.op == "heap_collect"
	r.reserves = strings.HasPrefix(c.op, "reserve_")
	r.resultIsRoom = c.promise == gives || c.promise == moves || c.promise == newHeap || c.promise == fits
	r.wholePages, r.pageAligned = c.op == "pvalloc", c.op == "valloc" || c.op == "pvalloc"
	r.viaPointer = c.op == "reallocarr"
	r.text, r.sets = textOps[c.op], settingOps[c.op]
	switch c.op {
	case "posix_memalign":
		r.codes = posixCode
	case "reallocarray", "reallocarr", "_expand":
		r.codes = memoryCode
	case "dupenv_s":
		r.codes = variableCode
	}
	if row.Group == prog.News {
		r.codes = handlerCode
	}
	r.sizeLast = len(row.Operands) == 2 && row.Operands[0] == prog.Align
	num := int8(0)
	for _, o := range row.Operands {
		switch o {
		case prog.ArenaUse, prog.ArenaMay:
			r.inArena = true
		case prog.Count:
			r.counted = true
		case prog.Align:
			r.alignAt = num
		case prog.Offset:
			r.offsetAt = num
		}
		if o >= prog.Size {
			num++
		}
	}
	return r
}

// smallestAligned is the size from which blocks lie at multiples of 16; smaller ones at multiples of 8.
const smallestAligned = 16

// emptyPadded is the usable size of a padded block that was asked for with no bytes.
const emptyPadded = 8

// request is what an allocation asks for.
type request struct {
	size  uint64
	align uint64 // the alignment promised; a power of two
	asked bool   // an alignment operand was given
	legal bool   // false: null is the only right result
	// offset is from the block to the byte that is aligned.
	offset uint64
	// beyond: more than the API supports, so that null is right, too.
	beyond bool
}

// aligned tells whether a block at address a is as asked.
func (q *request) aligned(a uint64) bool { return (a+q.offset)&(q.align-1) == 0 }

// alignedBeyond is the largest alignment for which any offset is supported.
const alignedBeyond = 16 << 20

// request reads the operands of s.
func (r *rule) request(s *prog.Step) request {
	q := request{size: s.A, align: 8, legal: true}
	if r.counted {
		hi, lo := bits.Mul64(s.A, s.B)
		q.size, q.legal = lo, hi == 0
	}
	if r.sizeLast {
		q.size = s.B
	}
	if r.text != noText {
		q.size = r.text.size(s)
		q.legal = q.size > 0
	}
	if r.wholePages && q.size <= maxSize {
		q.size = (q.size + osPage - 1) &^ (osPage - 1)
	}
	if q.size > maxSize {
		q.legal = false
	}
	if q.size >= smallestAligned {
		q.align = 16
	}
	if r.pageAligned {
		q.asked, q.align = true, osPage
		q.legal = q.legal && q.size+osPage-1 <= maxSize
	}
	if r.alignAt >= 0 {
		align := number(s, r.alignAt)
		if r.codes == posixCode && align%8 != 0 {
			q.legal = false
		}
		if r.offsetAt >= 0 {
			q.offset = number(s, r.offsetAt)
			q.beyond = q.offset != 0 && align > alignedBeyond
		}
		q.asked = true
		if align == 0 || align&(align-1) != 0 || q.size+align-1 > maxSize {
			q.legal = false
		}
		q.align = max(align, 1)
	}
	return q
}

// osPage is the size of an OS page.
const osPage = 1 << pageShift

// coding says which error code goes with a null result.
type coding uint8

const (
	noCode       coding = iota
	memoryCode          // ENOMEM
	posixCode           // EINVAL for an illegal alignment, none for no bytes, else ENOMEM
	variableCode        // ENOMEM where there is such a variable
	handlerCode         // how often the handler was called: see model.handlerCalls
)

// code is the error code that goes with a null result of s.
func (r *rule) code(s *prog.Step) uint64 {
	switch {
	case r.codes == noCode:
		return 0
	case r.codes == posixCode && (s.A%8 != 0 || s.A == 0 || s.A&(s.A-1) != 0):
		return uint64(prog.Einval)
	case r.codes == posixCode && s.B == 0, r.codes == variableCode && s.A == 0:
		return 0
	}
	return uint64(prog.Enomem)
}

// number gives the operand of s that is the i-th number of the call.
func number(s *prog.Step, i int8) uint64 {
	return [...]uint64{s.A, s.B, s.C, s.D}[i]
}
