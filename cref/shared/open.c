// A library, opened at run time, as one more build behind the interpreter of package cref. See doc.go for an
// overview.

#include "shared.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static mid_library library;
static mid_loaded loaded;

static struct {
  const char *path;
  void       *handle;
  int         version;
  mi_heap_t  *main;                           // the main thread's backing heap
  char        problem[1024];                  // "" for none
} opened;

// ---- loading, on the main thread ----

// What the rig pins, see library.c. Some of it the library reads only here.
static const char *const settings[][2] = {
  {"MIMALLOC_SHOW_ERRORS", "1"}, {"MIMALLOC_MAX_ERRORS", "-1"}, {"MIMALLOC_MAX_WARNINGS", "-1"},
  {"MIMALLOC_USE_NUMA_NODES", "1"},
};

// The library is to be deaf to what the user's environment says.
static void clear_environment(void) {
  extern char **environ;
  for (char **e = environ; e != NULL && *e != NULL;) {
    char name[128];
    size_t n = strcspn(*e, "=");
    if (strncasecmp(*e, "mimalloc_", 9) != 0 || n >= sizeof(name)) {
      e++;
      continue;
    }
    memcpy(name, *e, n);
    name[n] = 0;
    unsetenv(name);
    e = environ;
  }
}

static void problem(const char *what, const char *more) {
  if (opened.problem[0] == 0) snprintf(opened.problem, sizeof(opened.problem), "%s%s", what, more);
}

static void load(void) {
  clear_environment();
  for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) setenv(settings[i][0], settings[i][1], 1);
  opened.handle = dlopen(opened.path, RTLD_NOW | RTLD_LOCAL);
  clear_environment();
  if (opened.handle == NULL) {
    problem("", dlerror());
    return;
  }
  int (*version)(void) = (int (*)(void))dlsym(opened.handle, "mi_version");
  if (version == NULL) {
    problem("no libmimalloc: it has no mi_version", "");
    return;
  }
  opened.version = version();
  const char *wrong = mid_image_find((const void *)(uintptr_t)version);
  if (wrong != NULL) problem(wrong, "");
}

// ---- functions ----

// Called where the library lacks a function that no program is to be run with: a mistake of the rig.
void mid_lacking(void) {
  fputs("cref: a function is called that the library does not have\n", stderr);
  abort();
}

#define NAME(type, name, parameters) #name,
static const char *const names[] = {MID_API(NAME) MID_LATER_API(NAME) "abandoned_visit_blocks", "heap_visit_blocks"};
#undef NAME

static bool has[sizeof(names) / sizeof(names[0])];

// Those without which nothing can be run at all.
static const char *const needed[] = {
  "malloc", "free", "usable_size", "thread_init", "thread_done", "register_error", "register_output",
  "register_deferred_free", "option_set", "option_get", "option_is_enabled",
};

// From 3.0 on an arena's name is a pointer, and from 3.2 on all threads share the main heap: these functions are
// others.
static const struct { int since; const char *name; } others[] = {
  {30000, "reserve_os_memory_ex"}, {30000, "manage_os_memory_ex"}, {30000, "arena_area"}, {30000, "heap_new_in_arena"},
  {30000, "heap_new_ex"}, {30000, "subproc_delete"}, {30200, "heap_visit_blocks"}, {30200, "abandoned_visit_blocks"},
};

static int full_version(void) {
  int v = opened.version;
  return v >= 10000 ? v : v / 100 * 10000 + v / 10 % 10 * 100 + v % 10;
}

static bool is_another(const char *name) {
  for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
    if (full_version() >= others[i].since && strcmp(others[i].name, name) == 0) return true;
  }
  return false;
}

void *mid_shared_find(const char *name) {
  char full[64];
  snprintf(full, sizeof(full), "mi_%s", name);
  return dlsym(opened.handle, full);
}

static void find_functions(void) {
  for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
    if (mid_shared_find(needed[i]) == NULL) problem("it lacks a function that every run needs: mi_", needed[i]);
  }
  unsigned i = 0;
  void *f;
#define TAKE(type, name, parameters)                                    \
  f = is_another(#name) ? NULL : mid_shared_find(#name);                \
  has[i++] = f != NULL;                                                 \
  library.mi.name = (type (*) parameters)(f != NULL ? f : (void *)mid_lacking);
  MID_API(TAKE)
  MID_LATER_API(TAKE)
#undef TAKE
  has[i] = mid_shared_find("abandoned_visit_blocks") != NULL && !is_another("abandoned_visit_blocks");
  has[i + 1] = mid_shared_find("heap_visit_blocks") != NULL && !is_another("heap_visit_blocks");
  if (mid_shared_find("heap_get_backing") == NULL) {
    if ((f = mid_shared_find("heap_main")) == NULL) problem("it lacks a function that every run needs: mi_", "heap_get_backing");
    library.mi.heap_get_backing = (mi_heap_t *(*)(void))f;
  }
  if (mid_shared_find("heap_contains_block") == NULL) {  // the rig asks which blocks end with a heap
    if ((f = mid_shared_find("heap_contains")) == NULL) problem("it lacks a function that every run needs: mi_", "heap_contains_block");
    library.mi.heap_contains_block = (bool (*)(mi_heap_t *, const void *))f;
  }
}

bool mid_shared_has(const char *name) {
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
    if (strcmp(name, names[i]) == 0) return has[i];
  }
  return false;
}

// ---- what the interpreter asks of a build ----

static void nothing(void) {}

static void settle(void) {
  opened.main = library.mi.heap_get_backing();
  mid_pin_random();
}

static void snapshot(void) {
  mid_threads_keep();
  mid_image_keep();
}

// The library keeps the running thread's default heap under its key, for the thread's end.
static bool thread_ready(void) {
  for (unsigned k = 0; k < mid_shared_keys.n; k++) {
    uintptr_t heap = (uintptr_t)mid_value(k);
    if (heap != 0 && (mid_image_has((const void *)heap, 1) || heap - MID_BASE < MID_RESERVED)) return true;
  }
  return false;
}

static uint64_t heap_name(const mi_heap_t *h) { return h == opened.main ? 1 : (uintptr_t)h - MID_BASE; }

// As the library has it, up to where versions differ.
typedef struct area {
  void  *blocks;
  size_t reserved, committed, used, block_size, full_block_size;
} area;

static bool visit_one(const mi_heap_t *h, const area *from, void *block, size_t size, void *arg) {
  (void)h;
  mid_area a = {from->blocks, from->reserved, from->committed, from->used, from->full_block_size};
  (*(mid_visitor **)arg)(&a, block, size);
  return true;
}

static bool (*visit_blocks)(const mi_heap_t *, bool,
                            bool (*)(const mi_heap_t *, const area *, void *, size_t, void *), void *);

static bool visit(const mi_heap_t *h, bool blocks, mid_visitor *visitor) {
  return visit_blocks(h, blocks, visit_one, &visitor);
}

static bool (*visit_left)(void *, int, bool,
                          bool (*)(const mi_heap_t *, const area *, void *, size_t, void *), void *);

static bool visit_abandoned(void *subproc, int tag, bool blocks, mid_visitor *visitor) {
  return visit_left(subproc, tag, blocks, visit_one, &visitor);
}

static const char *no_name(unsigned i) { return (void)i, NULL; }
static size_t no_size(unsigned i) { return (void)i, 0; }
static bool no_difference(unsigned i) { return (void)i, false; }
static const mid_constant *no_constants(unsigned i) { return (void)i, NULL; }
static uint64_t no_hash(bool next, bool whole) { return (void)next, (void)whole, 0; }
static uint64_t no_stats(void) { return 0; }
static size_t no_entries(mid_entry *out, size_t room) { return (void)out, (void)room, 0; }

static void fill(void) {
  visit_blocks = (bool (*)(const mi_heap_t *, bool, bool (*)(const mi_heap_t *, const area *, void *, size_t, void *),
                           void *))mid_shared_find("heap_visit_blocks");
  visit_left = (bool (*)(void *, int, bool, bool (*)(const mi_heap_t *, const area *, void *, size_t, void *),
                         void *))mid_shared_find("abandoned_visit_blocks");
  library.profile = "";
  library.loaded = &loaded;
  library.threading = &mid_system_threads;
  library.fresh = true;
  library.load = nothing;
  library.snapshot = snapshot;
  library.reset = mid_image_restore;
  library.thread_ready = thread_ready;
  library.heap_name = heap_name;
  library.visit = visit;
  library.visit_abandoned = visit_abandoned;
  library.later = full_version() >= 20100;
  library.static_name = no_name;
  library.static_size = no_size;
  library.static_differs = no_difference;
  library.statics_hash = mid_image_hash;
  library.constants = no_constants;
  library.bin_size = no_size;
  library.span_bin_slices = no_size;
  library.option_name = mid_shared_option_name;
  library.option_default = mid_shared_option_default;
  library.option_put = mid_shared_option_put;
  library.option_get = mid_shared_option_get;
  library.option_is_enabled = mid_shared_option_on;
  library.state_hash = no_hash;
  library.state_dump = no_entries;
  library.stats_hash = no_stats;
  library.stats_dump = no_entries;
}

// ---- statistics ----

static char stats[1 << 16];

static void merge(void) {
  if (thread_ready()) library.mi.stats_merge();
}

// What a line of mi_stats_print_out says is kept as it is.
static void keep_line(const char *text, void *arg) {
  size_t used = strlen(stats), n = strlen(text);
  (void)arg;
  if (used + n < sizeof(stats)) memcpy(stats + used, text, n + 1);
}

// JSON where the library has it, else the text for people.
const char *mid_tell_stats(void) {
  char *(*json)(size_t, char *) = (char *(*)(size_t, char *))mid_shared_find("stats_get_json");
  void (*print)(mid_output_handler *, void *) = (void (*)(mid_output_handler *, void *))mid_shared_find("stats_print_out");
  stats[0] = 0;
  if (json != NULL) {
    if (json(sizeof(stats), stats) == NULL) stats[0] = 0;
  } else if (print != NULL) {
    print(keep_line, NULL);
  }
  return stats;
}

static void tell_stats(void) { mid_tell_stats(); }

static uint64_t commit[2];

static void tell_commit(void) {
  void (*info)(size_t *, size_t *, size_t *, size_t *, size_t *, size_t *, size_t *, size_t *) =
    (void (*)(size_t *, size_t *, size_t *, size_t *, size_t *, size_t *, size_t *, size_t *))mid_shared_find("process_info");
  size_t now = 0, peak = 0;
  if (info != NULL) info(NULL, NULL, NULL, NULL, NULL, &now, &peak, NULL);
  commit[0] = now;
  commit[1] = peak;
}

const char *mid_shared_stats(void) {
  for (unsigned t = 0; t < MID_MAX_THREADS; t++) {
    if (mid_thread_lives(t)) mid_system_threads.on(t, merge);
  }
  mid_system_threads.on(0, tell_stats);
  return stats;
}

bool mid_shared_commit(uint64_t *current, uint64_t *peak) {
  mid_system_threads.on(0, tell_commit);
  *current = commit[0];
  *peak = commit[1];
  return mid_shared_find("process_info") != NULL;
}

static void find_options(void) { mid_options_find(opened.handle, opened.version); }

const char *mid_open_on(const char *path, void (*on_main)(void (*work)(void))) {
  if (opened.path != NULL) return "another library is open, or this one in the other way: a process has one";
  opened.path = strdup(path);
  if (opened.path == NULL) return "no memory for it";
  on_main(load);
  if (opened.problem[0] == 0) find_functions();
  if (opened.problem[0] != 0) return opened.problem;
  on_main(find_options);
  return NULL;
}

static void on_first(void (*work)(void)) { mid_system_threads.on(0, work); }

const char *mid_shared_open(const char *path) {
  if (opened.path == NULL && (mid_os_open() != 0 || mid_starts() != 0)) return "no memory or threads for it";
  const char *wrong = mid_open_on(path, on_first);
  if (wrong != NULL) return wrong;
  fill();
  mid_system_threads.on(0, settle);
  return mid_os_keep() ? NULL : "no memory to note what it takes when it is loaded";
}

int mid_shared_version(void) { return opened.version; }
const mid_library *mid_shared_library(void) { return &library; }
