// The calls by the names of other standards, and the codes they give. See doc.go for an overview.

#include "ops.h"

#include <errno.h>

// The error code of the last call that gave null.
uint64_t mid_code;

// Whether the last call that gave null freed the block nevertheless, as it says.
bool mid_gone;

// Added to a code when the call changed the caller's pointer although it failed, or did not change it
// although it says that it worked.
#define WRONG_POINTER ((uint64_t)1 << 32)

void *mid_call_posix_memalign(mi_heap_t *h, void *p, const mid_op *o) {
  (void)h, (void)p;
  void *before = &mid_code, *q = before;
  mid_code = (uint64_t)mi(posix_memalign)(&q, o->a, o->b);
  if (mid_code == 0 && q != before) return q;
  if (mid_code == 0 || q != before) mid_code += WRONG_POINTER;
  return NULL;
}

void *mid_call_reallocarray(mi_heap_t *h, void *p, const mid_op *o) {
  (void)h;
  errno = 0;
  void *q = mi(reallocarray)(p, o->a, o->b);
  mid_code = q == NULL ? (uint64_t)errno : 0;
  return q;
}

void *mid_call_reallocarr(mi_heap_t *h, void *p, const mid_op *o) {
  (void)h;
  void *q = p;
  mid_code = (uint64_t)mi(reallocarr)(&q, o->a, o->b);
  mid_gone = mid_code == 0 && q == NULL;
  if (mid_code == 0) return q;
  if (q != p) mid_code += WRONG_POINTER;
  return NULL;
}

#define ALIGNED(name, ...)                                                    \
  void *mid_call_##name(mi_heap_t *h, void *p, const mid_op *o) {             \
    (void)h, (void)p;                                                         \
    return mi(name)(__VA_ARGS__);                                             \
  }

ALIGNED(memalign, o->a, o->b)
ALIGNED(aligned_alloc, o->a, o->b)
ALIGNED(valloc, o->a)
ALIGNED(pvalloc, o->a)
