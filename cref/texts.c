// The calls that copy strings. See doc.go for an overview.

#include "ops.h"

#include <stdlib.h>

mid_copy mid_copied;

void mid_texts_open(void) { mid_text_open(); }

static const char *copy_of(const char *text, size_t n) {
  mid_copied = (mid_copy){.from = text, .bytes = n, .zeros = 1};
  return text;
}

void *mid_call_strdup(mi_heap_t *h, void *p, const mid_op *o) {
  (void)p;
  const char *text = copy_of(mid_text(o->a), o->a);
  return h != NULL ? mi(heap_strdup)(h, text) : mi(strdup)(text);
}

void *mid_call_strndup(mi_heap_t *h, void *p, const mid_op *o) {
  (void)p;
  const char *text = copy_of(mid_text(o->a), o->b < o->a ? o->b : o->a);
  return h != NULL ? mi(heap_strndup)(h, text, o->b) : mi(strndup)(text, o->b);
}

void *mid_call_mbsdup(mi_heap_t *h, void *p, const mid_op *o) {
  (void)h, (void)p;
  return mi(mbsdup)((const unsigned char *)copy_of(mid_text(o->a), o->a));
}

void *mid_call_wcsdup(mi_heap_t *h, void *p, const mid_op *o) {
  (void)h, (void)p;
  mid_copied = (mid_copy){.from = mid_wide(o->a), .bytes = 2 * o->a, .zeros = 2};
  return mi(wcsdup)(mid_wide(o->a));
}

void *mid_call_dupenv_s(mi_heap_t *h, void *p, const mid_op *o) {
  (void)h, (void)p;
  const char *text = o->a != 0 ? getenv(MID_VARIABLE) : NULL;
  size_t n = text != NULL ? strlen(text) : 0, told = n + 1;
  copy_of(text, n);
  char *before = (char *)&mid_code, *made = before;
  mid_code = (uint64_t)mi(dupenv_s)(&made, &told, o->a != 0 ? MID_VARIABLE : MID_NO_VARIABLE);
  mid_copied.wrong = told != n + (text != NULL && mid_lib->later);  // later versions count the zero, too
  return made;
}

void *mid_call_realpath(mi_heap_t *h, void *p, const mid_op *o) {
  (void)p;
  copy_of("/", 1);
  const char *path = o->a != 0 ? MID_ROOT : MID_NO_FILE;
  return h != NULL ? mi(heap_realpath)(h, path, NULL) : mi(realpath)(path, NULL);
}
