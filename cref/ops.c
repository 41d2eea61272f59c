// The operation table and the interpreter. See doc.go for an overview.
//
// One row per operation. A row names how the operation behaves (what is checked before and after
// it, what becomes of its handles) and the call it makes; the Go side finds rows by name.

#include "ops.h"

#include "calls.h"

// ---- heap operands ----

mi_heap_t *mid_backing(void) {
  mi(thread_init)();
  return mid_lib->thread_ready() ? mi(heap_get_backing)() : NULL;
}

mi_heap_t *mid_heap_of(const mid_op *o) {
  return o->heap == MID_BACKING ? mid_backing() : mid_heap_look(o->heap);
}

// Tells whether the call can be made; *h is NULL for the plain variant.
static bool heap_operand(const mid_op *o, mi_heap_t **h) {
  *h = o->heaped ? mid_heap_of(o) : NULL;
  return !o->heaped || *h != NULL;
}

// ---- behaviours: blocks ----

uint64_t mid_relative(const void *p) { return p == NULL ? 0 : (uintptr_t)p - MID_BASE; }

// The result of a call that gave a block, new contents and the handle.
static void fill(const mid_op *o, mid_result *r, void *p) {
  mid_stamp(p, r->usable, o->id);
  mid_block_put(o->dst, (mid_block){p, r->usable, o->id});
}

static void gave(mid_result *r, void *p) {
  r->value = mid_relative(p);
  r->usable = mi(usable_size)(p);
}

static void run_alloc(const row *w, const mid_op *o, mid_result *r) {
  mi_heap_t *h;
  void *p = heap_operand(o, &h) ? w->call(h, NULL, o) : NULL;
  if (p == NULL) {
    r->null = 1;
    if (w->codes) r->usable = mid_code;
    mid_block_put(o->dst, (mid_block){0});
    return;
  }
  gave(r, p);
  if (w->tells) r->told = mid_told;
  if (w->zeroes) mid_found(r, mid_zero_check(p, r->usable), MID_NOT_ZERO, o->dst);
  if (w->copies) mid_found(r, mid_copy_check(&mid_copied, p), MID_NOT_KEPT, o->dst);
  fill(o, r, p);
}

// The old contents up to the smaller of the sizes, zeros behind them where they are promised.
static void check_moved(const row *w, const mid_op *o, mid_result *r, const void *p,
                        mid_block old) {
  uint64_t size = w->counted ? o->a * o->b : o->a;
  uint64_t kept = old.usable < size ? old.usable : size;
  if (old.p != NULL) {
    mid_found(r, mid_stamp_check(p, old.usable, old.id, kept), MID_NOT_KEPT, o->dst);
  }
  if (w->zeroes) mid_found(r, mid_zero_range(p, old.usable, size), MID_NOT_ZERO, o->dst);
}

// On failure the handle keeps the old block, as a C program would; unless nothing was called even
// the variant that frees it.
static void run_realloc(const row *w, const mid_op *o, mid_result *r) {
  mid_block old = mid_block_look(o->src);
  mid_block_verify(r, old, o->src);
  mi_heap_t *h;
  bool called = heap_operand(o, &h);
  mid_gone = false;
  void *p = called ? w->call(h, old.p, o) : NULL;
  mid_block_take(o->src);
  if (p == NULL) {
    r->null = 1;
    if (w->codes) r->usable = mid_code;
    if (called && (w->frees || mid_gone)) old = (mid_block){0};
    mid_block_verify(r, old, o->src);
    mid_block_put(o->dst, old);
    return;
  }
  gave(r, p);
  if (w->tells) r->told = mid_told;
  if (p == old.p) {
    mid_block_put(o->dst, old);
    return;
  }
  check_moved(w, o, r, p, old);
  fill(o, r, p);
}

static void run_expand(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mid_block b = mid_block_look(o->src);
  mid_block_verify(r, b, o->src);
  void *p = mi(expand)(b.p, o->a);
  if (p == NULL) r->null = 1;
  else gave(r, p);
}

static void run_free(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mid_block b = mid_block_take(o->src);
  mid_block_verify(r, b, o->src);
  mi(free)(b.p);
}

static void run_cfree(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mid_block b = mid_block_take(o->src);
  mid_block_verify(r, b, o->src);
  mi(cfree)(b.p);
}

static void run_usable_size(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mid_block b = mid_block_look(o->src);
  mid_block_verify(r, b, o->src);
  r->value = mi(usable_size)(b.p);
}

static void run_good_size(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  r->value = mi(good_size)(o->a);
}

// ---- behaviours: heaps ----

static void run_heap_new(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mi_heap_t *h = mid_backing() != NULL ? mi(heap_new)() : NULL;
  r->null = h == NULL;
  r->value = mid_relative(h);
  mid_heap_put(o->dst, h, o->thread);
}

static void run_heap_delete(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)r;
  mi_heap_t *h = mid_heap_look(o->heap);
  if (h != NULL) mi(heap_delete)(h);
  mid_heap_put(o->heap, NULL, o->thread);
}

// The blocks that go with the heap are told by count and by which they were. Some heaps are deleted instead.
static void run_heap_destroy(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mi_heap_t *h = mid_heap_look(o->heap);
  if (h == NULL) return;
  if (!mid_heap_kept(o->heap)) r->value = mid_blocks_drop(h, &r->usable);
  mi(heap_destroy)(h);
  mid_heap_put(o->heap, NULL, o->thread);
}

static void run_heap_set_default(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)r;
  mi_heap_t *h = mid_heap_of(o);
  if (h != NULL) mi(heap_set_default)(h);
}

// The thread starts if it can; without a heap it has none to tell.
static void run_heap_get_default(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)o;
  mi_heap_t *h = mi(heap_get_default)();
  r->null = !mid_lib->thread_ready();
  r->value = r->null ? 0 : mid_lib->heap_name(h);
}

static void run_heap_get_backing(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)o;
  mi_heap_t *h = mid_backing();
  r->null = h == NULL;
  r->value = r->null ? 0 : mid_lib->heap_name(h);
}

static void run_heap_collect(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)r;
  mi_heap_t *h = mid_heap_of(o);
  if (h != NULL) mi(heap_collect)(h, o->a != 0);
}

// ---- behaviours: threads and time ----

static void run_collect(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)r;
  mi(collect)(o->a != 0);
}

static void run_thread_init(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)o, (void)r;
  mi(thread_init)();
}

static void run_thread_done(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)r;
  mi(thread_done)();
  mid_heaps_drop(o->thread);
}

static void run_exit(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)r;
  mid_lib->threading->exit();
  mid_heaps_drop(o->thread);
}

static void run_exit_once(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)r;
  mi(thread_done)();
  mid_lib->threading->renew();
  mid_heaps_drop(o->thread);
}

// A thread that cannot be initialised has no numbers: the library would follow a null pointer.
static void run_stats_merge(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)o, (void)r;
  if (mid_backing() != NULL) mi(stats_merge)();
}

static void run_stats_reset(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)o, (void)r;
  if (mid_backing() != NULL) mi(stats_reset)();
}

static void run_clock(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)r;
  mid_os_tick(o->a);
}

// Threads that take turns need not wait for each other.
static void run_barrier(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)o, (void)r;
}

// ---- the table ----

static const row table[] = {
  {"malloc",           run_alloc,   .call = call_malloc},
  {"zalloc",           run_alloc,   .call = call_zalloc,           .zeroes = true},
  {"calloc",           run_alloc,   .call = call_calloc,           .zeroes = true},
  {"mallocn",          run_alloc,   .call = call_mallocn},
  {"malloc_small",     run_alloc,   .call = call_malloc_small},
  {"zalloc_small",     run_alloc,   .call = call_zalloc_small,     .zeroes = true, .plain = true},
  {"malloc_aligned",   run_alloc,   .call = call_malloc_aligned},
  {"zalloc_aligned",   run_alloc,   .call = call_zalloc_aligned,   .zeroes = true},
  {"calloc_aligned",   run_alloc,   .call = call_calloc_aligned,   .zeroes = true},
  {"realloc",          run_realloc, .call = call_realloc},
  {"reallocn",         run_realloc, .call = call_reallocn,         .counted = true},
  {"reallocf",         run_realloc, .call = call_reallocf,         .frees = true},
  {"rezalloc",         run_realloc, .call = call_rezalloc,         .zeroes = true},
  {"recalloc",         run_realloc, .call = call_recalloc,         .zeroes = true, .counted = true},
  {"realloc_aligned",  run_realloc, .call = call_realloc_aligned},
  {"rezalloc_aligned", run_realloc, .call = call_rezalloc_aligned, .zeroes = true},
  {"recalloc_aligned", run_realloc, .call = call_recalloc_aligned, .zeroes = true, .counted = true},
  {"malloc_aligned_at",   run_alloc,   .call = call_malloc_aligned_at},
  {"zalloc_aligned_at",   run_alloc,   .call = call_zalloc_aligned_at,   .zeroes = true},
  {"calloc_aligned_at",   run_alloc,   .call = call_calloc_aligned_at,   .zeroes = true},
  {"realloc_aligned_at",  run_realloc, .call = call_realloc_aligned_at},
  {"rezalloc_aligned_at", run_realloc, .call = call_rezalloc_aligned_at, .zeroes = true},
  {"recalloc_aligned_at", run_realloc, .call = call_recalloc_aligned_at, .zeroes = true,
                          .counted = true},
  {"reallocarray",     run_realloc, .call = mid_call_reallocarray, .plain = true, .counted = true,
                       .codes = true},
  {"reallocarr",       run_realloc, .call = mid_call_reallocarr,   .plain = true, .counted = true,
                       .codes = true},
  {"posix_memalign",   run_alloc,   .call = mid_call_posix_memalign, .plain = true, .codes = true},
  {"memalign",         run_alloc,   .call = mid_call_memalign,       .plain = true},
  {"aligned_alloc",    run_alloc,   .call = mid_call_aligned_alloc,  .plain = true},
  {"valloc",           run_alloc,   .call = mid_call_valloc,         .plain = true},
  {"pvalloc",          run_alloc,   .call = mid_call_pvalloc,        .plain = true},
  {"expand",           run_expand},
  {"free",             run_free},
  {"cfree",            run_cfree},
  {"usable_size",      run_usable_size},
  {"good_size",        run_good_size},
  {"is_in_heap_region",   mid_run_is_in_heap_region},
  {"check_owned",         mid_run_check_owned},
  {"heap_check_owned",    mid_run_heap_check_owned},
  {"heap_contains_block", mid_run_heap_contains_block},
  {"heap_visit_blocks",   mid_run_heap_visit_blocks},
  {"heap_new",         run_heap_new, .makes = MADE_HEAP},
  {"heap_delete",      run_heap_delete},
  {"heap_destroy",     run_heap_destroy},
  {"heap_set_default", run_heap_set_default},
  {"heap_get_default", run_heap_get_default},
  {"heap_get_backing", run_heap_get_backing},
  {"heap_collect",     run_heap_collect},
  {"collect",          run_collect},
  {"thread_init",      run_thread_init},
  {"thread_done",      run_thread_done, .ends = true},
  {"exit",             run_exit,        .ends = true},
  {"exit_once",        run_exit_once,   .ends = true},
  {"clock",            run_clock},
  {"stats_merge",      run_stats_merge},
  {"stats_reset",      run_stats_reset},
  {"reserve_os_memory",    mid_run_reserve},
  {"manage_os_memory",     mid_run_manage},
  {"reserve_os_memory_ex", mid_run_reserve_ex,    .makes = MADE_ARENA},
  {"manage_os_memory_ex",  mid_run_manage_ex,     .makes = MADE_ARENA},
  {"arena_area",           mid_run_arena_area,    .of_arena = true},
  {"heap_new_in_arena",    mid_run_heap_new_in_arena, .makes = MADE_HEAP, .of_arena = true},
  {"option_set",        mid_run_option_set},
  {"option_get",        mid_run_option_get},
  {"option_is_enabled", mid_run_option_is_enabled},
  {"register_deferred_free", mid_run_register_deferred_free},
  {"defer_free",             mid_run_defer_free},
  {"barrier",          run_barrier},

  {"umalloc",          run_alloc,   .call = mid_call_umalloc,         .plain = true, .tells = true},
  {"ucalloc",          run_alloc,   .call = mid_call_ucalloc,         .plain = true, .tells = true, .zeroes = true},
  {"umalloc_small",    run_alloc,   .call = mid_call_umalloc_small,   .plain = true, .tells = true},
  {"umalloc_aligned",  run_alloc,   .call = mid_call_umalloc_aligned, .plain = true, .tells = true},
  {"uzalloc_aligned",  run_alloc,   .call = mid_call_uzalloc_aligned, .plain = true, .tells = true, .zeroes = true},
  {"urealloc",         run_realloc, .call = mid_call_urealloc,        .plain = true, .tells = true},
  {"heap_zalloc_small", run_alloc,  .call = mid_call_heap_zalloc_small, .plain = true, .zeroes = true},
  {"ufree",            mid_run_ufree},
  {"free_small",       mid_run_free_small},
  {"heap_new_ex",      mid_run_heap_new_ex, .makes = MADE_HEAP, .of_arena = true},
  {"collect_reduce",   mid_run_collect_reduce},
  {"abandoned_visit_blocks", mid_run_abandoned_visit_blocks, .of_subproc = true},
  {"subproc_new",      mid_run_subproc_new,     .makes = MADE_SUBPROC},
  {"subproc_delete",   mid_run_subproc_delete,  .of_subproc = true},
  {"subproc_add_current_thread", mid_run_subproc_add_current_thread, .of_subproc = true},
  {"unsafe_heap_page_is_under_utilized", mid_run_page_is_under_utilized},

  {"free_size",          mid_run_free_size},
  {"free_size_aligned",  mid_run_free_size_aligned},
  {"free_aligned",       mid_run_free_aligned},
  {"malloc_size",        mid_run_malloc_size},
  {"malloc_usable_size", mid_run_malloc_usable_size},
  {"malloc_good_size",   mid_run_malloc_good_size},
  {"_expand",            mid_run__expand},
  {"aligned_recalloc",        run_realloc, .call = mid_call_aligned_recalloc, .plain = true, .zeroes = true,
                              .counted = true},
  {"aligned_offset_recalloc", run_realloc, .call = mid_call_aligned_offset_recalloc, .plain = true, .zeroes = true,
                              .counted = true},
  {"option_set_default",         mid_run_option_set_default},
  {"option_set_enabled",         mid_run_option_set_enabled},
  {"option_set_enabled_default", mid_run_option_set_enabled_default},
  {"option_enable",              mid_run_option_enable},
  {"option_disable",             mid_run_option_disable},
  {"strdup",           run_alloc,   .call = mid_call_strdup,   .copies = true},
  {"strndup",          run_alloc,   .call = mid_call_strndup,  .copies = true},
  {"mbsdup",           run_alloc,   .call = mid_call_mbsdup,   .copies = true, .plain = true},
  {"wcsdup",           run_alloc,   .call = mid_call_wcsdup,   .copies = true, .plain = true},
  {"dupenv_s",         run_alloc,   .call = mid_call_dupenv_s, .copies = true, .plain = true, .codes = true},
  {"realpath",         run_alloc,   .call = mid_call_realpath, .copies = true},
  {"new_nothrow",         run_alloc,   .call = mid_call_new_nothrow,         .plain = true, .codes = true},
  {"new_aligned_nothrow", run_alloc,   .call = mid_call_new_aligned_nothrow, .plain = true, .codes = true},
  {"new",                 run_alloc,   .call = mid_call_new,                 .plain = true, .codes = true},
  {"new_n",               run_alloc,   .call = mid_call_new_n,               .plain = true, .codes = true},
  {"new_aligned",         run_alloc,   .call = mid_call_new_aligned,         .plain = true, .codes = true},
  {"new_realloc",         run_realloc, .call = mid_call_new_realloc,         .plain = true, .codes = true},
  {"new_reallocn",        run_realloc, .call = mid_call_new_reallocn,        .plain = true, .codes = true,
                          .counted = true},
  {"heap_alloc_new",      run_alloc,   .call = mid_call_heap_alloc_new,      .plain = true, .codes = true},
  {"heap_alloc_new_n",    run_alloc,   .call = mid_call_heap_alloc_new_n,    .plain = true, .codes = true},
  {"set_new_handler",     mid_run_set_new_handler},
};

#define ROWS (sizeof(table) / sizeof(table[0]))

const char *mid_op_name(unsigned code) { return code < ROWS ? table[code].name : NULL; }

// ---- the interpreter ----

static bool within(uint32_t slot, uint32_t count) { return slot < count || slot == MID_NO_SLOT; }

// Whether every operand exists: a mistake here would change memory that is not the program's.
static bool valid(const mid_setup *s, const mid_op *o) {
  if (o->code >= ROWS || o->thread >= s->threads) return false;
  if (o->heaped && (table[o->code].call == NULL || table[o->code].plain)) return false;
  if (!within(o->heap, s->heaps) && o->heap != MID_BACKING) return false;
  const row *w = &table[o->code];
  const uint32_t slots[] = {s->blocks, s->heaps, s->arenas, s->subprocs};
  const bool missing = w->of_arena && o->src == MID_MISSING;
  return (missing || within(o->src, w->of_arena ? s->arenas : w->of_subproc ? s->subprocs : s->blocks)) &&
         within(o->dst, slots[w->makes]);
}

static uint32_t walked;  // the step after which the state was hashed last

void mid_ops_begin(void) { walked = UINT32_MAX; }

#define LOOK_EVERY 16  // steps, and where the state is asked for

static void look(const mid_op *o) {
  if (o->id % LOOK_EVERY == 0 || (o->flags & MID_STATE)) mid_lib->coverage->look();
}

static uint32_t unwatched;
static volatile uint32_t *watched = &unwatched;

void mid_watch(uint32_t *place) { watched = place != NULL ? place : &unwatched; }

// The steps of the call from Go, and which of them runs.
static struct {
  const mid_op *ops;
  mid_result   *out;
  size_t        n, at;
} batch;

// Runs the steps that follow, as far as they are this thread's. The library may stop in any.
static void run_steps(void) {
  const mid_setup *s = mid_slots_setup();
  for (; batch.at < batch.n; batch.at++) {
    const mid_op *o = &batch.ops[batch.at];
    mid_result *r = &batch.out[batch.at];
    if (!valid(s, o) || !mid_lib->threading->here(o->thread)) return;
    *watched = o->id;
    *r = (mid_result){0};
    mid_reported = (mid_reports){0};
    mid_os_step = o->id - 1;
    mid_deferred_step(r, table[o->code].ends);
    table[o->code].run(&table[o->code], o, r);
    if (mid_lib->coverage != NULL) look(o);
    if (s->careful || (o->flags & MID_SWEEP)) mid_blocks_verify(r);
    if (o->flags & MID_STATE) {
      r->state = mid_lib->state_hash(walked + 1 == o->id, o->flags & MID_WHOLE);
      r->stats = mid_lib->stats_hash();
      walked = o->id;
    }
    r->os_hash = mid_os_hash;
    r->os_calls = mid_os_calls;
    r->errors = mid_reported.errors;
    r->warnings = mid_reported.warnings;
    r->err = mid_reported.err;
    if (mid_asserted && r->bad_what == 0) r->bad_what = MID_ASSERTION;
    mid_asserted = false;
  }
}

static void take_turn(void) {
  if (sigsetjmp(mid_stop_to, 0) != 0) return;
  mid_stops_arm(true);
  run_steps();
  mid_stops_arm(false);
}

size_t mid_run(const mid_op *ops, size_t n, mid_result *out) {
  mid_visits_begin();
  mid_deferred_batch();
  batch.ops = ops, batch.out = out, batch.n = n, batch.at = 0;
  while (mid_stopped == 0 && batch.at < n && valid(mid_slots_setup(), &ops[batch.at])) {
    mid_lib->threading->on(ops[batch.at].thread, take_turn);
  }
  if (mid_stopped == 0) return batch.at;
  for (size_t i = batch.at; i < n; i++) out[i] = (mid_result){.bad = 1, .bad_what = mid_stopped};
  return n;
}
