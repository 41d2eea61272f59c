// The operations of threads that run at once, one row each. See doc.go for an overview.
//
// They are those of ../ops.c, on real threads: nothing here is shared between threads but the slots, and who
// uses a slot when is the program's text's to say.

#include "run.h"

#include <limits.h>
#include <string.h>

#include "../calls.h"
#include "contents.h"
#include "texts.h"

typedef struct row row;

typedef struct call {
  run              *r;
  const row        *w;
  const mid_stitch *x;
  mid_stitched     *out;
  uint32_t          maker;
} call;

struct row {
  const char *name;
  void (*run)(call *c);
  void *(*call)(mi_heap_t *h, void *p, const mid_op *o);
  bool zeroes, counted, frees, last;  // last: the size is the second number
  bool heaped;                        // it is on a heap, and has no other form
  bool copies;                        // copied says what the block must hold
};

// How much of a block is filled. AddressSanitizer knows of what was asked for only, and takes the rest of what is
// usable for a mistake.
static uint64_t filled(call *c, void *p) {
#ifdef MI_ASAN
  uint64_t size = c->w->counted ? c->x->op.a * c->x->op.b : c->w->last ? c->x->op.b : c->x->op.a;
  if (c->w->copies) size = copied.bytes + copied.zeros;
  (void)p;
  return size;
#else
  (void)c;
  return mi(usable_size)(p);
#endif
}

static block *slot(call *c, uint32_t i) { return i == MID_NO_SLOT ? NULL : &c->r->blocks[i]; }

static block taken(call *c) {
  block *b = slot(c, c->x->op.src), was = {0};
  if (b != NULL) {
    was = *b;
    *b = (block){0};
  }
  return was;
}

static block looked(call *c) { return c->x->op.src == MID_NO_SLOT ? (block){0} : *slot(c, c->x->op.src); }

static void found(call *c, uint64_t bad, uint8_t what, uint32_t at) {
  if (bad == 0 || c->out->bad != 0) return;
  c->out->bad = bad;
  c->out->bad_what = what;
  c->out->bad_slot = at;
}

static void verify(call *c, const block *b) {
  if (b->p == NULL || c->r->job.bare) return;
  found(c, check(b->p, b->usable, b->id, b->usable), MID_CONTENTS, c->x->op.src);
}

static mi_heap_t *backing(void) {
  mi(thread_init)();
  return mid_threaded_now->ready() ? mi(heap_get_backing)() : NULL;
}

static mi_heap_t *heap_of(call *c) {
  return c->x->op.heap == MID_BACKING ? backing() : c->r->heaps[c->x->op.heap];
}

static bool operand(call *c, mi_heap_t **h) {
  bool heaped = c->x->op.heaped || c->w->heaped;
  *h = heaped ? heap_of(c) : NULL;
  return !heaped || *h != NULL;
}

// A new block: its contents and its slot.
static void fill(call *c, void *p) {
  c->out->from = now();
  c->out->value = (uintptr_t)p;
  c->out->usable = filled(c, p);
#ifdef MID_PLANT_UNDEFINED
  static int volatile most = INT_MAX;
  most += (int)c->x->op.id;
#endif
  if (!c->r->job.bare) stamp(p, c->out->usable, c->x->op.id);
  *slot(c, c->x->op.dst) = (block){p, c->out->usable, c->x->op.id, c->maker};
}

static void run_alloc(call *c) {
  mi_heap_t *h;
  void *p = operand(c, &h) ? c->w->call(h, NULL, &c->x->op) : NULL;
  if (p == NULL) {
    c->out->null = 1;
    *slot(c, c->x->op.dst) = (block){0};
    return;
  }
  if (c->w->zeroes && !c->r->job.bare) {
    found(c, check_zero(p, 0, filled(c, p)), MID_NOT_ZERO, c->x->op.dst);
  }
  if (c->w->copies && !c->r->job.bare) found(c, mid_copy_check(&copied, p), MID_NOT_KEPT, c->x->op.dst);
  fill(c, p);
}

static void run_realloc(call *c) {
  block old = taken(c);
  verify(c, &old);
  mi_heap_t *h;
  bool called = operand(c, &h);
  c->out->remote = old.p != NULL && old.maker != c->maker;
  c->out->until = now();
  void *p = called ? c->w->call(h, old.p, &c->x->op) : NULL;
  if (p == NULL) {
    c->out->null = 1;
    if (called && c->w->frees) old = (block){0};
    *slot(c, c->x->op.dst) = old;
    return;
  }
  if (p == old.p) {
    c->out->from = c->out->until;
    c->out->value = (uintptr_t)p;
    c->out->usable = filled(c, p);
#ifdef MI_ASAN
    stamp(p, c->out->usable, old.id);
    old.usable = c->out->usable;
#endif
    *slot(c, c->x->op.dst) = old;
    return;
  }
  uint64_t size = c->w->counted ? c->x->op.a * c->x->op.b : c->x->op.a;
  if (old.p != NULL && !c->r->job.bare) {
    found(c, check(p, old.usable, old.id, old.usable < size ? old.usable : size), MID_NOT_KEPT, c->x->op.dst);
  }
#ifndef MI_ASAN  // what is promised begins behind all that was usable
  if (c->w->zeroes && old.usable < size && !c->r->job.bare) {
    found(c, check_zero(p, old.usable, size), MID_NOT_ZERO, c->x->op.dst);
  }
#endif
  fill(c, p);
}

static void run_free(call *c) {
  block b = taken(c);
  verify(c, &b);
  c->out->remote = b.p != NULL && b.maker != c->maker;
  c->out->until = now();
  mi(free)(b.p);
#ifdef MID_PLANT_ADDRESS
  if (b.usable > 0) found(c, check(b.p, b.usable, b.id, 1), MID_CONTENTS, c->x->op.src);
#endif
}

// Where the library has no map of its segments it takes blocks for those of others: mi_cfree would lose them
// (corpus/known/README.md), so that they are freed.
static bool beyond_map(const void *p) { return (uintptr_t)p >= mid_threaded_now->map_end; }

static void run_cfree(call *c) {
  block b = taken(c);
  verify(c, &b);
  c->out->remote = b.p != NULL && b.maker != c->maker;
  c->out->until = now();
  if (beyond_map(b.p)) mi(free)(b.p);
  else mi(cfree)(b.p);
}

static void run_ufree(call *c) {
  block b = taken(c);
  verify(c, &b);
  c->out->remote = b.p != NULL && b.maker != c->maker;
  c->out->until = now();
  size_t told = 0;
  mi(ufree)(b.p, &told);
}

static void run_free_small(call *c) {
  block b = taken(c);
  verify(c, &b);
  c->out->remote = b.p != NULL && b.maker != c->maker;
  c->out->until = now();
  mi(free_small)(b.p);
}

static void run_expand(call *c) {
  block b = looked(c);
  verify(c, &b);
  void *p = mi(expand)(b.p, c->x->op.a);
  c->out->null = p == NULL;
  c->out->value = (uintptr_t)p;
}

static void run_usable_size(call *c) {
  block b = looked(c);
  verify(c, &b);
  c->out->value = mi(usable_size)(b.p);
}

static void run_good_size(call *c) { c->out->value = mi(good_size)(c->x->op.a); }

static block freed(call *c) {
  block b = taken(c);
  verify(c, &b);
  c->out->remote = b.p != NULL && b.maker != c->maker;
  c->out->until = now();
  return b;
}

// What the address of a block is a multiple of, the largest power of two.
static size_t alignment_of(const void *p) { return p == NULL ? 8 : (uintptr_t)p & -(uintptr_t)p; }

static void run_free_size(call *c) {
  block b = freed(c);
  mi(free_size)(b.p, b.usable);
}

static void run_free_size_aligned(call *c) {
  block b = freed(c);
  mi(free_size_aligned)(b.p, b.usable, alignment_of(b.p));
}

static void run_free_aligned(call *c) {
  block b = freed(c);
  mi(free_aligned)(b.p, alignment_of(b.p));
}

static void run_malloc_size(call *c) {
  block b = looked(c);
  verify(c, &b);
  c->out->value = mi(malloc_size)(b.p);
}

static void run_malloc_usable_size(call *c) {
  block b = looked(c);
  verify(c, &b);
  c->out->value = mi(malloc_usable_size)(b.p);
}

static void run_malloc_good_size(call *c) { c->out->value = mi(malloc_good_size)(c->x->op.a); }

static void run__expand(call *c) {
  block b = looked(c);
  verify(c, &b);
  void *p = mi(_expand)(b.p, c->x->op.a);
  c->out->null = p == NULL;
  c->out->value = (uintptr_t)p;
}

static void run_region(call *c) {
  block b = looked(c);
  verify(c, &b);
  c->out->value = b.p != NULL && (beyond_map(b.p) || mi(is_in_heap_region)(b.p));
}

// Whose a block is depends on who looked for memory when; asking must do no harm.
static void run_check_owned(call *c) {
  block b = looked(c);
  verify(c, &b);
  (void)mi(check_owned)(b.p);
}

static void run_heap_check_owned(call *c) {
  block b = looked(c);
  verify(c, &b);
  mi_heap_t *h = heap_of(c);
  if (h != NULL) (void)mi(heap_check_owned)(h, b.p);
}

static void run_heap_contains_block(call *c) {
  block b = looked(c);
  verify(c, &b);
  mi_heap_t *h = heap_of(c);
  if (h != NULL && b.p != NULL) (void)mi(heap_contains_block)(h, b.p);
}

static void run_heap_visit_blocks(call *c) {
  mi_heap_t *h = heap_of(c);
  if (h != NULL) mid_threaded_now->visit(h, c->x->op.a != 0);
}

static void run_heap_new(call *c) {
  mi_heap_t *h = backing() != NULL ? mi(heap_new)() : NULL;
  c->out->null = h == NULL;
  c->out->value = (uintptr_t)h;
  c->r->heaps[c->x->op.dst] = h;
  if (c->x->op.thread == 0) c->r->mains[c->x->op.dst] = true;
}

static void end_heap(call *c) {
  c->r->heaps[c->x->op.heap] = NULL;
  if (c->x->op.thread == 0) c->r->mains[c->x->op.heap] = false;
}

// The heaps of the first thread end although it lives on.
static void end_heaps(call *c) {
  if (c->x->op.thread == 0) memset(c->r->mains, 0, c->r->job.heaps);
}

static void run_heap_delete(call *c) {
  mi_heap_t *h = heap_of(c);
  if (h != NULL) mi(heap_delete)(h);
  end_heap(c);
}

// The program's text says which blocks go with it.
static void run_heap_destroy(call *c) {
  mi_heap_t *h = heap_of(c);
  c->out->until = now();
  if (h != NULL) {
    for (uint32_t i = 0; i < c->x->drops; i++) {
      block *b = &c->r->blocks[c->r->drops[c->x->first_drop + i]];
      if (b->p != NULL && !c->r->job.bare) {
        found(c, check(b->p, b->usable, b->id, b->usable), MID_CONTENTS, c->r->drops[c->x->first_drop + i]);
      }
      *b = (block){0};
    }
    mi(heap_destroy)(h);
  }
  end_heap(c);
}

static void run_heap_set_default(call *c) {
  mi_heap_t *h = heap_of(c);
  if (h != NULL) mi(heap_set_default)(h);
}

static void run_heap_get_default(call *c) { c->out->null = mi(heap_get_default)() == NULL; }
static void run_heap_get_backing(call *c) { c->out->null = backing() == NULL; }

static void run_heap_collect(call *c) {
  mi_heap_t *h = heap_of(c);
  if (h != NULL) mi(heap_collect)(h, c->x->op.a != 0);
}

static void run_collect(call *c) { mi(collect)(c->x->op.a != 0); }
static void run_collect_reduce(call *c) { mi(collect_reduce)(c->x->op.a); }
static void run_thread_init(call *c) { (void)c, mi(thread_init)(); }
static void run_thread_done(call *c) { mi(thread_done)(), end_heaps(c); }
static void run_stats_merge(call *c) { (void)c, mi(stats_merge)(); }

// The pthread ends behind it; the main thread lives on.
static void run_exit(call *c) {
  if (c->x->op.thread == 0) mid_threaded_now->end_main();
  end_heaps(c);
}

static void run_exit_once(call *c) { mi(thread_done)(), end_heaps(c); }

static void run_nothing(call *c) { (void)c; }  // the clock is the system's; a barrier is in the waiting

static void run_option_get(call *c) {
  int64_t v = 0;
  if (c->x->op.a < c->r->job.settings) mid_threaded_now->option(c->r->settings[c->x->op.a].name, &v);
  c->out->value = (uint64_t)v;
}

static void run_option_is_enabled(call *c) {
  run_option_get(c);
  c->out->value = c->out->value != 0;
}

static void *call_posix_memalign(mi_heap_t *h, void *p, const mid_op *o) {
  (void)h, (void)p;
  void *q = NULL;
  return mi(posix_memalign)(&q, o->a, o->b) == 0 ? q : NULL;
}

static void *call_reallocarray(mi_heap_t *h, void *p, const mid_op *o) {
  (void)h;
  return mi(reallocarray)(p, o->a, o->b);
}

static void *call_reallocarr(mi_heap_t *h, void *p, const mid_op *o) {
  (void)h;
  void *q = p;
  return mi(reallocarr)(&q, o->a, o->b) == 0 ? q : NULL;
}

#define PLAIN(name, ...)                                             \
  static void *call_##name(mi_heap_t *h, void *p, const mid_op *o) { \
    (void)h, (void)p;                                                \
    return mi(name)(__VA_ARGS__);                                    \
  }

PLAIN(memalign, o->a, o->b)
PLAIN(aligned_alloc, o->a, o->b)
PLAIN(valloc, o->a)
PLAIN(pvalloc, o->a)

// What later versions alone have.
PLAIN(umalloc, o->a, &(size_t){0})
PLAIN(ucalloc, o->a, o->b, &(size_t){0})
PLAIN(umalloc_small, o->a, &(size_t){0})
PLAIN(umalloc_aligned, o->a, o->b, &(size_t){0})
PLAIN(uzalloc_aligned, o->a, o->b, &(size_t){0})
PLAIN(urealloc, p, o->a, &(size_t){0}, &(size_t){0})

static void *call_heap_zalloc_small(mi_heap_t *h, void *p, const mid_op *o) {
  (void)p;
  return mi(heap_zalloc_small)(h, o->a);
}

PLAIN(aligned_recalloc, p, o->a, o->b, o->c)
PLAIN(aligned_offset_recalloc, p, o->a, o->b, o->c, o->d)
PLAIN(new_nothrow, o->a)
PLAIN(new_aligned_nothrow, o->a, o->b)

void mid_ops_open(void) { mid_text_open(); }

#define COPY(n) {#n, run_alloc, call_##n, .copies = true}
#define ALLOC(n) {#n, run_alloc, call_##n, .zeroes = false}
#define ZEROES(n) {#n, run_alloc, call_##n, .zeroes = true}
#define ARRAY(n, zero) {#n, run_alloc, call_##n, .zeroes = zero, .counted = true}
#define LAST(n) {#n, run_alloc, call_##n, .last = true}
#define MOVES(n, ...) {#n, run_realloc, call_##n, __VA_ARGS__}
#define RUNS(n) {#n, run_##n, NULL, .zeroes = false}

static const row rows[] = {
  ALLOC(malloc), ZEROES(zalloc), ARRAY(calloc, true), ARRAY(mallocn, false), ALLOC(malloc_small),
  ZEROES(zalloc_small), ALLOC(malloc_aligned), ZEROES(zalloc_aligned), ARRAY(calloc_aligned, true),
  ALLOC(malloc_aligned_at), ZEROES(zalloc_aligned_at), ARRAY(calloc_aligned_at, true),
  LAST(posix_memalign), LAST(memalign), LAST(aligned_alloc), ALLOC(valloc), ALLOC(pvalloc),
  MOVES(realloc, .zeroes = false), MOVES(reallocn, .counted = true), MOVES(reallocf, .frees = true),
  MOVES(rezalloc, .zeroes = true), MOVES(recalloc, .zeroes = true, .counted = true),
  MOVES(realloc_aligned, .zeroes = false), MOVES(rezalloc_aligned, .zeroes = true),
  MOVES(recalloc_aligned, .zeroes = true, .counted = true), MOVES(realloc_aligned_at, .zeroes = false),
  MOVES(rezalloc_aligned_at, .zeroes = true), MOVES(recalloc_aligned_at, .zeroes = true, .counted = true),
  MOVES(reallocarray, .counted = true), MOVES(reallocarr, .counted = true),
  RUNS(free), RUNS(cfree), RUNS(expand), RUNS(usable_size), RUNS(good_size),
  {"is_in_heap_region", run_region, NULL, .zeroes = false},
  RUNS(check_owned), RUNS(heap_check_owned), RUNS(heap_contains_block), RUNS(heap_visit_blocks),
  RUNS(heap_new), RUNS(heap_delete), RUNS(heap_destroy), RUNS(heap_set_default), RUNS(heap_get_default),
  RUNS(heap_get_backing), RUNS(heap_collect), RUNS(collect), RUNS(thread_init), RUNS(thread_done),
  RUNS(exit), RUNS(exit_once), RUNS(stats_merge), RUNS(option_get), RUNS(option_is_enabled),
  ALLOC(umalloc), ARRAY(ucalloc, true), ALLOC(umalloc_small), ALLOC(umalloc_aligned), ZEROES(uzalloc_aligned),
  MOVES(urealloc, .zeroes = false),
  {"heap_zalloc_small", run_alloc, call_heap_zalloc_small, .zeroes = true, .heaped = true}, RUNS(ufree), RUNS(free_small), RUNS(collect_reduce),
  RUNS(free_size), RUNS(free_size_aligned), RUNS(free_aligned), RUNS(malloc_size), RUNS(malloc_usable_size),
  RUNS(malloc_good_size), RUNS(_expand), MOVES(aligned_recalloc, .zeroes = true, .counted = true),
  MOVES(aligned_offset_recalloc, .zeroes = true, .counted = true), ALLOC(new_nothrow), ALLOC(new_aligned_nothrow),
  COPY(strdup), COPY(strndup), COPY(mbsdup), COPY(wcsdup), COPY(dupenv_s), COPY(realpath),
  {"clock", run_nothing, NULL, .zeroes = false},
  {"barrier", run_nothing, NULL, .zeroes = false},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

const char *mid_pthreads_name(unsigned code) { return code < ROWS ? rows[code].name : NULL; }

void mid_step(run *r, const mid_stitch *x, uint32_t maker) {
  mid_stitched none = {0}, *out = x->result == MID_NO_SLOT ? &none : &r->results[x->result];
  call c = {r, &rows[x->op.code], x, out, maker};
  mid_place = (place){r, x->result};
  c.w->run(&c);
  mid_place.result = MID_NO_SLOT;
  out->ran = 1;
}
