// The calls by the names of other standards, and the codes they give. See doc.go for an overview.

#include "ops.h"

#include <errno.h>

// The error code of the last call that gave null.
uint64_t mid_code;

// Whether the last call that gave null freed the block nevertheless, as it says.
bool mid_gone;

void *mid_call_posix_memalign(mi_heap_t *h, void *p, const mid_op *o) {
  (void)h, (void)p;
  void *before = &mid_code, *q = before;
  mid_code = (uint64_t)mi(posix_memalign)(&q, o->a, o->b);
  if (mid_code == 0 && q != before) return q;
  if (mid_code == 0 || q != before) mid_code += MID_WRONG_POINTER;
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
  if (q != p) mid_code += MID_WRONG_POINTER;
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

void *mid_call_aligned_recalloc(mi_heap_t *h, void *p, const mid_op *o) {
  (void)h;
  return mi(aligned_recalloc)(p, o->a, o->b, o->c);
}

void *mid_call_aligned_offset_recalloc(mi_heap_t *h, void *p, const mid_op *o) {
  (void)h;
  return mi(aligned_offset_recalloc)(p, o->a, o->b, o->c, o->d);
}

static mid_block taken(const mid_op *o, mid_result *r) {
  mid_block b = mid_block_take(o->src);
  mid_block_verify(r, b, o->src);
  return b;
}

// What the address of a block is a multiple of, the largest power of two.
static size_t alignment_of(const void *p) { return p == NULL ? 8 : (uintptr_t)p & -(uintptr_t)p; }

void mid_run_free_size(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mid_block b = taken(o, r);
  mi(free_size)(b.p, b.usable);
}

void mid_run_free_size_aligned(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mid_block b = taken(o, r);
  mi(free_size_aligned)(b.p, b.usable, alignment_of(b.p));
}

void mid_run_free_aligned(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mid_block b = taken(o, r);
  mi(free_aligned)(b.p, alignment_of(b.p));
}

static mid_block looked(const mid_op *o, mid_result *r) {
  mid_block b = mid_block_look(o->src);
  mid_block_verify(r, b, o->src);
  return b;
}

void mid_run_malloc_size(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  r->value = mi(malloc_size)(looked(o, r).p);
}

void mid_run_malloc_usable_size(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  r->value = mi(malloc_usable_size)(looked(o, r).p);
}

void mid_run_malloc_good_size(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  r->value = mi(malloc_good_size)(o->a);
}

void mid_run__expand(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mid_block b = looked(o, r);
  errno = 0;
  void *p = mi(_expand)(b.p, o->a);
  r->null = p == NULL;
  r->value = mid_relative(p);
  r->usable = p == NULL ? (uint64_t)errno : mi(usable_size)(p);
}
