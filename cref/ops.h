// What the files of operations share. See doc.go for an overview.

#ifndef MID_OPS_H
#define MID_OPS_H

#include "parts.h"
#include "text.h"

#pragma GCC visibility push(hidden)

typedef struct row row;

// Makes the call of a row, with a heap its heap_ variant; p is the block operand.
typedef void *mid_caller(mi_heap_t *h, void *p, const mid_op *o);

typedef void mid_runner(const row *w, const mid_op *o, mid_result *r);

struct row {
  const char *name;
  mid_runner *run;
  mid_caller *call;     // NULL: run makes the call itself
  bool        plain;    // call has no heap_ variant
  bool        zeroes;   // the new bytes are promised to be zero
  bool        counted;  // the size asked for is a*b, not a
  bool        frees;    // the old block is freed on failure as well
  bool        codes;    // call puts the error code of a null result into mid_code
  bool        of_arena; // src is a slot of an arena, not of a block
  bool        ends;     // the calling thread ends
  bool        copies;   // mid_copied says what the block must hold
  bool        tells;    // call puts into mid_told what the library told of sizes
  bool        of_subproc; // src is a slot of a sub-process, not of a block
  enum { MADE_BLOCK, MADE_HEAP, MADE_ARENA, MADE_SUBPROC } makes;  // what dst is a slot of
};

// ---- ops.c ----

// The thread's backing heap. NULL if the OS refuses the thread's data: the library's own function
// would then follow a null pointer, and so would mi_heap_new.
mi_heap_t *mid_backing(void);
// An address from the base of the simulated memory; 0 is null.
uint64_t mid_relative(const void *p);
// The heap operand; NULL for the null handle, on which no call is made.
mi_heap_t *mid_heap_of(const mid_op *o);

// ---- posix.c ----

extern uint64_t mid_code;
extern bool mid_gone;

mid_caller mid_call_reallocarray, mid_call_reallocarr, mid_call_posix_memalign, mid_call_memalign,
  mid_call_aligned_alloc, mid_call_valloc, mid_call_pvalloc;

// Added to a code when the call changed the caller's pointer although it failed, or did not change it
// although it says that it worked.
#define MID_WRONG_POINTER ((uint64_t)1 << 32)

mid_runner mid_run_free_size, mid_run_free_size_aligned, mid_run_free_aligned, mid_run__expand, mid_run_malloc_size,
  mid_run_malloc_usable_size, mid_run_malloc_good_size;
mid_caller mid_call_aligned_recalloc, mid_call_aligned_offset_recalloc;

// ---- texts.c ----

// What the last call copied.
extern mid_copy mid_copied;

void mid_texts_open(void);

mid_caller mid_call_strdup, mid_call_strndup, mid_call_mbsdup, mid_call_wcsdup, mid_call_dupenv_s, mid_call_realpath;

// ---- news.c ----

mid_caller mid_call_new, mid_call_new_n, mid_call_new_nothrow, mid_call_new_aligned, mid_call_new_aligned_nothrow,
  mid_call_new_realloc, mid_call_new_reallocn, mid_call_heap_alloc_new, mid_call_heap_alloc_new_n;
mid_runner mid_run_set_new_handler;

// ---- later.c ----

extern uint64_t mid_told;

mid_caller mid_call_umalloc, mid_call_ucalloc, mid_call_umalloc_small, mid_call_umalloc_aligned,
  mid_call_uzalloc_aligned, mid_call_urealloc, mid_call_heap_zalloc_small;
mid_runner mid_run_ufree, mid_run_free_small, mid_run_heap_new_ex, mid_run_collect_reduce, mid_run_subproc_new,
  mid_run_subproc_delete, mid_run_subproc_add_current_thread, mid_run_page_is_under_utilized;

// ---- asking.c ----

mid_runner mid_run_is_in_heap_region, mid_run_check_owned, mid_run_heap_check_owned,
  mid_run_heap_contains_block;

// ---- arenas.c ----

mid_runner mid_run_reserve, mid_run_manage, mid_run_reserve_ex, mid_run_manage_ex, mid_run_arena_area,
  mid_run_heap_new_in_arena;

// ---- settings.c ----

mid_runner mid_run_option_set, mid_run_option_get, mid_run_option_is_enabled, mid_run_option_set_default,
  mid_run_option_set_enabled, mid_run_option_set_enabled_default, mid_run_option_enable, mid_run_option_disable;

// ---- deferred.c ----

void mid_deferred_batch(void);                // the calls that are kept are those of the steps to come
// What is found in callbacks goes into r, until the next call. ends: the thread ends in the step.
void mid_deferred_step(mid_result *r, bool ends);
mid_runner mid_run_register_deferred_free, mid_run_defer_free;

// ---- visits.c ----

void mid_visits_begin(void);
mid_runner mid_run_heap_visit_blocks, mid_run_abandoned_visit_blocks;

#pragma GCC visibility pop

#endif
