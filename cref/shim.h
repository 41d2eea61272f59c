// The whole C surface of package cref: what Go may call. See doc.go for an overview.
//
// Every symbol begins with mid_, so that nothing here can be taken for the library's. The structs
// are mirrored in Go (types.go) field by field; mid_layout lists sizes and offsets, and a test
// proves them equal. None of this is safe for concurrent use: the library runs on virtual threads,
// all of them inside whichever OS thread makes the call.

#ifndef MID_SHIM_H
#define MID_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- operations and their results (ops.c) ----

// One call on the allocator with every operand resolved.
typedef struct mid_op {
  uint8_t  code;             // row of the operation table
  uint8_t  thread;           // virtual thread that makes the call
  uint8_t  heaped;           // 1: the heap_ variant, on the heap operand
  uint8_t  flags;            // MID_SWEEP | MID_STATE | MID_WHOLE
  uint32_t id;               // number of the step in the whole run, from 1; also its stamp
  uint32_t dst, src, heap;   // slots; MID_NO_SLOT and MID_BACKING are special
  uint64_t a, b, c, d;       // numbers in the order of the call
} mid_op;

#define MID_NO_SLOT 0xffffffffu   // no such operand; as src: the null literal
#define MID_BACKING 0xfffffffeu   // as heap: the calling thread's backing heap
#define MID_MISSING 0xfffffffdu   // as src: an arena id that no arena has
#define MID_NOT_CALLED 0xffffffffu  // as a number: no call was made, since the thread cannot start
#define MID_SWEEP   1             // in flags: verify every live block after this step
#define MID_STATE   2             // in flags: hash the state and the statistics after this step
#define MID_WHOLE   8             // in flags, beside MID_STATE: read all of the state

// What a step gave. Addresses are relative to MID_BASE; 0 is null.
typedef struct mid_result {
  uint64_t value;            // address of the block or heap, or the number asked for
  uint64_t usable;           // usable size of the resulting block
  uint64_t bad;              // 0, or 1 + offset of the first wrong byte; or 1 if the run ended here
  uint64_t os_hash;          // of all OS calls of the run so far
  uint64_t state;            // hash of the canonical state with MID_STATE, else 0
  uint64_t stats;            // hash of the statistics with MID_STATE, else 0
  uint64_t told;             // what calls that tell the size of the block told; of two, the later ^ the earlier << 32
  uint32_t os_calls;         // how many they are
  uint32_t bad_slot;         // block slot that bad speaks of
  uint8_t  bad_what;         // MID_CONTENTS, MID_NOT_ZERO or MID_NOT_KEPT; or MID_ASSERTION, MID_CRASH
  uint8_t  null;             // 1: a block or heap was due and is null
  uint8_t  errors, warnings; // messages during the step, saturating
  uint16_t err;              // last code given to the error handler, 0 for none
  uint64_t quirks;           // always 0 on this side
  uint32_t deferred;         // calls of the deferred-free callback: how many, and a hash << 8
} mid_result;

enum { MID_CONTENTS = 1, MID_NOT_ZERO, MID_NOT_KEPT, MID_ASSERTION = 0xfd, MID_CRASH = 0xff };

// Runs n steps and fills n results. Returns how many it ran: fewer than n means that the next one
// names an operation, thread or slot that does not exist. Where the library stops, by a failed assertion or a
// crash, the result says so and nothing else, and so do those of all later steps of the run.
size_t mid_run(const mid_op *ops, size_t n, mid_result *out);

// From now on the id of the step that is about to run is kept at this place; NULL for nowhere.
void mid_watch(uint32_t *place);

// Name of operation code, NULL past the last.
const char *mid_op_name(unsigned code);

// ---- runs (runs.c) ----

typedef struct mid_fault {
  uint64_t n;                // the call that fails, counted from 1
  uint8_t  call;             // MID_MMAP ...
  uint8_t  sticky;           // 1: every later one too
  uint16_t err;
} mid_fault;

enum { MID_MMAP, MID_MUNMAP, MID_MPROTECT, MID_MADVISE, MID_GETRANDOM, MID_CLOCK, MID_CALL_KINDS };
#define MID_MAX_FAULTS  64
#define MID_MAX_THREADS 8

typedef struct mid_setup {
  uint32_t threads, blocks, heaps, arenas, subprocs, careful;
} mid_setup;

// A build of the library. All that follows, and mid_run, is about the one in use.
typedef struct mid_library mid_library;

extern const mid_library mid_library_release;
const char *mid_library_profile(const mid_library *library);

// Makes a build the one in use, from the pristine state; the first time it is loaded, and its
// pristine snapshot taken. Returns 0, or the errno for which the address space could not be had.
int mid_use(const mid_library *library);

// Makes ready for a run from the pristine state. Returns 0, ENOMEM (the slot tables) or EINVAL (too
// many threads or faults).
int mid_begin(const mid_setup *s, const mid_fault *faults, size_t nfaults);

// Back to the pristine state.
void mid_reset(void);

// What ran of the library since the run began, and what its state was like: places and features, each as ascending
// numbers. Places come first, *sites of them. Returns how many there are of both, at most room; 0 if the build in use
// cannot tell (package covered).
size_t mid_covered(uint16_t *out, size_t room, size_t *sites);

// The addresses of all places, by number; NULL if the build cannot tell.
const uintptr_t *mid_sites_of(size_t *n);

// Text of the latest messages, zero-terminated, at most about 1 KiB.
const char *mid_message(void);

// The first assertion of the library that failed in the run, or what stopped it; "" for neither.
const char *mid_stop_text(void);

// ---- what heaps tell of themselves (visits.c) ----

// An area of a heap, or a block that is in use in the area before it.
typedef struct mid_visit {
  uint64_t addr, size;       // of an area: where its blocks begin, and the size of each
  uint64_t used;             // of an area: blocks in use
  uint64_t committed, reserved; // of an area, bytes
  uint32_t step;             // id of the step less 1
  uint32_t block;            // 1: a block
} mid_visit;

// What the steps of the last mid_run visited, in order.
const mid_visit *mid_visits(size_t *n);

// ---- calls of the deferred-free callback (deferred.c) ----

// The callbacks that a step can register.
enum { MID_CALLBACK_NONE, MID_CALLBACK_FREES, MID_CALLBACK_ALLOCATES, MID_CALLBACK_AT_END };
#define MID_DEFERRED_STEP 4     // blocks that are freed at a time without force
#define MID_CALLBACK_SIZE 2000  // bytes that those which allocate ask for

// The handlers that a step can set (news.c).
enum { MID_HANDLER_NONE, MID_HANDLER_THROWS, MID_HANDLER_RETRIES };
#define MID_HANDLER_TRIES 2     // how often the one that retries returns in an operation

typedef struct mid_callback {
  uint64_t heartbeat;
  uint32_t step;             // id of the step less 1
  uint8_t  force;
  uint8_t  wrong;            // 1: inside another call; 2: not with the argument that was registered
} mid_callback;

// Those in the steps of the last mid_run, in order.
const mid_callback *mid_callbacks(size_t *n);

// ---- simulated operating system (os.c) ----

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MID_ASAN
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define MID_ASAN
#endif

// Where the simulated memory lies: clear of Go's heap and below 20 TiB, where the library's map ends. Under
// AddressSanitizer the lower 16 TiB are shadow. The place there is 4 GiB * 3 * 3 * 5 * 7 * 13 above the other
// one, so that addresses are the same modulo alignments that matter, and a program does the same in both.
#ifndef MID_BASE
#ifdef MID_ASAN
#define MID_BASE 0x11ff00000000ull
#else
#define MID_BASE 0x20000000000ull
#endif
#endif

#define MID_RESERVED (64ull << 30)

typedef struct mid_call {
  // 1 map, 2 unmap, 3 protect, 4 decommit, 5 reset; without an address: 6 random (size: bytes asked),
  // 7 clock (size: the ms given), 8 open of the file of random bytes, which there is none; 9 advice on the size
  // of pages, with an address
  uint8_t  kind;
  uint16_t arg;              // map: 1 writable, 2 hinted, 4 noreserve; protect: 1 writable
  uint8_t  err;
  uint32_t step;             // id of the step that made the call
  uint64_t addr, size;       // relative address (of a map: the result, 0 on failure)
} mid_call;

// The first calls of the run, at most MID_CALLS_KEPT; *n is set to their number.
#define MID_CALLS_KEPT 32768
const mid_call *mid_calls(size_t *n);

// Tells whether every page of [addr, addr+size) is committed; addr is relative.
bool mid_committed(uint64_t addr, uint64_t size);

// A range of memory that is mapped; addr is relative.
typedef struct mid_range {
  uint64_t addr, size;
} mid_range;

// Fills at most room ranges, in order, and returns how many there are.
size_t mid_mapped(mid_range *out, size_t room);

// ---- state of the library ----

// Statics and constants are numbered from 0; the name is NULL past the last.
const char *mid_static_name(unsigned i);
size_t      mid_static_size(unsigned i);
bool        mid_static_differs(unsigned i);  // from the pristine snapshot
uint64_t    mid_fingerprint(void);           // of all statics in full and of the shim's own state

typedef struct mid_constant {
  const char *name;
  uint64_t    value;
} mid_constant;

const mid_constant *mid_constants(unsigned i);  // NULL past the last
const mid_constant *mid_layout(unsigned i);     // sizes and offsets of the structs above
size_t              mid_bin_size(unsigned bin); // block size of a bin, 0 past the last
size_t              mid_span_bin_slices(unsigned bin); // most slices in one, 0 past the last

// Options, by their number in the library.
const char *mid_option_name(unsigned i);        // NULL past the last
int64_t     mid_option_default(unsigned i);
void        mid_option_put(unsigned i, int64_t value);

// Those that a step may speak of, by the number that it gives; NULL past the last.
const char *mid_step_option_name(unsigned i);

// ---- canonical state ----

// The fields in the order of the walk. A field whose entries are a list is followed by its end.
#define MID_STATE_FIELDS(X)                                                                        \
  X(threads) X(thread_data) X(abandoned_count) X(visited_count) X(readers) X(abandoned) X(visited) \
  X(cache_inuse) X(cache_available) X(cache_large) X(cache_at) X(cache_memory) X(cache_expire) X(cache_commit)     \
  X(cache_decommit) X(arenas) X(arena_is) X(arena_at) X(arena_blocks) X(arena_inuse) X(arena_dirty) X(arena_committed) X(thread_default) X(thread_key) X(thread_beat) X(thread_segments) X(spans)     \
  X(spans_last) X(heap_at) X(heap_pages) X(heap_retired) X(heap_arena) X(direct) X(queue) X(queue_last)          \
  X(delayed) X(segment_is) X(segment_use) X(segment_align) X(segment_memory) X(segment_expire) X(segment_commit)     \
  X(segment_decommit) X(span) X(page_shape) X(page_use) X(page_heap) X(free) X(local_free)         \
  X(thread_free) X(segment_map) X(links)

enum {
#define MID_FIELD(f) mid_##f,
  MID_STATE_FIELDS(MID_FIELD)
#undef MID_FIELD
};

// One word of the state and where it stands.
typedef struct mid_entry {
  uint16_t field;
  uint16_t a, b;             // thread and heap, segment and slice, slot of the cache, or arena
  uint16_t c;                // which of several: a bin, a direct entry, a word of a mask
  uint32_t pos;              // place in a list
  uint64_t value;
} mid_entry;

const char *mid_field_name(unsigned i);         // NULL past the last
// Fills at most room entries and returns how many there are.
size_t mid_state_dump(mid_entry *out, size_t room);

// ---- statistics ----

// Those that go up and down, then those that only go up, in the library's order.
#define MID_STATS(X)                                                                               \
  X(segments) X(pages) X(reserved) X(committed) X(reset) X(page_committed) X(segments_abandoned)   \
  X(pages_abandoned) X(threads) X(normal) X(huge) X(large) X(malloc) X(segments_cache)
#define MID_TALLIES(X)                                                                             \
  X(pages_extended) X(mmap_calls) X(commit_calls) X(page_no_retire) X(searches) X(normal_count)    \
  X(huge_count) X(large_count)

// Behind them, in builds that count all: blocks by size class, each with the parts of the first.
#define MID_STAT_BINS 74

const char *mid_stat_name(unsigned i);          // NULL past the last that has a name
// Fills at most room entries and returns how many there are: field is the statistic, a 0 for the totals
// and else 1 + the thread's number, pos which part: 0 allocated, 1 freed, 2 peak, 3 current, 4 total,
// 5 count.
size_t mid_stats_dump(mid_entry *out, size_t room);

const char *mid_source_version(void);
const char *mid_source_sha(void);
const char *mid_compiler(void);

// ---- benchmarks (bench.c): the current virtual thread, results thrown away ----

// n times malloc(sizes[i mod nsizes]) and free, in one crossing.
void mid_bench_pairs(size_t n, const uint64_t *sizes, size_t nsizes);

void *mid_bench_malloc(size_t size);
void  mid_bench_free(void *p);
void  mid_bench_empty(void);

#endif
