// Handles and the checks on the blocks behind them. See doc.go for an overview.

#include "parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN 0x9e3779b97f4a7c15ull

static struct {
  mid_setup setup;
  mid_block *blocks;
  mid_heap  *heaps;
  int       *arenas;                   // ids as the library gave them
  void     **subprocs;
  size_t     block_room, heap_room, arena_room, subproc_room;
} run;

static bool grow(void **table, size_t *room, size_t want, size_t size) {
  if (want <= *room) return true;
  void *p = realloc(*table, want * size);
  if (p == NULL) return false;
  *table = p;
  *room = want;
  return true;
}

int mid_slots_begin(const mid_setup *s) {
  if (!grow((void **)&run.blocks, &run.block_room, s->blocks, sizeof(mid_block))) return ENOMEM;
  if (!grow((void **)&run.heaps, &run.heap_room, s->heaps, sizeof(mid_heap))) return ENOMEM;
  if (!grow((void **)&run.arenas, &run.arena_room, s->arenas, sizeof(int))) return ENOMEM;
  if (!grow((void **)&run.subprocs, &run.subproc_room, s->subprocs, sizeof(void *))) return ENOMEM;
  if (s->subprocs > 0) memset(run.subprocs, 0, s->subprocs * sizeof(void *));
  if (s->arenas > 0) memset(run.arenas, 0, s->arenas * sizeof(int));
  if (s->blocks > 0) memset(run.blocks, 0, s->blocks * sizeof(mid_block));
  if (s->heaps > 0) memset(run.heaps, 0, s->heaps * sizeof(mid_heap));
  run.setup = *s;
  return 0;
}

const mid_setup *mid_slots_setup(void) { return &run.setup; }

mid_block mid_block_look(uint32_t slot) {
  return slot == MID_NO_SLOT ? (mid_block){0} : run.blocks[slot];
}

mid_block mid_block_take(uint32_t slot) {
  mid_block b = mid_block_look(slot);
  if (slot != MID_NO_SLOT) run.blocks[slot] = (mid_block){0};
  return b;
}

void mid_block_put(uint32_t slot, mid_block b) {
  if (slot != MID_NO_SLOT) run.blocks[slot] = b;
}

// The blocks of a heap that is about to be destroyed become null. *mix tells which they were.
uint64_t mid_blocks_drop(mi_heap_t *h, uint64_t *mix) {
  uint64_t n = 0;
  for (uint32_t i = 0; i < run.setup.blocks; i++) {
    if (run.blocks[i].p == NULL || !mi(heap_contains_block)(h, run.blocks[i].p)) continue;
    run.blocks[i] = (mid_block){0};
    uint64_t m = (i + (uint64_t)1) * GOLDEN;
    *mix ^= m ^ m >> 29;
    n++;
  }
  return n;
}

void mid_heap_put(uint32_t slot, mi_heap_t *h, unsigned thread) {
  if (slot != MID_NO_SLOT) run.heaps[slot] = (mid_heap){h, thread, false};
}

void mid_heap_keep(uint32_t slot) {
  if (slot != MID_NO_SLOT) run.heaps[slot].kept = true;
}

bool mid_heap_kept(uint32_t slot) { return slot != MID_NO_SLOT && run.heaps[slot].kept; }

mi_heap_t *mid_heap_look(uint32_t slot) { return slot == MID_NO_SLOT ? NULL : run.heaps[slot].h; }

void mid_heaps_drop(unsigned thread) {
  for (uint32_t i = 0; i < run.setup.heaps; i++) {
    if (run.heaps[i].thread == thread) run.heaps[i].h = NULL;
  }
}

void mid_arena_put(uint32_t slot, int id) {
  if (slot != MID_NO_SLOT) run.arenas[slot] = id;
}

void mid_subproc_put(uint32_t slot, void *subproc) {
  if (slot != MID_NO_SLOT) run.subprocs[slot] = subproc;
}

void *mid_subproc_look(uint32_t slot) { return slot == MID_NO_SLOT ? NULL : run.subprocs[slot]; }

// What no arena has is the number that a reservation gives which fails.
int mid_arena_look(uint32_t slot) {
  if (slot == MID_MISSING) return -1;
  return slot == MID_NO_SLOT ? 0 : run.arenas[slot];
}

// ---- checks ----

void mid_found(mid_result *r, uint64_t bad, uint8_t what, uint32_t slot) {
  if (bad == 0 || r->bad != 0) return;
  r->bad = bad;
  r->bad_what = what;
  r->bad_slot = slot;
}

void mid_block_verify(mid_result *r, mid_block b, uint32_t slot) {
  if (b.p == NULL) return;
  mid_found(r, mid_stamp_check(b.p, b.usable, b.id, b.usable), MID_CONTENTS, slot);
}

void mid_blocks_verify(mid_result *r) {
  for (uint32_t i = 0; i < run.setup.blocks && r->bad == 0; i++) {
    mid_block_verify(r, run.blocks[i], i);
  }
}
