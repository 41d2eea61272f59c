// A library that was opened at run time, for threads that run at once (package pthreads): on the real system, with its
// own thread-local variables, thread ids and ends of threads. See doc.go for an overview.
//
// The thread on which it is loaded is its main thread, and lives on: each run takes it for its first thread. A run begins
// with the library's writable memory as it was when it was loaded, and without the memory that the last run left.

#include "shared.h"

#undef mi
#include "../pthreads/library.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static mid_threaded table;

// ---- the main thread ----

static struct {
  pthread_t       thread;
  pthread_mutex_t mutex;
  pthread_cond_t  changed;
  void         *(*work)(void *);              // NULL: it has nothing to do
  void           *arg;
} first = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void *serve(void *arg) {
  (void)arg;
  pthread_mutex_lock(&first.mutex);
  for (;;) {
    while (first.work == NULL) pthread_cond_wait(&first.changed, &first.mutex);
    pthread_mutex_unlock(&first.mutex);
    first.work(first.arg);
    pthread_mutex_lock(&first.mutex);
    first.work = NULL;
    pthread_cond_broadcast(&first.changed);
  }
  return NULL;
}

static int start(void *(*work)(void *), void *arg) {
  pthread_mutex_lock(&first.mutex);
  first.arg = arg;
  first.work = work;
  pthread_cond_broadcast(&first.changed);
  pthread_mutex_unlock(&first.mutex);
  return 0;
}

static int join(void) {
  pthread_mutex_lock(&first.mutex);
  while (first.work != NULL) pthread_cond_wait(&first.changed, &first.mutex);
  pthread_mutex_unlock(&first.mutex);
  return 0;
}

static void *call(void *work) {
  (*(void (**)(void))work)();
  return NULL;
}

static void on_main(void (*work)(void)) {
  start(call, &work);
  join();
}

// Signals that are not of its own making are for other threads. Those that it starts are like it.
static int start_first(void) {
  sigset_t blocked, before;
  sigfillset(&blocked);
  const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};
  for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) sigdelset(&blocked, own[i]);
  pthread_sigmask(SIG_SETMASK, &blocked, &before);
  int err = pthread_create(&first.thread, NULL, serve, NULL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return err;
}

// ---- values by key, as the library makes them when it is loaded ----

static struct {
  unsigned      n;
  pthread_key_t keys[MID_KEYS];
  void        (*destructors[MID_KEYS])(void *);
  const void   *kept[MID_KEYS];               // of the main thread
} keys;

static bool loading;

bool mid_at_once_loading(void) { return loading && pthread_equal(pthread_self(), first.thread); }

void mid_at_once_key(pthread_key_t key, void (*destructor)(void *)) {
  if (keys.n == MID_KEYS) return;
  keys.destructors[keys.n] = destructor;
  keys.keys[keys.n++] = key;
}

// The record of a heap that is in use lies in memory of the system, but for the main thread's.
static bool ready(void) {
  if (pthread_equal(pthread_self(), first.thread)) return true;
  for (unsigned i = 0; i < keys.n; i++) {
    const void *heap = pthread_getspecific(keys.keys[i]);
    if (heap != NULL && !mid_image_has(heap, 1)) return true;
  }
  return false;
}

// What pthreads does at a thread's end, without an end.
static void end_main(void) {
  for (int round = 0; round < PTHREAD_DESTRUCTOR_ITERATIONS; round++) {
    bool any = false;
    for (unsigned i = 0; i < keys.n; i++) {
      void *value = pthread_getspecific(keys.keys[i]);
      if (value == NULL || keys.destructors[i] == NULL) continue;
      pthread_setspecific(keys.keys[i], NULL);
      any = true;
      keys.destructors[i](value);
    }
    if (!any) return;
  }
}

static void finish(void) { table.mi.thread_done(); }

// ---- runs ----

static _Atomic(uint64_t) complaints;

// Memory that is refused gives null, which is judged as such.
static void complain(int err, void *arg) {
  (void)arg;
  if (err != ENOMEM && err != EOVERFLOW) complaints++;
}

static void say_nothing(const char *text, void *arg) { (void)text, (void)arg; }

static void   *kept_local;
static size_t  local_size;

static void settle(void) {
  table.mi.register_error(complain, NULL);
  table.mi.register_output(say_nothing, NULL);
  table.set("show_errors", 0);
  for (unsigned i = 0; i < keys.n; i++) keys.kept[i] = pthread_getspecific(keys.keys[i]);
  void *local = mid_local_memory(&local_size);
  kept_local = malloc(local_size + 1);
  if (kept_local == NULL) abort();
  if (local != NULL) memcpy(kept_local, local, local_size);
  mid_image_keep();
}

#define TOLD (1 << 16)
static char told[2][TOLD];                    // when all threads have ended, and at rest

// No other thread runs now.
static void begin(void) {
  mid_at_once_unmap_all();
  mid_image_restore();
  void *local = mid_local_memory(&local_size);
  if (local != NULL) memcpy(local, kept_local, local_size);
  for (unsigned i = 0; i < keys.n; i++) pthread_setspecific(keys.keys[i], keys.kept[i]);
  complaints = 0;
  told[0][0] = told[1][0] = 0;
}

static void tell(bool at_rest) {
  table.mi.stats_merge();
  strncpy(told[at_rest], mid_tell_stats(), TOLD - 1);
}

static const char *tells(bool at_rest) { return told[at_rest]; }

static void counted(mid_ending *end) {
  (void)end;
  tell(false);
}

static void rest(mid_ending *end) {
  tell(true);
  end->complaints = complaints;
}

// ---- options and visits ----

static int option_of(const char *name) {
  const char *has;
  for (unsigned i = 0; (has = mid_shared_option_name(i)) != NULL; i++) {
    if (strcmp(has, name) == 0) return (int)i;
  }
  return -1;
}

static bool set(const char *name, int64_t value) {
  int i = option_of(name);
  if (i >= 0) mid_shared_option_put((unsigned)i, value);
  return i >= 0;
}

static bool option(const char *name, int64_t *value) {
  int i = option_of(name);
  if (i >= 0) *value = mid_shared_option_get((unsigned)i);
  return i >= 0;
}

static bool visitor(const mi_heap_t *h, const void *area, void *block, size_t size, void *arg) {
  (void)h, (void)area, (void)block, (void)size, (void)arg;
  return true;
}

static void visit(mi_heap_t *h, bool blocks) {
  bool (*visits)(mi_heap_t *, bool, bool (*)(const mi_heap_t *, const void *, void *, size_t, void *), void *) =
    (bool (*)(mi_heap_t *, bool, bool (*)(const mi_heap_t *, const void *, void *, size_t, void *), void *))
      mid_shared_find("heap_visit_blocks");
  visits(h, blocks, visitor, NULL);
}

// ---- opening ----

// The map of segments reaches as far in versions 2.0.
#define MAP_END_20 (20ull << 40)

static void fill(void) {
  const mid_library *library = mid_shared_library();
#define TAKE(type, name, parameters) table.mi.name = library->mi.name;
  MID_API(TAKE)
  MID_LATER_API(TAKE)
#undef TAKE
  table.map_end = mid_shared_version() < 210 ? MAP_END_20 : UINTPTR_MAX;
  table.later = mid_shared_version() >= 210;
  table.start = start;
  table.join = join;
  table.begin = begin;
  table.set = set;
  table.option = option;
  table.end_main = end_main;
  table.finish = finish;
  table.ready = ready;
  table.visit = visit;
  table.counted = counted;
  table.rest = rest;
  table.mapped = mid_at_once_mapped;
  table.told = tells;
}

const char *mid_at_once_open(const char *path) {
  if (start_first() != 0) return "no thread for it";
  loading = true;
  const char *wrong = mid_open_on(path, on_main);
  loading = false;
  if (wrong != NULL) return wrong;
  fill();
  on_main(settle);
  mid_at_once_opened();
  return NULL;
}

const void *mid_at_once_table(void) { return &table; }
