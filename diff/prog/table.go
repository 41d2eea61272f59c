// The table of operations, one row each. See doc.go for an overview.

package prog

// Kind is an operation: the number of its row in Table.
type Kind uint8

// Operand is the kind of one operand. It decides how the operand is written, coded, drawn, checked
// and what becomes of the handle it names.
type Operand uint8

// The kinds of operands.
const (
	BlockUse     Operand = iota // a block that stays, or null
	BlockFree                   // a block whose handle ends here, or null
	BlockMove                   // a block that the result takes the place of, or null
	HeapUse                     // a heap of the calling thread, or backing
	HeapEnd                     // a heap of the calling thread whose handle ends here
	BulkDrain                   // a bulk, which ends when nothing of it is left
	ArenaUse                    // an arena
	ArenaMay                    // an arena, null for none, or missing for the number that no arena has
	SubprocUse                  // a sub-process, or null for the main one
	SubprocEnd                  // a sub-process that no thread ever joined, whose handle ends here
	Size                        // bytes
	SmallSize                   // bytes, at most MaxSmallSize
	Count                       // elements of an array
	Align                       // alignment in bytes, legal or not
	Bool                        // true or false
	Millis                      // virtual milliseconds, at most MaxMillis
	BulkCount                   // blocks of a bulk, 1 to MaxBulk
	Stride                      // at least 1: the first block still held and every Stride-th after it
	Offset                      // bytes from the block to what is aligned, any number
	ArenaSize                   // bytes of an arena, any number
	OptionName                  // the place of a name in OptionNames
	MovableName                 // the place in OptionNames of one that may change during a run
	OptionValue                 // the value of an option, a signed number
	CallbackName                // the place of a name in CallbackNames
	HeapTag                     // 0 to MaxTag
	VisitTag                    // HeapTag, or -1 for all
	Percent                     // 0 to 100
	Length                      // characters of a string, at most MaxLength
	Most                        // of the characters of a string at most so many, any number
	HandlerName                 // the place of a name in HandlerNames
)

// Limits of operands and of whole programs.
const (
	MaxSmallSize  = 1024    // what malloc_small may be asked for
	MaxMillis     = 1 << 40 // keeps the virtual clock far from overflow
	MaxBulk       = 1 << 16 // blocks of one bulk
	MaxBulkBlocks = 1 << 22 // blocks of all bulks of a program, so that Lower stays bounded
	MaxTag        = 255     // the tag of a heap
	MaxLength     = 1 << 18 // characters of a string
)

// Result is what an operation gives.
type Result uint8

// The kinds of results.
const (
	NoResult      Result = iota
	ValueResult          // a number or an address that is compared and not kept
	BlockResult          // a block, bound to a handle
	HeapResult           // a heap, bound to a handle
	BulkResult           // a bulk, bound to a handle
	ArenaResult          // an arena, bound to a handle that lives on to the end
	SubprocResult        // a sub-process, bound to a handle
)

// Group is a set of operations that the generator turns up, down or off together.
type Group uint8

// The swarm groups. Plain and Release are never off.
const (
	Plain Group = iota
	Release
	Zeroing
	Arrays
	Small
	Aligned
	Moving
	Asking
	Heaps
	Collecting
	Threading
	Exiting
	Clocks
	Bulks
	Arenas
	Options
	Deferring
	Meeting
	Texts
	News
	numGroups
)

// Row describes one operation.
type Row struct {
	Name     string
	Operands []Operand // without the heap of the heap_ variant
	Result   Result
	Heaped   bool  // heap_NAME(h, ...) exists too
	Zeroes   bool  // the result reads as zero: it costs time in proportion to its size
	EndsTied bool  // the heaps of the calling thread end: their handles die
	Weight   uint8 // how often it is drawn, and how many opening bytes it gets; at least 1
	Group    Group
	Later    bool // in profiles of Later only
	Built    bool // in Profiles only, where the library is built from source
	// Like is the operation whose opening bytes this one shares, so that it takes none away from others; "" for those
	// that have their own. See like.go.
	Like string
	Doc  string // one line
}

// In tells whether programs of a profile may have the operation.
func (r *Row) In(profile string) bool {
	return (!r.Later || IsLater(profile)) && (!r.Built || !IsLater(profile))
}

// Table holds every operation. A Kind is an index into it; nothing else depends on the order, except
// that the bytes of the fuzz corpus mean something else when it changes (the text does not).
var Table = []Row{
	{Name: "malloc", Operands: []Operand{Size}, Result: BlockResult, Heaped: true,
		Weight: 30, Group: Plain, Doc: "a block of at least size bytes"},
	{Name: "zalloc", Operands: []Operand{Size}, Result: BlockResult, Heaped: true, Zeroes: true,
		Weight: 8, Group: Zeroing, Doc: "a zeroed block"},
	{Name: "calloc", Operands: []Operand{Count, Size}, Result: BlockResult, Heaped: true, Zeroes: true,
		Weight: 4, Group: Arrays, Doc: "a zeroed array; null if count*size overflows"},
	{Name: "mallocn", Operands: []Operand{Count, Size}, Result: BlockResult, Heaped: true,
		Weight: 4, Group: Arrays, Doc: "an array; null if count*size overflows"},
	{Name: "malloc_small", Operands: []Operand{SmallSize}, Result: BlockResult, Heaped: true,
		Weight: 6, Group: Small, Doc: "a block of at most 1024 bytes by the shortest path"},
	{Name: "zalloc_small", Operands: []Operand{SmallSize}, Result: BlockResult, Zeroes: true,
		Weight: 4, Group: Small, Doc: "a zeroed block of at most 1024 bytes by the shortest path"},
	{Name: "malloc_aligned", Operands: []Operand{Size, Align}, Result: BlockResult, Heaped: true,
		Weight: 8, Group: Aligned, Doc: "a block at a multiple of align; null if align is no power of two"},
	{Name: "zalloc_aligned", Operands: []Operand{Size, Align}, Result: BlockResult, Heaped: true,
		Zeroes: true, Weight: 4, Group: Aligned, Doc: "a zeroed block at a multiple of align"},
	{Name: "calloc_aligned", Operands: []Operand{Count, Size, Align}, Result: BlockResult, Heaped: true,
		Zeroes: true, Weight: 3, Group: Aligned, Doc: "a zeroed array at a multiple of align"},
	{Name: "realloc", Operands: []Operand{BlockMove, Size}, Result: BlockResult, Heaped: true,
		Weight: 12, Group: Moving, Doc: "the block resized, moved if need be; it stays on failure"},
	{Name: "reallocn", Operands: []Operand{BlockMove, Count, Size}, Result: BlockResult, Heaped: true,
		Weight: 3, Group: Moving, Doc: "realloc to count*size bytes"},
	{Name: "reallocf", Operands: []Operand{BlockMove, Size}, Result: BlockResult, Heaped: true,
		Weight: 3, Group: Moving, Doc: "realloc that frees the old block on failure"},
	{Name: "rezalloc", Operands: []Operand{BlockMove, Size}, Result: BlockResult, Heaped: true,
		Zeroes: true, Weight: 4, Group: Moving, Doc: "realloc that zeroes what it adds"},
	{Name: "recalloc", Operands: []Operand{BlockMove, Count, Size}, Result: BlockResult, Heaped: true,
		Zeroes: true, Weight: 3, Group: Moving, Doc: "rezalloc to count*size bytes"},
	{Name: "realloc_aligned", Operands: []Operand{BlockMove, Size, Align}, Result: BlockResult,
		Heaped: true, Weight: 4, Group: Aligned, Doc: "realloc to a multiple of align"},
	{Name: "rezalloc_aligned", Operands: []Operand{BlockMove, Size, Align}, Result: BlockResult,
		Heaped: true, Zeroes: true, Weight: 3, Group: Aligned, Doc: "rezalloc to a multiple of align"},
	{Name: "recalloc_aligned", Operands: []Operand{BlockMove, Count, Size, Align}, Result: BlockResult,
		Heaped: true, Zeroes: true, Weight: 3, Group: Aligned, Doc: "recalloc to a multiple of align"},
	{Name: "malloc_aligned_at", Operands: []Operand{Size, Align, Offset}, Result: BlockResult,
		Heaped: true, Weight: 5, Group: Aligned, Doc: "a block whose byte at offset is at a multiple of align"},
	{Name: "zalloc_aligned_at", Operands: []Operand{Size, Align, Offset}, Result: BlockResult,
		Heaped: true, Zeroes: true, Weight: 3, Group: Aligned, Doc: "malloc_aligned_at, zeroed"},
	{Name: "calloc_aligned_at", Operands: []Operand{Count, Size, Align, Offset}, Result: BlockResult,
		Heaped: true, Zeroes: true, Weight: 3, Group: Aligned, Doc: "malloc_aligned_at, a zeroed array"},
	{Name: "realloc_aligned_at", Operands: []Operand{BlockMove, Size, Align, Offset},
		Result: BlockResult, Heaped: true, Weight: 4, Group: Aligned,
		Doc: "realloc so that the byte at offset is at a multiple of align"},
	{Name: "rezalloc_aligned_at", Operands: []Operand{BlockMove, Size, Align, Offset},
		Result: BlockResult, Heaped: true, Zeroes: true, Weight: 3, Group: Aligned,
		Doc: "realloc_aligned_at that zeroes what it adds"},
	{Name: "recalloc_aligned_at", Operands: []Operand{BlockMove, Count, Size, Align, Offset},
		Result: BlockResult, Heaped: true, Zeroes: true, Weight: 3, Group: Aligned,
		Doc: "rezalloc_aligned_at to count*size bytes"},
	{Name: "reallocarray", Operands: []Operand{BlockMove, Count, Size}, Result: BlockResult,
		Weight: 1, Group: Moving, Doc: "reallocn that sets errno on failure"},
	{Name: "reallocarr", Operands: []Operand{BlockMove, Count, Size}, Result: BlockResult,
		Weight: 1, Group: Moving, Doc: "reallocn that gives an error code and changes the pointer in place"},
	{Name: "posix_memalign", Operands: []Operand{Align, Size}, Result: BlockResult,
		Weight: 2, Group: Aligned, Doc: "a block at a multiple of align, or an error code"},
	{Name: "memalign", Operands: []Operand{Align, Size}, Result: BlockResult,
		Weight: 1, Group: Aligned, Doc: "malloc_aligned with the operands the other way round"},
	{Name: "aligned_alloc", Operands: []Operand{Align, Size}, Result: BlockResult,
		Weight: 1, Group: Aligned, Doc: "memalign by the name of C11"},
	{Name: "valloc", Operands: []Operand{Size}, Result: BlockResult,
		Weight: 1, Group: Aligned, Doc: "a block at a multiple of the OS page size"},
	{Name: "pvalloc", Operands: []Operand{Size}, Result: BlockResult,
		Weight: 1, Group: Aligned, Doc: "valloc of whole OS pages"},
	{Name: "expand", Operands: []Operand{BlockUse, Size}, Result: ValueResult,
		Weight: 3, Group: Asking, Doc: "the block itself if size bytes fit in place, else null"},
	{Name: "free", Operands: []Operand{BlockFree},
		Weight: 36, Group: Release, Doc: "gives the block back, from any thread"},
	{Name: "cfree", Operands: []Operand{BlockFree},
		Weight: 2, Group: Release, Doc: "free that first asks whether the block is the allocator's"},
	{Name: "usable_size", Operands: []Operand{BlockUse}, Result: ValueResult,
		Weight: 3, Group: Asking, Doc: "the bytes of the block that may be used"},
	{Name: "good_size", Operands: []Operand{Size}, Result: ValueResult,
		Weight: 1, Group: Asking, Doc: "the size a request is rounded up to"},
	{Name: "is_in_heap_region", Operands: []Operand{BlockUse}, Result: ValueResult,
		Weight: 2, Group: Asking, Doc: "which of the first, inner, last and next byte of the block are the allocator's"},
	{Name: "check_owned", Operands: []Operand{BlockUse}, Result: ValueResult,
		Weight: 1, Group: Asking, Doc: "which of the first, inner and last word of the block are in the default heap"},
	{Name: "heap_check_owned", Operands: []Operand{HeapUse, BlockUse}, Result: ValueResult,
		Weight: 2, Group: Asking, Doc: "which of the first, inner and last word of the block are in the heap"},
	{Name: "heap_contains_block", Operands: []Operand{HeapUse, BlockUse}, Result: ValueResult,
		Weight: 2, Group: Asking, Doc: "whether the block is in the heap"},
	{Name: "heap_visit_blocks", Operands: []Operand{HeapUse, Bool}, Result: ValueResult,
		Weight: 1, Group: Asking, Doc: "the areas of a heap, and with true the blocks in use in them"},
	{Name: "heap_new", Result: HeapResult,
		Weight: 3, Group: Heaps, Doc: "a heap of the calling thread"},
	{Name: "heap_delete", Operands: []Operand{HeapEnd},
		Weight: 2, Group: Heaps, Doc: "ends a heap; its blocks go to the backing heap"},
	{Name: "heap_destroy", Operands: []Operand{HeapEnd},
		Weight: 1, Group: Heaps, Doc: "ends a heap with its blocks, whose handles become null"},
	{Name: "heap_set_default", Operands: []Operand{HeapUse},
		Weight: 2, Group: Heaps, Doc: "makes a heap the one that plain calls of this thread use"},
	{Name: "heap_get_default", Result: ValueResult,
		Weight: 1, Group: Asking, Doc: "the heap that plain calls of this thread use; starts the thread"},
	{Name: "heap_get_backing", Result: ValueResult,
		Weight: 1, Group: Asking, Doc: "the thread's own heap; starts the thread"},
	{Name: "collect", Operands: []Operand{Bool},
		Weight: 2, Group: Collecting, Doc: "collects the default heap; true: by force"},
	{Name: "heap_collect", Operands: []Operand{HeapUse, Bool},
		Weight: 2, Group: Collecting, Doc: "collects one heap; true: by force"},
	{Name: "thread_init",
		Weight: 1, Group: Threading, Doc: "what a thread's first allocation does by itself"},
	{Name: "thread_done", EndsTied: true,
		Weight: 1, Group: Exiting, Doc: "gives the thread's heaps up; the thread lives on"},
	{Name: "exit", EndsTied: true,
		Weight: 2, Group: Exiting, Doc: "the thread ends as a pthread does, then means a fresh one"},
	{Name: "exit_once", EndsTied: true,
		Weight: 1, Group: Exiting, Doc: "exit, but the thread is given up once, not twice as by pthreads"},
	{Name: "clock", Operands: []Operand{Millis},
		Weight: 2, Group: Clocks, Doc: "virtual milliseconds pass"},
	{Name: "stats_merge",
		Weight: 1, Group: Clocks, Doc: "adds the thread's statistics to the totals"},
	{Name: "stats_reset",
		Weight: 1, Group: Clocks, Doc: "sets the thread's statistics and the totals to zero"},
	{Name: "option_set", Operands: []Operand{MovableName, OptionValue},
		Weight: 2, Group: Options, Doc: "sets an option of the process from here on"},
	{Name: "option_get", Operands: []Operand{OptionName}, Result: ValueResult,
		Weight: 1, Group: Options, Doc: "the value of an option"},
	{Name: "option_is_enabled", Operands: []Operand{OptionName}, Result: ValueResult,
		Weight: 1, Group: Options, Doc: "whether the value of an option is not 0"},
	{Name: "register_deferred_free", Operands: []Operand{CallbackName},
		Weight: 1, Group: Deferring, Doc: "what generic allocations and collects call: none, or one that frees queued blocks"},
	{Name: "defer_free", Operands: []Operand{BlockFree},
		Weight: 5, Group: Deferring, Doc: "queues the block for the callback, which frees it"},
	{Name: "bulk", Operands: []Operand{BulkCount, Size}, Result: BulkResult,
		Weight: 3, Group: Bulks, Doc: "n mallocs of one size"},
	{Name: "bulk_free", Operands: []Operand{BulkDrain, Stride},
		Weight: 3, Group: Bulks, Doc: "frees the first block still held and every stride-th after it"},
	{Name: "reserve_os_memory", Operands: []Operand{ArenaSize, Bool, Bool}, Result: ValueResult,
		Weight: 1, Group: Arenas, Doc: "an arena of size bytes from the OS: committed, of large pages if there are any"},
	{Name: "manage_os_memory", Operands: []Operand{ArenaSize, Bool, Bool, Bool}, Result: ValueResult,
		Weight: 1, Group: Arenas, Doc: "makes memory of the program an arena: committed, of large pages, zero"},
	{Name: "reserve_os_memory_ex", Operands: []Operand{ArenaSize, Bool, Bool, Bool}, Result: ArenaResult,
		Weight: 2, Group: Arenas, Doc: "reserve_os_memory with exclusive as the last; the arena has a name"},
	{Name: "manage_os_memory_ex", Operands: []Operand{ArenaSize, Bool, Bool, Bool}, Result: ArenaResult,
		Weight: 2, Group: Arenas, Doc: "manage_os_memory of zero memory with exclusive as the last; it has a name"},
	{Name: "arena_area", Operands: []Operand{ArenaUse}, Result: ValueResult,
		Weight: 1, Group: Arenas, Doc: "where an arena lies"},
	{Name: "heap_new_in_arena", Operands: []Operand{ArenaUse}, Result: HeapResult,
		Weight: 4, Group: Arenas, Doc: "a heap of the calling thread that allocates from one arena"},
	{Name: "barrier", Weight: 2, Group: Meeting,
		Doc: "all threads wait for each other; written without a thread, nothing in lockstep"},

	{Name: "umalloc", Operands: []Operand{Size}, Result: BlockResult, Later: true,
		Weight: 3, Group: Plain, Doc: "malloc that tells the size of the block"},
	{Name: "ucalloc", Operands: []Operand{Count, Size}, Result: BlockResult, Zeroes: true, Later: true,
		Weight: 2, Group: Arrays, Doc: "calloc that tells the size of the block"},
	{Name: "umalloc_small", Operands: []Operand{SmallSize}, Result: BlockResult, Later: true,
		Weight: 2, Group: Small, Doc: "malloc_small that tells the size of the block"},
	{Name: "umalloc_aligned", Operands: []Operand{Size, Align}, Result: BlockResult, Later: true,
		Weight: 2, Group: Aligned, Doc: "malloc_aligned that tells the size of the block"},
	{Name: "uzalloc_aligned", Operands: []Operand{Size, Align}, Result: BlockResult, Zeroes: true, Later: true,
		Weight: 2, Group: Aligned, Doc: "zalloc_aligned that tells the size of the block"},
	{Name: "urealloc", Operands: []Operand{BlockMove, Size}, Result: BlockResult, Later: true,
		Weight: 3, Group: Moving, Doc: "realloc that tells the sizes of the block before and after"},
	{Name: "heap_zalloc_small", Operands: []Operand{HeapUse, SmallSize}, Result: BlockResult, Zeroes: true, Later: true,
		Weight: 2, Group: Small, Doc: "zalloc_small from a heap"},
	{Name: "ufree", Operands: []Operand{BlockFree}, Later: true,
		Weight: 4, Group: Release, Doc: "free that tells the size of the block"},
	{Name: "free_small", Operands: []Operand{BlockFree}, Later: true,
		Weight: 2, Group: Release, Doc: "free by a name that later versions make quicker"},
	{Name: "heap_new_ex", Operands: []Operand{ArenaMay, HeapTag, Bool}, Result: HeapResult, Later: true,
		Weight: 3, Group: Heaps, Doc: "a heap that allocates from an arena, with a tag, that can be destroyed"},
	{Name: "collect_reduce", Operands: []Operand{Size}, Later: true,
		Weight: 2, Group: Collecting, Doc: "abandons segments of the thread until it has at most size bytes"},
	{Name: "abandoned_visit_blocks", Operands: []Operand{SubprocUse, VisitTag, Bool}, Result: ValueResult, Later: true,
		Weight: 2, Group: Asking, Doc: "the areas of abandoned segments with a heap's tag, and with true the blocks in use"},
	{Name: "subproc_new", Result: SubprocResult, Later: true,
		Weight: 1, Group: Threading, Doc: "a sub-process: threads of others do not take over what its threads abandon"},
	{Name: "subproc_delete", Operands: []Operand{SubprocEnd}, Later: true,
		Weight: 1, Group: Threading, Doc: "ends a sub-process"},
	{Name: "subproc_add_current_thread", Operands: []Operand{SubprocUse}, Later: true,
		Weight: 2, Group: Threading, Doc: "the thread joins a sub-process, unless it is in one"},
	{Name: "unsafe_heap_page_is_under_utilized", Operands: []Operand{HeapUse, BlockUse, Percent}, Result: ValueResult,
		Later: true, Weight: 1, Group: Asking, Doc: "whether so little of the block's page is used that it is worth moving"},

	{Name: "free_size", Operands: []Operand{BlockFree}, Like: "free",
		Weight: 1, Group: Release, Doc: "free that is told the usable size of the block"},
	{Name: "free_size_aligned", Operands: []Operand{BlockFree}, Like: "free",
		Weight: 1, Group: Release, Doc: "free_size that is told what the address is a multiple of, too"},
	{Name: "free_aligned", Operands: []Operand{BlockFree}, Like: "free",
		Weight: 1, Group: Release, Doc: "free that is told what the address is a multiple of"},
	{Name: "malloc_size", Operands: []Operand{BlockUse}, Result: ValueResult, Like: "usable_size",
		Weight: 1, Group: Asking, Doc: "usable_size by the name of macOS"},
	{Name: "malloc_usable_size", Operands: []Operand{BlockUse}, Result: ValueResult, Like: "usable_size",
		Weight: 1, Group: Asking, Doc: "usable_size by the name of Linux"},
	{Name: "malloc_good_size", Operands: []Operand{Size}, Result: ValueResult, Like: "good_size",
		Weight: 1, Group: Asking, Doc: "good_size by the name of macOS"},
	{Name: "_expand", Operands: []Operand{BlockUse, Size}, Result: ValueResult, Like: "expand",
		Weight: 1, Group: Asking, Doc: "expand that sets errno where it gives null"},
	{Name: "aligned_recalloc", Operands: []Operand{BlockMove, Count, Size, Align}, Result: BlockResult, Zeroes: true,
		Like: "recalloc_aligned", Weight: 1, Group: Aligned, Doc: "recalloc_aligned by the name of Windows"},
	{Name: "aligned_offset_recalloc", Operands: []Operand{BlockMove, Count, Size, Align, Offset}, Result: BlockResult,
		Zeroes: true, Like: "recalloc_aligned_at", Weight: 1, Group: Aligned, Doc: "recalloc_aligned_at by the name of Windows"},
	{Name: "option_set_default", Operands: []Operand{MovableName, OptionValue}, Like: "option_set",
		Weight: 1, Group: Options, Doc: "sets an option, unless it was set before"},
	{Name: "option_set_enabled", Operands: []Operand{MovableName, Bool}, Like: "option_set",
		Weight: 1, Group: Options, Doc: "sets an option to 1 or 0"},
	{Name: "option_set_enabled_default", Operands: []Operand{MovableName, Bool}, Like: "option_set",
		Weight: 1, Group: Options, Doc: "sets an option to 1 or 0, unless it was set before"},
	{Name: "option_enable", Operands: []Operand{MovableName}, Like: "option_set",
		Weight: 1, Group: Options, Doc: "sets an option to 1"},
	{Name: "option_disable", Operands: []Operand{MovableName}, Like: "option_set",
		Weight: 1, Group: Options, Doc: "sets an option to 0"},
	{Name: "strdup", Operands: []Operand{Length}, Result: BlockResult, Heaped: true, Like: "malloc",
		Weight: 2, Group: Texts, Doc: "a copy of a string of so many characters"},
	{Name: "strndup", Operands: []Operand{Length, Most}, Result: BlockResult, Heaped: true, Like: "malloc",
		Weight: 2, Group: Texts, Doc: "a copy of a string of so many characters, of the first of them only"},
	{Name: "mbsdup", Operands: []Operand{Length}, Result: BlockResult, Like: "zalloc",
		Weight: 1, Group: Texts, Doc: "strdup by the name of Windows"},
	{Name: "wcsdup", Operands: []Operand{Length}, Result: BlockResult, Like: "zalloc", Built: true,
		Weight: 1, Group: Texts, Doc: "strdup of characters of two bytes"},
	{Name: "dupenv_s", Operands: []Operand{Bool}, Result: BlockResult, Like: "zalloc",
		Weight: 1, Group: Texts, Doc: "a copy of a variable of the environment; false: of one that there is not, null"},
	{Name: "realpath", Operands: []Operand{Bool}, Result: BlockResult, Heaped: true, Like: "zalloc",
		Weight: 1, Group: Texts, Doc: "the path of the root of all files; false: of a file that there is not, null"},
	{Name: "new_nothrow", Operands: []Operand{Size}, Result: BlockResult, Like: "malloc",
		Weight: 2, Group: News, Doc: "malloc as C++'s new that gives null"},
	{Name: "new_aligned_nothrow", Operands: []Operand{Size, Align}, Result: BlockResult, Like: "malloc_aligned",
		Weight: 1, Group: News, Doc: "malloc_aligned as C++'s new that gives null"},
	{Name: "new", Operands: []Operand{Size}, Result: BlockResult, Like: "malloc",
		Weight: 2, Group: News, Doc: "malloc as C++'s new, which throws: null here"},
	{Name: "new_n", Operands: []Operand{Count, Size}, Result: BlockResult, Like: "mallocn",
		Weight: 1, Group: News, Doc: "new of an array"},
	{Name: "new_aligned", Operands: []Operand{Size, Align}, Result: BlockResult, Like: "malloc_aligned",
		Weight: 1, Group: News, Doc: "new at a multiple of align"},
	{Name: "new_realloc", Operands: []Operand{BlockMove, Size}, Result: BlockResult, Like: "realloc",
		Weight: 1, Group: News, Doc: "realloc that throws as new does"},
	{Name: "new_reallocn", Operands: []Operand{BlockMove, Count, Size}, Result: BlockResult, Like: "reallocn",
		Weight: 1, Group: News, Doc: "reallocn that throws as new does"},
	{Name: "heap_alloc_new", Operands: []Operand{HeapUse, Size}, Result: BlockResult, Like: "malloc",
		Weight: 1, Group: News, Doc: "new from a heap"},
	{Name: "heap_alloc_new_n", Operands: []Operand{HeapUse, Count, Size}, Result: BlockResult, Like: "mallocn",
		Weight: 1, Group: News, Doc: "new of an array from a heap"},
	{Name: "set_new_handler", Operands: []Operand{HandlerName}, Like: "register_deferred_free", Built: true,
		Weight: 1, Group: News, Doc: "what new calls where there is no memory: none, one that throws, or one that retries"},
}

// kinds finds a row by name.
var kinds = func() map[string]Kind {
	m := make(map[string]Kind, len(Table))
	for k := range Table {
		m[Table[k].Name] = Kind(k)
	}
	return m
}()

// KindOf finds an operation by its plain name ("malloc", "heap_new"; not "heap_malloc").
func KindOf(name string) (Kind, bool) {
	k, ok := kinds[name]
	return k, ok
}

// Row gives the row of k.
func (k Kind) Row() *Row { return &Table[k] }

// String gives the plain name.
func (k Kind) String() string { return Table[k].Name }

// Name gives the name of the call, with heap_ for the heap variant.
func (o *Op) Name() string { return callName(o.Kind, o.Heaped) }

// Name gives the name of the call, with heap_ for the heap variant.
func (s *Step) Name() string { return callName(s.Kind, s.Heaped) }

func callName(k Kind, heaped bool) string {
	if heaped {
		return heapPrefix + Table[k].Name
	}
	return Table[k].Name
}

const heapPrefix = "heap_"

// Numbers lists the operands that are numbers, in the order of Op.Num.
func (r *Row) Numbers() []Operand {
	var all []Operand
	for _, o := range r.Operands {
		if o >= Size {
			all = append(all, o)
		}
	}
	return all
}
