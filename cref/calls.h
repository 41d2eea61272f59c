// The calls of operations that make or resize blocks, for the interpreters: on a heap with their heap_
// variants, or without. See doc.go for an overview.
//
// Before it is included, mi(name) is a function of the build that is called, and mid_op is known.

#define BLOCK(name, ...)                                                          \
  static void *call_##name(mi_heap_t *h, void *p, const mid_op *o) {              \
    (void)p;                                                                      \
    return h != NULL ? mi(heap_##name)(h, __VA_ARGS__) : mi(name)(__VA_ARGS__);   \
  }

BLOCK(malloc, o->a)
BLOCK(zalloc, o->a)
BLOCK(calloc, o->a, o->b)
BLOCK(mallocn, o->a, o->b)
BLOCK(malloc_small, o->a)
BLOCK(malloc_aligned, o->a, o->b)
BLOCK(zalloc_aligned, o->a, o->b)
BLOCK(calloc_aligned, o->a, o->b, o->c)
BLOCK(realloc, p, o->a)
BLOCK(reallocn, p, o->a, o->b)
BLOCK(reallocf, p, o->a)
BLOCK(rezalloc, p, o->a)
BLOCK(recalloc, p, o->a, o->b)
BLOCK(realloc_aligned, p, o->a, o->b)
BLOCK(rezalloc_aligned, p, o->a, o->b)
BLOCK(recalloc_aligned, p, o->a, o->b, o->c)
BLOCK(malloc_aligned_at, o->a, o->b, o->c)
BLOCK(zalloc_aligned_at, o->a, o->b, o->c)
BLOCK(calloc_aligned_at, o->a, o->b, o->c, o->d)
BLOCK(realloc_aligned_at, p, o->a, o->b, o->c)
BLOCK(rezalloc_aligned_at, p, o->a, o->b, o->c)
BLOCK(recalloc_aligned_at, p, o->a, o->b, o->c, o->d)

// 2.0.9 has no heap variant of this one.
static void *call_zalloc_small(mi_heap_t *h, void *p, const mid_op *o) {
  (void)h, (void)p;
  return mi(zalloc_small)(o->a);
}
