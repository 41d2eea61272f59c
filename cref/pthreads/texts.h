// The calls that copy strings, part of ops.c. See doc.go for an overview.

#ifndef MID_PTHREADS_TEXTS_H
#define MID_PTHREADS_TEXTS_H

#include <stdlib.h>

#include "../text.h"

// What the last call of the thread copied.
static _Thread_local mid_copy copied;

static const char *copy_of(const char *text, size_t n) {
  copied = (mid_copy){.from = text, .bytes = n, .zeros = 1};
  return text;
}

#define COPIES(name, text, n, ...)                                                        \
  static void *call_##name(mi_heap_t *h, void *p, const mid_op *o) {                      \
    (void)p;                                                                              \
    const char *s = copy_of(text, n);                                                     \
    return h != NULL ? mi(heap_##name)(h, s, ##__VA_ARGS__) : mi(name)(s, ##__VA_ARGS__); \
  }

COPIES(strdup, mid_text(o->a), o->a)
COPIES(strndup, mid_text(o->a), o->b < o->a ? o->b : o->a, o->b)

static void *call_mbsdup(mi_heap_t *h, void *p, const mid_op *o) {
  (void)h, (void)p;
  return mi(mbsdup)((const unsigned char *)copy_of(mid_text(o->a), o->a));
}

static void *call_wcsdup(mi_heap_t *h, void *p, const mid_op *o) {
  (void)h, (void)p;
  copied = (mid_copy){.from = mid_wide(o->a), .bytes = 2 * o->a, .zeros = 2};
  return mi(wcsdup)(mid_wide(o->a));
}

static void *call_dupenv_s(mi_heap_t *h, void *p, const mid_op *o) {
  (void)h, (void)p;
  const char *text = o->a != 0 ? getenv(MID_VARIABLE) : NULL;
  size_t n = text != NULL ? strlen(text) : 0, told = n + 1;
  char *made = NULL;
  copy_of(text, n);
  mi(dupenv_s)(&made, &told, o->a != 0 ? MID_VARIABLE : MID_NO_VARIABLE);
  copied.wrong = told != n + (text != NULL && mid_threaded_now->later);
  return made;
}

static void *call_realpath(mi_heap_t *h, void *p, const mid_op *o) {
  (void)p;
  copy_of("/", 1);
  const char *path = o->a != 0 ? MID_ROOT : MID_NO_FILE;
  return h != NULL ? mi(heap_realpath)(h, path, NULL) : mi(realpath)(path, NULL);
}

#endif
