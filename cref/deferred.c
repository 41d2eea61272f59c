// The callback for deferred frees, and the blocks that wait for it. See doc.go for an overview.

#include "ops.h"

#include <stdlib.h>

#define GOLDEN 0x9e3779b97f4a7c15ull

// Steps that queue blocks move them to slots in ascending order: the queue is a range of slots, and those without
// a block are passed over.
static struct {
  uint32_t      from, to;
  unsigned      kind;                         // the callback registered
  bool          ends, inside;
  mid_result   *r;                            // of the step that is running
  mid_callback *all;                          // calls of the last batch of steps
  size_t        n, room;
} now;

void mid_deferred_begin(void) {
  now.from = now.to = 0;
  now.kind = MID_CALLBACK_NONE;
  now.inside = false;
}

void mid_deferred_batch(void) { now.n = 0; }

void mid_deferred_step(mid_result *r, bool ends) {
  now.r = r;
  now.ends = ends;
}

const mid_callback *mid_callbacks(size_t *n) {
  *n = now.n;
  return now.all;
}

// AddCallback in types.go is the same.
static void keep(mid_callback c) {
  uint64_t h = (now.r->deferred >> 8) ^ (c.heartbeat << 3 | (uint64_t)c.wrong << 1 | c.force);
  uint32_t count = now.r->deferred & 255;
  now.r->deferred = (uint32_t)(h * GOLDEN >> 40) << 8 | (count < 255 ? count + 1 : 255);
  if (now.n == now.room) {
    size_t room = 2 * now.room + 256;
    mid_callback *more = realloc(now.all, room * sizeof(mid_callback));
    if (more == NULL) abort();                // the rig cannot go on without what it has to compare
    now.all = more;
    now.room = room;
  }
  now.all[now.n++] = c;
}

static void free_queued(size_t most) {
  for (; now.from < now.to && most > 0; now.from++) {
    mid_block b = mid_block_take(now.from);
    if (b.p == NULL) continue;
    mid_block_verify(now.r, b, now.from);
    mi(free)(b.p);
    most--;
  }
}

static void called(bool force, unsigned long long heartbeat, void *arg) {
  keep((mid_callback){.heartbeat = heartbeat, .step = mid_os_step, .force = force,
                      .wrong = (uint8_t)(now.inside | (arg != &now) << 1)});
  if (now.inside) return;
  now.inside = true;
  free_queued(force ? SIZE_MAX : MID_DEFERRED_STEP);
  if (now.kind == MID_CALLBACK_AT_END || (now.kind == MID_CALLBACK_ALLOCATES && !now.ends)) {
    mi(free)(mi(malloc)(MID_CALLBACK_SIZE));
  }
  now.inside = false;
}

void mid_run_register_deferred_free(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)r;
  now.kind = (unsigned)o->a;
  mi(register_deferred_free)(o->a == MID_CALLBACK_NONE ? NULL : called, &now);
}

void mid_run_defer_free(const row *w, const mid_op *o, mid_result *r) {
  (void)w;
  mid_block b = mid_block_take(o->src);
  mid_block_verify(r, b, o->src);
  if (now.from == now.to) now.from = o->dst;
  now.to = o->dst + 1;
  mid_block_put(o->dst, b);
}
