// Options in the middle of a run. See doc.go for an overview.

#include "ops.h"

#include <string.h>

// The options that a step may speak of, by the number that it gives.
static const char *const names[] = {
  "eager_commit", "eager_commit_delay", "decommit_delay", "decommit_extend_delay",
  "segment_decommit_delay", "abandoned_page_decommit", "page_reset", "max_segment_reclaim",
  "limit_os_alloc", "allow_decommit",

  "purge_delay", "purge_extend_delay", "purge_decommits", "abandoned_page_purge", "disallow_os_alloc",
  "arena_reserve", "arena_eager_commit", "arena_purge_mult", "disallow_arena_alloc", "abandoned_reclaim_on_free",
  "visit_abandoned", "target_segments_per_thread", "generic_collect", "allow_thp",
};

const char *mid_step_option_name(unsigned i) {
  return i < sizeof(names) / sizeof(names[0]) ? names[i] : NULL;
}

// Tells whether a step speaks of an option; *i is the option's number in the library.
static bool find(const mid_op *o, unsigned *i) {
  const char *name = o->a < 256 ? mid_step_option_name((unsigned)o->a) : NULL;
  if (name == NULL) return false;
  for (*i = 0; mid_lib->option_name(*i) != NULL; ++*i) {
    if (strcmp(name, mid_lib->option_name(*i)) == 0) return true;
  }
  return false;
}

void mid_run_option_set(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)r;
  unsigned i;
  if (find(o, &i)) mid_lib->option_put(i, (int64_t)o->b);
}

void mid_run_option_get(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  unsigned i;
  if (find(o, &i)) r->value = (uint64_t)mid_lib->option_get(i);
}

void mid_run_option_is_enabled(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  unsigned i;
  if (find(o, &i)) r->value = mid_lib->option_is_enabled(i);
}

#define SETS(name, ...)                                                           \
  void mid_run_option_##name(const row *w, const mid_op *o, mid_result *r) {      \
    (void)w, (void)r;                                                             \
    unsigned i;                                                                   \
    if (find(o, &i)) mi(option_##name)(__VA_ARGS__);                              \
  }

SETS(set_default, i, (long)o->b)
SETS(set_enabled, i, o->b != 0)
SETS(set_enabled_default, i, o->b != 0)
SETS(enable, i)
SETS(disable, i)
