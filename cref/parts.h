// What the C files share with each other and not with Go. See doc.go for an overview.
//
//   library.c  the library itself, redirected; its statics and constants. The only one that is
//              compiled once per build of the library
//   os.c       the simulated operating system it is redirected to
//   base.c     memory of that which is there when a run begins
//   threads.c  virtual threads
//   messages.c error codes and messages
//   stops.c    failed assertions and crashes of the library
//   stamp.c    contents of blocks
//   slots.c    handles
//   ops.c      the operation table and the interpreter
//   asking.c   questions about blocks and heaps
//   arenas.c   operations on arenas
//   settings.c options in the middle of a run
//   visits.c   what heaps tell of their areas and blocks
//   deferred.c the callback for deferred frees, and the blocks that wait for it
//   later.c    the operations that only later versions have
//   posix.c    the calls by the names of other standards
//   texts.c    the calls that copy strings
//   news.c     C++'s new, and its handler
//   runs.c     runs: the build in use, begin, reset
//   state.h    the canonical state: its words, and their list
//   hash.h     its hash
//   memo.h     what a walk of the state need not read again
//   stats.h    the statistics, likewise
//   bench.c    loops for benchmarks

#ifndef MID_PARTS_H
#define MID_PARTS_H

#include <setjmp.h>

#include "api.h"
#include "shim.h"

#pragma GCC visibility push(hidden)

// ---- os.c ----

int  mid_os_open(void);                       // 0, or why the addresses are not ours: an errno
void mid_os_reset(void);
void mid_os_forget(void);                     // from here on all of the memory reads zero
// What is mapped now is mapped when a run begins, with what it holds. False if there is no memory to note that.
bool mid_os_keep(void);
bool mid_os_plan(const mid_fault *faults, size_t n);
void mid_os_tick(uint64_t ms);
uint64_t mid_os_fingerprint(void);

// Trace so far, and the step that coming calls belong to.
extern uint64_t mid_os_hash;
extern uint32_t mid_os_calls;
extern uint32_t mid_os_step;

// What the library's system calls become.
void *mid_os_mmap(void *hint, size_t size, int prot, int flags);
int   mid_os_munmap(void *p, size_t size);
int   mid_os_mprotect(void *p, size_t size, int prot);
int   mid_os_madvise(void *p, size_t size, int advice);
int   mid_os_clock(void *timespec);
long  mid_os_syscall(long number, ...);
int   mid_os_open_file(void);
int   mid_os_access_file(void);
long  mid_os_page_size(void);

// Memory that the program itself asks for, aligned to 32 MiB, and gives back; NULL on failure.
void *mid_os_take(uint64_t size, bool writable);
void  mid_os_drop(void *p, uint64_t size);

// What the library may leave of a segment header as it finds it: when to decommit, and what (corpus/known/README.md,
// stale-mask). In bytes from the start of a segment; wherever one may begin, they are as they would be.
#define MID_STALE_FROM 40u
#define MID_STALE_TO   112u
#define MID_SEGMENT    (32u << 20)

// Called when the library is about to fill a segment header; clears the rest of one that is new in this run.
void mid_os_segment(void *header, size_t size);
// How many different segments the run has used so far.
unsigned mid_os_segments(void);

// ---- threads.c ----

extern uintptr_t mid_self;                    // id of the running virtual thread

// How the threads of programs are had: virtual ones, or the system's.
typedef struct mid_threading {
  void     (*open)(void);                     // the main thread has loaded the library behind it
  void     (*reset)(void);
  bool     (*here)(unsigned t);               // whether the caller is thread t, or is from here on
  void     (*on)(unsigned t, void (*work)(void));  // does work as thread t
  void     (*exit)(void);                     // of the running one, as a pthread's
  void     (*renew)(void);                    // the same number, a fresh thread
  uint64_t (*fingerprint)(void);
} mid_threading;

extern const mid_threading mid_virtual;

int  mid_key_create(unsigned *key, void (*destructor)(void *));
int  mid_key_set(const void *value);
// Default heap of a thread, and what its destructor would be called with.
mi_heap_t *mid_thread_heap(unsigned t, const void **key);
// 1 + number of the thread with an id; 0 for the id 0, 255 for one that no thread has any more.
unsigned mid_thread_number(uintptr_t id);

// ---- messages.c ----

// What the library reported since mid_messages_step.
typedef struct mid_reports {
  uint8_t  errors, warnings;
  uint16_t err;
} mid_reports;

extern mid_reports mid_reported;

void mid_messages_open(void);                 // registers the handlers
void mid_messages_reset(void);

// ---- stops.c ----

extern sigjmp_buf mid_stop_to;                // where mid_run goes on when the library stops
extern uint8_t mid_stopped;                   // MID_CRASH or MID_ASSERTION once it has, in this run
extern bool mid_asserted;                     // an assertion failed in this step

void mid_stops_open(void);
void mid_stops_reset(void);
void mid_stops_arm(bool on);                  // the library runs from here on, and may stop
bool mid_assertion(const char *text);         // takes a message, if it is that of an assertion
void mid_abort(void);
_Noreturn void mid_abort_for_good(void);
_Noreturn void mid_foreign_free(void);

// ---- news.c ----

void mid_news_begin(void);
void mid_thrown(void);                        // leaves a call that throws where there is no memory, if there is one

// ---- stamp.c ----

// Contents are laid out in words of 8 bytes from the block's start, wherever that is.
void mid_stamp(void *p, uint64_t usable, uint32_t id);
// 0, or 1 + offset of the first byte below limit that a stamp over usable bytes wrote and that
// differs.
uint64_t mid_stamp_check(const void *p, uint64_t usable, uint32_t id, uint64_t limit);
// The same for zero instead of a stamp.
uint64_t mid_zero_check(const void *p, uint64_t usable);
// 0, or 1 + offset of the first byte of [from, to) that is not zero.
uint64_t mid_zero_range(const void *p, uint64_t from, uint64_t to);

// ---- slots.c ----

// The block behind a handle; p is NULL for the null handle and for one that is not live.
typedef struct mid_block {
  void    *p;
  uint64_t usable;                            // when it was stamped
  uint32_t id;                                // of the step that stamped it
} mid_block;

typedef struct mid_heap {
  mi_heap_t *h;
  unsigned   thread;
  bool       kept;                            // it cannot be destroyed
} mid_heap;

int  mid_slots_begin(const mid_setup *s);     // 0 or ENOMEM
const mid_setup *mid_slots_setup(void);

mid_block mid_block_look(uint32_t slot);
mid_block mid_block_take(uint32_t slot);      // the handle is not live any more
void      mid_block_put(uint32_t slot, mid_block b);
uint64_t  mid_blocks_drop(mi_heap_t *h, uint64_t *mix);

mi_heap_t *mid_heap_look(uint32_t slot);
void       mid_heap_put(uint32_t slot, mi_heap_t *h, unsigned thread);
void       mid_heaps_drop(unsigned thread);

bool       mid_heap_kept(uint32_t slot);
void       mid_heap_keep(uint32_t slot);

int        mid_arena_look(uint32_t slot);
void       mid_arena_put(uint32_t slot, int id);

void      *mid_subproc_look(uint32_t slot);
void       mid_subproc_put(uint32_t slot, void *subproc);

// The first finding of a step is the one that is kept.
void mid_found(mid_result *r, uint64_t bad, uint8_t what, uint32_t slot);
void mid_block_verify(mid_result *r, mid_block b, uint32_t slot);
void mid_blocks_verify(mid_result *r);

// ---- ops.c ----

void mid_ops_begin(void);                     // of a run

// ---- deferred.c ----

void mid_deferred_begin(void);

// ---- runs.c ----

void mid_used(void);                          // the state is not pristine any more

// ---- library.c: one build of the library ----

// The part of the library's state that belongs to the running thread.
typedef struct mid_locals {
  mi_heap_t *heap;
  bool       recurse;
} mid_locals;

// What threads.c keeps for a build, once it is loaded.
typedef struct mid_thread {
  uintptr_t   id;
  mid_locals  locals;
  const void *key;
} mid_thread;

typedef struct mid_loaded {
  bool       done;
  mid_thread threads[MID_MAX_THREADS];        // as loaded
  uintptr_t  next_id;
  void     (*destructor)(void *);             // of the one key the library creates
} mid_loaded;

// An area of a heap, as a visit tells of it.
typedef struct mid_area {
  const void *blocks;
  size_t      reserved, committed, used, block_size;
} mid_area;

typedef void mid_visitor(const mid_area *a, const void *block, size_t size);

// How a build tells what of it ran, if it can: see package covered.
typedef struct mid_coverage {
  void   (*begin)(void);                      // of a run
  void   (*look)(void);                       // at the state
  // What ran and what was seen since, each ascending: places, *sites of them, then features.
  size_t (*take)(uint16_t *out, size_t room, size_t *sites);
  const uintptr_t *(*sites)(size_t *n);       // the addresses of all places
} mid_coverage;

// A build of the library: its functions, and library.c's own.
struct mid_library {
  const char *profile;
  mid_loaded *loaded;
  const mid_threading *threading;
  bool        fresh;                          // memory that the OS gives reads zero in every run
  const mid_coverage *coverage;               // NULL: none
  struct {
#define MID_FUNCTION(type, name, parameters) type (*name) parameters;
    MID_API(MID_FUNCTION)
    MID_LATER_API(MID_FUNCTION)
#undef MID_FUNCTION
  } mi;
  // A later version: heap_destroy of a heap that was not made for it deletes it, and memory that was given up by
  // DONTNEED is used again as it is.
  bool        later;

  void       (*load)(void);                   // the process start, then our settings
  void       (*snapshot)(void);
  void       (*reset)(void);
  mid_locals (*locals)(void);
  void       (*set_locals)(mid_locals l);
  mid_locals (*new_locals)(void);             // of a thread that has done nothing yet
  bool       (*thread_ready)(void);           // the running thread has a heap
  // The address of a heap's record; 1 for the main thread's backing heap, which is a static.
  uint64_t   (*heap_name)(const mi_heap_t *h);
  // Visits a heap. Tells what the library says: whether all was visited.
  bool       (*visit)(const mi_heap_t *h, bool blocks, mid_visitor *visitor);
  // Visits the abandoned segments of a sub-process, NULL for the main one, as far as pages have a tag.
  bool       (*visit_abandoned)(void *subproc, int tag, bool blocks, mid_visitor *visitor);

  const char *(*static_name)(unsigned i);
  size_t      (*static_size)(unsigned i);
  bool        (*static_differs)(unsigned i);
  uint64_t    (*statics_hash)(uint64_t h);

  const mid_constant *(*constants)(unsigned i);
  size_t      (*bin_size)(unsigned bin);
  size_t      (*span_bin_slices)(unsigned bin);
  const char *(*option_name)(unsigned i);
  int64_t     (*option_default)(unsigned i);
  void        (*option_put)(unsigned i, int64_t value);
  int64_t     (*option_get)(unsigned i);
  bool        (*option_is_enabled)(unsigned i);

  // next: the call before was one step ago. whole: nothing that was read then is taken for read.
  uint64_t    (*state_hash)(bool next, bool whole);
  size_t      (*state_dump)(mid_entry *out, size_t room);
  uint64_t    (*stats_hash)(void);
  size_t      (*stats_dump)(mid_entry *out, size_t room);
};

extern const mid_library *mid_lib;            // the build in use
#define mi(name) (mid_lib->mi.name)

#pragma GCC visibility pop

#endif
