// The operations on arenas. See doc.go for an overview.

#include "ops.h"

#include <errno.h>

#define NO_NODE (-1)  // of NUMA

// What was given as the arena's id, and where the arena lies.
static void added(const mid_op *o, mid_result *r, bool ok, mi_arena_id_t id) {
  size_t size;
  r->null = !ok;
  r->value = (uint32_t)id;
  r->usable = ok ? mid_relative(mi(arena_area)(id, &size)) : 0;
  mid_arena_put(o->dst, id);
}

// On a thread that has not started, the library draws a random number for the hint of its first
// request from the shared empty heap, which cannot be written.
static bool started(void) { return mid_backing() != NULL; }

void mid_run_reserve(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  r->value = started() ? (uint64_t)mi(reserve_os_memory)(o->a, o->b != 0, o->c != 0) : MID_NOT_CALLED;
}

void mid_run_reserve_ex(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mi_arena_id_t id = 0;
  int err = started() ? mi(reserve_os_memory_ex)(o->a, o->b != 0, o->c != 0, o->d != 0, &id) : ENOMEM;
  added(o, r, err == 0, id);
}

// The memory is the program's, which gives it back if there will be no arena. Large pages are always
// committed.
void mid_run_manage(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  void *p = mid_os_take(o->a, o->b != 0 || o->c != 0);
  r->value = p != NULL && mi(manage_os_memory)(p, o->a, o->b != 0, o->c != 0, o->d != 0, NO_NODE);
  if (p != NULL && r->value == 0) mid_os_drop(p, o->a);
}

void mid_run_manage_ex(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mi_arena_id_t id = 0;
  void *p = mid_os_take(o->a, o->b != 0 || o->c != 0);
  bool ok = p != NULL &&
            mi(manage_os_memory_ex)(p, o->a, o->b != 0, o->c != 0, true, NO_NODE, o->d != 0, &id);
  if (p != NULL && !ok) mid_os_drop(p, o->a);
  added(o, r, ok, id);
}

void mid_run_arena_area(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  size_t size = 0;
  r->value = mid_relative(mi(arena_area)(mid_arena_look(o->src), &size));
  r->usable = size;
}

void mid_run_heap_new_in_arena(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mi_heap_t *h = mid_backing() != NULL ? mi(heap_new_in_arena)(mid_arena_look(o->src)) : NULL;
  r->null = h == NULL;
  r->value = mid_relative(h);
  mid_heap_put(o->dst, h, o->thread);
  if (mid_lib->later) mid_heap_keep(o->dst);
}
