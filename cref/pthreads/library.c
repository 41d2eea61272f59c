// The library on the real system: its own thread-local variables, thread ids and atomics, real memory and the
// ends of pthreads as they are. See doc.go for an overview.
//
// Only what would reach beyond a run is redirected: it does not start before main, leaves nothing to do at
// exit, and the bytes that it maps are counted. As in ../library.c nothing of the source is changed.

#if !__has_include("../source.h") || !__has_include("../mimalloc/src/static.c")
#error "mimalloc's source is not set up: run `make setup`"
#else

#include "../system.h"

#include <sanitizer/asan_interface.h>

#include "library.h"

#define MID_PREFIX pthreads_
#define MID_JOIN(a, b) a##b
#define MID_RENAME(prefix, name) MID_JOIN(prefix, name)
#include "../symbols.h"

#define constructor used
#define atexit(f) ((void)(f))

static _Atomic(uint64_t) mid_mapped_bytes;

static void *mid_real_map(void *hint, size_t size, int prot, int flags, int fd, off_t offset) {
  if (size > MID_MOST_MAPPED) {
    errno = ENOMEM;
    return MAP_FAILED;
  }
  void *p = mmap(hint, size, prot, flags, fd, offset);
  if (p != MAP_FAILED) atomic_fetch_add_explicit(&mid_mapped_bytes, size, memory_order_relaxed);
  return p;
}

static int mid_real_unmap(void *p, size_t size) {
  // Blocks that are not live are poisoned; where they were, the system may put a thread's stack next.
  ASAN_UNPOISON_MEMORY_REGION(p, size);
  int err = munmap(p, size);
  if (err == 0) atomic_fetch_sub_explicit(&mid_mapped_bytes, size, memory_order_relaxed);
  return err;
}

#define mmap mid_real_map
#define munmap mid_real_unmap

#ifdef MID_PLANT_THREAD
// A fault for ThreadSanitizer to report: one kind of store is no atomic one any more.
#include "mimalloc.h"
#include "mimalloc-internal.h"
#undef mi_atomic_store_release
#define mi_atomic_store_release(p, x) (*(volatile uintptr_t *)(p) = (uintptr_t)(x))
#endif

#include "mimalloc/src/static.c"

#include "../staticlist.h"

// ---- runs ----

// The statics as they are when the library is loaded. The thread-local ones are new with each thread.
static struct {
#define FIELD(s) _Alignas(8) unsigned char s[sizeof(s)];
  MID_SMALL_STATICS(FIELD)
  MID_LARGE_STATICS(FIELD)
#undef FIELD
} mid_fresh;

static _Atomic(uint64_t) mid_complaints;

// Memory that is refused gives null, which is judged as such.
static void mid_real_complain(int err, void *arg) {
  (void)arg;
  if (err != ENOMEM && err != EOVERFLOW) {
    atomic_fetch_add_explicit(&mid_complaints, 1, memory_order_relaxed);
  }
}

static void mid_real_load(void) {
  mi_process_load();
  mi_option_set(mi_option_show_errors, 0);
  mi_option_set(mi_option_use_numa_nodes, 1);
  mi_register_error(mid_real_complain, NULL);
#define SAVE(s) memcpy(mid_fresh.s, (void *)&s, sizeof(s));
  MID_SMALL_STATICS(SAVE)
  MID_LARGE_STATICS(SAVE)
#undef SAVE
}

static bool mid_real_loaded;

static pthread_t mid_real_main;

static int mid_real_start(void *(*work)(void *), void *arg) {
  return pthread_create(&mid_real_main, NULL, work, arg);
}

static int mid_real_join(void) { return pthread_join(mid_real_main, NULL); }

// No other thread runs now. The load made another thread the main one.
static void mid_real_begin(void) {
  if (!mid_real_loaded) mid_real_load();
  mid_real_loaded = true;
#define PUT_BACK(s) memcpy((void *)&s, mid_fresh.s, sizeof(s));
  MID_SMALL_STATICS(PUT_BACK)
  MID_LARGE_STATICS(PUT_BACK)
#undef PUT_BACK
  _mi_heap_main.thread_id = _mi_thread_id();
  _mi_heap_set_default_direct(&_mi_heap_main);
  mid_mapped_bytes = 0;
  mid_complaints = 0;
}

static uint64_t mid_real_mapped(void) { return mid_mapped_bytes; }
static const char *mid_real_told(bool at_rest) { return (void)at_rest, ""; }

// ---- options ----

static mi_option_desc_t *mid_real_find(const char *name) {
  for (int i = 0; i < _mi_option_last; i++) {
    if (strcmp(options[i].name, name) == 0) return &options[i];
  }
  return NULL;
}

static bool mid_real_set(const char *name, int64_t value) {
  mi_option_desc_t *o = mid_real_find(name);
  if (o != NULL) mi_option_set(o->option, (long)value);
  return o != NULL;
}

static bool mid_real_option(const char *name, int64_t *value) {
  mi_option_desc_t *o = mid_real_find(name);
  if (o != NULL) *value = mi_option_get(o->option);
  return o != NULL;
}

// ---- threads ----

static bool mid_real_ready(void) { return mi_heap_is_initialized(mi_get_default_heap()); }

// As pthreads does: the value is taken away and given to the destructor, as long as there is one.
static void mid_real_end_main(void) {
  for (int round = 0; round < PTHREAD_DESTRUCTOR_ITERATIONS; round++) {
    void *value = pthread_getspecific(_mi_heap_default_key);
    if (value == NULL) return;
    pthread_setspecific(_mi_heap_default_key, NULL);
    mi_pthread_done(value);
  }
}

// What the main thread does when the process ends. Nothing is left for the end of its pthread, which would run
// where ThreadSanitizer takes the thread for gone.
static void mid_real_finish(void) {
  mi_thread_done();
  pthread_setspecific(_mi_heap_default_key, NULL);
}

// ---- questions ----

static bool mid_visitor_of_all(const mi_heap_t *h, const mi_heap_area_t *area, void *block, size_t size,
                               void *arg) {
  (void)h, (void)area, (void)block, (void)size, (void)arg;
  return true;
}

static void mid_real_visit(mi_heap_t *h, bool blocks) {
  mi_heap_visit_blocks(h, blocks, mid_visitor_of_all, NULL);
}

static void mid_real_counted(mid_ending *end) {
  mi_stats_merge();
  end->abandoned = _mi_stats_main.segments_abandoned.allocated;
  end->reclaimed = _mi_stats_main.segments_abandoned.freed;
}

static void mid_real_rest(mid_ending *end) {
  mi_stats_merge();
  unsigned n = 0;
#define CURRENT(s) end->current[n++] = _mi_stats_main.s.current;
  MID_STATS(CURRENT)
#undef CURRENT
  end->abandoned_left = mi_atomic_load_relaxed(&abandoned_count);
  end->visited_left = mi_atomic_load_relaxed(&abandoned_visited_count);
  end->readers = mi_atomic_load_relaxed(&abandoned_readers);
  end->lists = (mi_tagged_segment_ptr(mi_atomic_load_relaxed(&abandoned)) != NULL) |
               (mi_atomic_load_ptr_relaxed(mi_segment_t, &abandoned_visited) != NULL) << 1;
  end->complaints = mid_complaints;
}

#pragma GCC diagnostic error "-Wincompatible-pointer-types"
const mid_threaded mid_threaded_release = {
  .mi = {
#define FUNCTION(type, name, parameters) .name = mi_##name,
    MID_API(FUNCTION)
#undef FUNCTION
  },
  .map_end = MI_MAX_ADDRESS,
  .start = mid_real_start,
  .join = mid_real_join,
  .begin = mid_real_begin,
  .set = mid_real_set,
  .option = mid_real_option,
  .end_main = mid_real_end_main,
  .finish = mid_real_finish,
  .ready = mid_real_ready,
  .visit = mid_real_visit,
  .counted = mid_real_counted,
  .rest = mid_real_rest,
  .mapped = mid_real_mapped,
  .told = mid_real_told,
};

#endif
