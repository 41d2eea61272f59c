// The operations that only later versions have, as libraries that are opened at run time. See doc.go for an overview.

#include "ops.h"

// What the last call told of the sizes of its block: nothing where it gave null, whatever the library left there.
uint64_t mid_told;

static void *tell(void *p, size_t told) {
  mid_told = p != NULL ? told : 0;
  return p;
}

#define TELLS(name, ...)                                                      \
  void *mid_call_##name(mi_heap_t *h, void *p, const mid_op *o) {             \
    (void)h, (void)p;                                                         \
    size_t told = 0;                                                          \
    void *made = mi(name)(__VA_ARGS__, &told);                                \
    return tell(made, told);                                                  \
  }

TELLS(umalloc, o->a)
TELLS(ucalloc, o->a, o->b)
TELLS(umalloc_small, o->a)
TELLS(umalloc_aligned, o->a, o->b)
TELLS(uzalloc_aligned, o->a, o->b)

void *mid_call_urealloc(mi_heap_t *h, void *p, const mid_op *o) {
  (void)h;
  size_t before = 0, after = 0;
  void *moved = mi(urealloc)(p, o->a, &before, &after);
  return tell(moved, after ^ before << 32);
}

void *mid_call_heap_zalloc_small(mi_heap_t *h, void *p, const mid_op *o) {
  (void)p;
  h = mid_heap_of(o);
  return h != NULL ? mi(heap_zalloc_small)(h, o->a) : NULL;
}

void mid_run_ufree(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mid_block b = mid_block_take(o->src);
  mid_block_verify(r, b, o->src);
  size_t told = 0;
  mi(ufree)(b.p, &told);
  r->told = told;
}

void mid_run_free_small(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mid_block b = mid_block_take(o->src);
  mid_block_verify(r, b, o->src);
  mi(free_small)(b.p);
}

void mid_run_heap_new_ex(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mi_heap_t *h = mid_backing() != NULL
                   ? mi(heap_new_ex)((int)o->a, o->b != 0, mid_arena_look(o->src)) : NULL;
  r->null = h == NULL;
  r->value = mid_relative(h);
  mid_heap_put(o->dst, h, o->thread);
  if (o->b == 0) mid_heap_keep(o->dst);
}

void mid_run_collect_reduce(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)r;
  mi(collect_reduce)(o->a);
}

// A sub-process's record may be a static of the library: where it lies is told to nobody.
void mid_run_subproc_new(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  void *s = mi(subproc_new)();
  r->null = s == NULL;
  mid_subproc_put(o->dst, s);
}

void mid_run_subproc_delete(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)r;
  mi(subproc_delete)(mid_subproc_look(o->src));
  mid_subproc_put(o->src, NULL);
}

// A thread that cannot start has nothing that could join: the library would follow a null pointer.
void mid_run_subproc_add_current_thread(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)r;
  if (mid_backing() != NULL) mi(subproc_add_current_thread)(mid_subproc_look(o->src));
}

void mid_run_page_is_under_utilized(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mid_block b = mid_block_look(o->src);
  mid_block_verify(r, b, o->src);
  mi_heap_t *h = mid_heap_of(o);
  if (h != NULL) r->value = mi(unsafe_heap_page_is_under_utilized)(h, b.p, o->a);
}
