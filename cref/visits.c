// What heaps tell of their areas and blocks. See doc.go for an overview.

#include "ops.h"

#include <stdlib.h>

#define GOLDEN 0x9e3779b97f4a7c15ull

// The visits of the last batch of steps.
static struct {
  mid_visit *all;
  size_t     n, room;
  uint64_t   hash, count;                     // of the step that is running
} seen;

void mid_visits_begin(void) { seen.n = 0; }

const mid_visit *mid_visits(size_t *n) {
  *n = seen.n;
  return seen.all;
}

static void fold(uint64_t v) {
  uint64_t h = (seen.hash ^ v) * GOLDEN;
  seen.hash = h ^ h >> 29;
}

static void keep(mid_visit v) {
  v.step = mid_os_step;
  fold(v.addr + v.block);
  fold(v.size);
  fold(v.used);
  fold(v.committed);
  fold(v.reserved);
  if (seen.n == seen.room) {
    size_t room = 2 * seen.room + 1024;
    mid_visit *more = realloc(seen.all, room * sizeof(mid_visit));
    if (more == NULL) abort();                // the rig cannot go on without what it has to compare
    seen.all = more;
    seen.room = room;
  }
  seen.all[seen.n++] = v;
}

static bool blocks_too;

static void visit(const mid_area *a, const void *block, size_t size) {
  mid_visit v = {.addr = (uintptr_t)a->blocks - MID_BASE, .size = a->block_size, .used = a->used,
                 .committed = a->committed, .reserved = a->reserved};
  if (block != NULL) v = (mid_visit){.addr = (uintptr_t)block - MID_BASE, .size = size, .block = 1};
  if (block != NULL || !blocks_too) seen.count += block != NULL ? 1 : a->used;
  keep(v);
}

// Gives null, too, where the library does not visit abandoned segments.
void mid_run_abandoned_visit_blocks(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  seen.hash = seen.count = 0;
  blocks_too = o->b != 0;
  r->null = !mid_lib->visit_abandoned(mid_subproc_look(o->src), (int)(int64_t)o->a, blocks_too, visit);
  r->value = seen.count;
  r->usable = seen.hash;
}

// Gives how many blocks are in use, as the blocks tell or else the areas, and a hash of all that was
// told; null if the library says that it did not tell all.
void mid_run_heap_visit_blocks(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mi_heap_t *h = mid_heap_of(o);
  if (h == NULL) return;
  seen.hash = seen.count = 0;
  blocks_too = o->a != 0;
  r->null = !mid_lib->visit(h, blocks_too, visit);
  r->value = seen.count;
  r->usable = seen.hash;
}
