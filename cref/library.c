// The library: one translation unit that includes its single-file source after redirecting all it
// asks of the operating system. See doc.go for an overview.
//
// Nothing of the source is changed. Every system header it uses is included before the
// redirections, so that they reach the library's own text and nothing else.

#if !__has_include("source.h") || !__has_include("mimalloc/src/static.c")
#error "mimalloc's source is not set up: run `make setup`"
#else

#include "source.h"

// The build: a file of package flavours sets these, and the macros of the library, before it includes
// this one. Its functions then get names of their own, so that all builds fit into one program.
#ifndef MID_LIBRARY
#define MID_RELEASE
#define MID_LIBRARY mid_library_release
#define MID_PROFILE "2.0"
#endif

#include "system.h"

#include "parts.h"

#ifdef MID_PREFIX
#define MID_JOIN(a, b) a##b
#define MID_RENAME(prefix, name) MID_JOIN(prefix, name)
#include "symbols.h"
#endif

// Nothing runs before main: mid_library_load makes the call that the constructor would make.
#define constructor used

// The two thread-local variables become globals, swapped by threads.c. It also makes the library
// indifferent to the OS thread, which Go changes at will.
#define __thread

// The headers define the thread id as an inline function that reads a register and that no other
// inline function calls: it is parsed under another name, and the source gets ours.
#define _mi_thread_id mid_host_thread_id
#include "mimalloc.h"
#include "mimalloc-internal.h"
#undef _mi_thread_id
#define _mi_thread_id() (mid_self)

#if MI_MALLOC_VERSION != 209
#error "cref drives mimalloc 2.0.9: point MIMALLOC_SRC at that version and run `make setup`"
#endif
#if defined(MID_RELEASE) && (MI_DEBUG || MI_SECURE || MI_PADDING || MI_STAT)
#error "profile 2.0 is a release build: MI_DEBUG, MI_SECURE, MI_PADDING and MI_STAT must be off"
#endif

#define mmap(hint, size, prot, flags, fd, offset) mid_os_mmap(hint, size, prot, flags)
#define munmap(p, size)                mid_os_munmap(p, size)
#define mprotect(p, size, prot)        mid_os_mprotect(p, size, prot)
#define madvise(p, size, advice)       mid_os_madvise(p, size, advice)
#define clock_gettime(clock, t)        mid_os_clock(t)
#define syscall(...)                   mid_os_syscall(__VA_ARGS__)
#define open(...)                      mid_os_open_file()
#define access(...)                    mid_os_access_file()
#define sysconf(name)                  mid_os_page_size()
#define atexit(f)                      ((void)(f))
#define abort()                        mid_abort()
#define _ZSt15get_new_handlerv         mid_new_handler
#define pthread_key_create(key, f)     mid_key_create(key, f)
#define pthread_setspecific(key, v)    mid_key_set(v)

// The tracking macros tell of memory whose contents are undefined from here on. One use speaks of
// a new segment: that is where its header is about to be filled. The comparison is of two
// literals, so the other uses cost nothing.
#undef mi_track_mem_undefined
#define mi_track_mem_undefined(p, size) \
  (__builtin_strcmp(#p, "segment") == 0 ? mid_segment((void *)(p)) : (void)0)

_Static_assert(offsetof(mi_segment_t, decommit_expire) == MID_STALE_FROM, "what a header may keep");
_Static_assert(offsetof(mi_segment_t, commit_mask) == MID_STALE_TO, "what a header may keep");
static void mid_segment(void *p) { mid_os_segment(p, sizeof(mi_segment_t)); }

// Statics inside functions cannot be named from here, but some change when a system call fails, and
// then they must be put back at a reset. They are written through this macro: the first such write
// tells where they are and what they were.
static void mid_latch(volatile void *p, const char *name);
#define MID_LATCHED(p)                                                                        \
  (__builtin_strcmp(#p, "&advice") == 0 || __builtin_strcmp(#p, "&no_getrandom") == 0 ||      \
   __builtin_strcmp(#p, "&large_page_try_ok") == 0)
#undef mi_atomic_store_release
#define mi_atomic_store_release(p, x)                          \
  (MID_LATCHED(p) ? mid_latch((void *)(p), #p + 1) : (void)0,  \
   mi_atomic(store_explicit)(p, x, mi_memory_order(release)))

#include "mimalloc/src/static.c"

// What follows is the rig's and does not count as the library's: every function of it is static. On what is
// no function the attribute has no meaning.
#ifdef MID_COVERAGE
#pragma GCC diagnostic ignored "-Wattributes"
#define static static __attribute__((no_sanitize_coverage))
extern const mid_coverage MID_COVERAGE;
#endif

#include "statics.h"
#include "constants.h"
#include "memo.h"
#include "state.h"
#include "hash.h"
#include "stats.h"

// ---- loading ----

// The main heap is a static, and its address is in its random numbers: another program would have other
// ones. So it is seeded anew, with the same key, as if it lay at an address of our choice.
#define MID_MAIN_HEAP 0x1000
static void mid_library_seed(void) {
  uint8_t key[32];
  memcpy(key, &_mi_heap_main.random.input[4], sizeof(key));
  chacha_init(&_mi_heap_main.random, key, MID_MAIN_HEAP);
  _mi_heap_main.cookie = _mi_heap_random_next(&_mi_heap_main);
  _mi_heap_main.keys[0] = _mi_heap_random_next(&_mi_heap_main);
  _mi_heap_main.keys[1] = _mi_heap_random_next(&_mi_heap_main);
}

// Loads the library as the main thread and sets what the rig pins: every message counts, and there
// is one NUMA node. The limits of messages are cached in two statics at start-up.
static void mid_library_load(void) {
  mi_process_load();
  mid_library_seed();
  mi_option_set(mi_option_show_errors, 1);
  mi_option_set(mi_option_max_errors, -1);
  mi_option_set(mi_option_max_warnings, -1);
  mi_option_set(mi_option_use_numa_nodes, 1);
  mi_max_error_count = -1;
  mi_max_warning_count = -1;
}

// ---- thread-locals ----

static mid_locals mid_library_locals(void) { return (mid_locals){_mi_heap_default, recurse}; }

static void mid_library_set_locals(mid_locals l) {
  _mi_heap_default = l.heap;
  recurse = l.recurse;
}

static mid_locals mid_library_new_locals(void) {
  return (mid_locals){(mi_heap_t *)&_mi_heap_empty, false};
}

static bool mid_library_thread_ready(void) { return mi_heap_is_initialized(_mi_heap_default); }

// ---- names ----

static uint64_t mid_heap_name(const mi_heap_t *h) { return mid_heap_ref(h); }

// ---- visits ----

static bool mid_visit_one(const mi_heap_t *h, const mi_heap_area_t *area, void *block, size_t size,
                          void *arg) {
  (void)h;
  mid_area a = {area->blocks, area->reserved, area->committed, area->used, area->full_block_size};
  (*(mid_visitor **)arg)(&a, block, size);
  return true;
}

static bool mid_visit_all(const mi_heap_t *h, bool blocks, mid_visitor *visitor) {
  return mi_heap_visit_blocks(h, blocks, mid_visit_one, &visitor);
}

// ---- the table ----

static mid_loaded mid_library_loaded;

#pragma GCC diagnostic error "-Wincompatible-pointer-types"
const mid_library MID_LIBRARY = {
  .profile = MID_PROFILE,
  .loaded = &mid_library_loaded,
  .threading = &mid_virtual,
#ifdef MID_COVERAGE
  .coverage = &MID_COVERAGE,
#endif
  .mi = {
#define FUNCTION(type, name, parameters) .name = mi_##name,
    MID_API(FUNCTION)
#undef FUNCTION
  },

  .load = mid_library_load,
  .snapshot = mid_library_snapshot,
  .reset = mid_library_reset,
  .locals = mid_library_locals,
  .set_locals = mid_library_set_locals,
  .new_locals = mid_library_new_locals,
  .thread_ready = mid_library_thread_ready,
  .heap_name = mid_heap_name,
  .visit = mid_visit_all,

  .static_name = mid_name_of_static,
  .static_size = mid_size_of_static,
  .static_differs = mid_changed_static,
  .statics_hash = mid_hash_statics,

  .constants = mid_all_constants,
  .bin_size = mid_size_of_bin,
  .span_bin_slices = mid_slices_of_bin,
  .option_name = mid_name_of_option,
  .option_default = mid_default_of_option,
  .option_put = mid_put_option,
  .option_get = mid_get_option,
  .option_is_enabled = mid_option_on,

  .state_hash = mid_state_hash,
  .state_dump = mid_state_dump_all,
  .stats_hash = mid_hash_stats,
  .stats_dump = mid_dump_stats,
};

#endif
