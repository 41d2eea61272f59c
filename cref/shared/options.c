// The options of the library. Its API knows them by numbers that differ between versions. See doc.go for an
// overview.

#include "shared.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define MOST 64
#define LONGEST 48

static struct {
  void    (*set)(int, long);
  long    (*get)(int);
  bool    (*enabled)(int);
  char      names[MOST][LONGEST];
  int64_t   defaults[MOST];
  unsigned  n;
  int       debug, secure;                    // levels of the build, 0 where the library does not tell them
} found;

// Versions 2.0 cannot be asked for the names, which are those of its header in order.
static const char *const names20[] = {
  "show_errors", "show_stats", "verbose", "eager_commit", "deprecated_eager_region_commit",
  "deprecated_reset_decommits", "large_os_pages", "reserve_huge_os_pages", "reserve_huge_os_pages_at",
  "reserve_os_memory", "deprecated_segment_cache", "page_reset", "abandoned_page_decommit",
  "deprecated_segment_reset", "eager_commit_delay", "decommit_delay", "use_numa_nodes", "limit_os_alloc",
  "os_tag", "max_errors", "max_warnings", "max_segment_reclaim", "allow_decommit", "segment_decommit_delay",
  "decommit_extend_delay", "destroy_on_exit",
};

static void take(const char *name, size_t n) {
  if (found.n == MOST || n >= LONGEST) return;
  memcpy(found.names[found.n], name, n);
  found.names[found.n++][n] = 0;
}

// One line of what mi_options_print writes: option 'NAME': VALUE, or debug level : N, or secure level: N.
static void on_line(const char *text, void *arg) {
  (void)arg;
  const char *level = strchr(text, ':');
  if (level != NULL && strstr(text, "debug level") != NULL) found.debug = atoi(level + 1);
  if (level != NULL && strstr(text, "secure level") != NULL) found.secure = atoi(level + 1);
  const char *name = strstr(text, "option '");
  if (name == NULL) return;
  name += strlen("option '");
  const char *end = strchr(name, '\'');
  if (end != NULL) take(name, (size_t)(end - name));
}

void mid_options_find(void *library, int version) {
  found.set = (void (*)(int, long))dlsym(library, "mi_option_set");
  found.get = (long (*)(int))dlsym(library, "mi_option_get");
  found.enabled = (bool (*)(int))dlsym(library, "mi_option_is_enabled");
  void (*print)(void) = (void (*)(void))dlsym(library, "mi_options_print");
  void (*output)(mid_output_handler *, void *) =
    (void (*)(mid_output_handler *, void *))dlsym(library, "mi_register_output");
  if (print != NULL && output != NULL) {
    output(on_line, NULL);
    print();
    output(NULL, NULL);
  } else if (version < 210) {
    for (size_t i = 0; i < sizeof(names20) / sizeof(names20[0]); i++) take(names20[i], strlen(names20[i]));
  }
  for (unsigned i = 0; i < found.n; i++) found.defaults[i] = found.get((int)i);
}

void mid_shared_levels(int *debug, int *secure) {
  *debug = found.debug;
  *secure = found.secure;
}

const char *mid_shared_option_name(unsigned i) { return i < found.n ? found.names[i] : NULL; }
int64_t mid_shared_option_default(unsigned i) { return i < found.n ? found.defaults[i] : 0; }
void mid_shared_option_put(unsigned i, int64_t value) { found.set((int)i, (long)value); }
int64_t mid_shared_option_get(unsigned i) { return found.get((int)i); }
bool mid_shared_option_on(unsigned i) { return found.enabled((int)i); }
