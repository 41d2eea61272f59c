// The canonical state: what the library's records say, in terms that goalloc's records have, too. Part
// of library.c, because it reads the library's types. See doc.go for an overview.
//
// The list of its words goes through the threads, their heaps and queues, then in address order through every
// segment that it met: those of pages in heaps' queues, of free spans in threads' queues, and of the abandoned
// stacks. A segment in the cache is a slot of the cache, its old header means nothing. goalloc's state.go is the
// same walk in the same order; the two must change together. hash.h takes the same words into a hash.
//
// Left out: what has no counterpart there or no meaning. Cookies, keys and random contexts; the tag of
// the abandoned stack; the records inside a free span, which nobody writes; slots of the cache that are
// free; where the search for blocks of an arena ended last. Statistics have a walk of their own (stats.h).

#define MID_STATE_MIX  0x9e3779b97f4a7c15ull
#define MID_STATE_TINT 0xd1b54a32d192ed03ull
#define MID_WALK_SLOTS (MID_RESERVED / MI_SEGMENT_SIZE)

typedef struct mid_walk {
  uint64_t   hash, key;                  // the sum so far, and what the last word was mixed with
  uint64_t   seen[MID_WALK_SLOTS / 64];  // segments met, by address
  uint64_t   seen_words;                 // which words of seen have any; the others are not set
  mid_entry *out;
  size_t     n, room;
  uint16_t   a, b;                       // where the walk is: thread and heap, or segment and slice
  mid_memo  *memo;                       // what need not be read
} mid_walk;

static void mid_note(mid_walk *w, unsigned field, unsigned c, size_t pos, uint64_t value) {
  if (w->n < w->room) {
    w->out[w->n] = (mid_entry){(uint16_t)field, w->a, w->b, (uint16_t)c, (uint32_t)pos, value};
  }
  w->n++;
}

// The two halves of a product, folded: every bit of the result depends on every bit of both factors.
static inline uint64_t mid_fold(uint64_t x, uint64_t y) {
  __extension__ unsigned __int128 m = (unsigned __int128)x * y;
  return (uint64_t)m ^ (uint64_t)(m >> 64);
}

// One word. c tells which of several, pos where in a list. In the hash each is mixed with its place and field
// alone and the results are added up, so that no word waits for the one before.
static inline void mid_put(mid_walk *w, bool dump, unsigned field, unsigned c, size_t pos,
                           uint64_t value) {
  if (dump) {
    mid_note(w, field, c, pos, value);
    return;
  }
  w->key += MID_STATE_MIX;
  w->hash += mid_fold(value ^ MID_STATE_TINT, w->key ^ (field << 16 | c));
}

// ---- names of addresses ----

static uint64_t mid_rel(const void *p) { return p == NULL ? 0 : (uintptr_t)p - MID_BASE; }

// The main heap is a static here, and the empty heap has no address worth telling.
static uint64_t mid_heap_ref(const mi_heap_t *h) {
  if (h == &_mi_heap_main) return 1;
  if (h == &_mi_heap_empty) return 2;
  return mid_rel(h);
}

// A page or span is named by the address of its first slice.
static uint64_t mid_slice_ref(const mi_page_t *p) {
  if (p == NULL) return 0;
  const mi_segment_t *s = _mi_ptr_segment(p);
  return mid_rel(s) + (uint64_t)(p - s->slices) * MI_SEGMENT_SLICE_SIZE;
}

static const mi_segment_t *mid_segment_of(unsigned slot) {
  return (const mi_segment_t *)(MID_BASE + slot * MI_SEGMENT_SIZE);
}

static void mid_meet(mid_walk *w, const void *p) {
  uint64_t i = mid_rel(p) / MI_SEGMENT_SIZE;
  if (i >= MID_WALK_SLOTS) return;
  uint64_t word = (uint64_t)1 << i / 64;
  if ((w->seen_words & word) == 0) w->seen[i / 64] = 0;
  w->seen_words |= word;
  w->seen[i / 64] |= (uint64_t)1 << i % 64;
}

// ---- pages and segments ----

// The blocks of a page: those that may be in its lists lie in [start, stop), size apart.
typedef struct mid_blocks {
  uint64_t start, stop, size, most;
  const mi_page_t *page;
} mid_blocks;

// What the links of a page's lists are encoded with, in builds that do.
#ifdef MI_ENCODE_FREELIST
#define MID_KEYS(page) ((page)->keys)
#else
#define MID_KEYS(page) NULL
#endif

static inline uint64_t mid_next(const mid_blocks *in, uint64_t b) {
  return (uint64_t)mi_block_nextx(in->page, (const mi_block_t *)b, MID_KEYS(in->page));
}

// A run of neighbours [from, to), the n-th word of a list of blocks. Gives how many words it is.
static inline size_t mid_put_run(mid_walk *w, bool dump, unsigned field, size_t n, uint64_t from,
                                 uint64_t to, uint64_t size) {
  if (!dump) {
    mid_put(w, dump, field, 0, 0, from | to << 32);
    return 1;
  }
  size_t words = 0;
  for (; from < to; from += size) mid_note(w, field, 0, n + words++, from);
  return words;
}

// The end of the run of blocks that starts at b, each of which leads to the one behind it, and where the
// last one leads. Where a block should lead is known before it is read, so that the reads do not wait for
// each other; mostly four are right at once.
static inline uint64_t mid_neighbours(const mid_blocks *in, uint64_t b, uint64_t *last) {
  uint64_t size = in->size, stop = in->stop, end = b + size, next = mid_next(in, b);
  for (; next == end && end + 3 * size < stop; end += 4 * size) {
    uint64_t wrong = mid_next(in, end) ^ (end + size);
    wrong |= mid_next(in, end + size) ^ (end + 2 * size);
    wrong |= mid_next(in, end + 2 * size) ^ (end + 3 * size);
    if (wrong != 0) break;
    next = mid_next(in, end + 3 * size);
  }
  for (; next == end && end < stop; end += size) next = mid_next(in, end);
  *last = next;
  return end;
}

// A list of blocks, as offsets from the page's start. It ends at an offset that cannot be. In the hash a
// word stands for a run of neighbours. Gives where the run ends if there is but one, else 0.
static inline uint64_t mid_put_list(mid_walk *w, bool dump, unsigned field, uint64_t b, const mid_blocks *in) {
  uint64_t only = 0;
  for (size_t n = 0; b != 0 && n <= in->most;) {
    if (b - in->start >= in->stop - in->start) {
      mid_put(w, dump, field, 0, n, b - in->start);
      return 0;
    }
    uint64_t next, end = mid_neighbours(in, b, &next);
    if (n == 0 && next == 0) only = end - in->start;
    n += mid_put_run(w, dump, field, n, b - in->start, end - in->start, in->size);
    b = next;
  }
  return only;
}

static inline mid_blocks mid_blocks_of(const mi_segment_t *s, const mi_page_t *p) {
  uint64_t start = (uint64_t)_mi_segment_page_start(s, p, NULL);
  return (mid_blocks){start, start + (uint64_t)p->capacity * p->xblock_size, p->xblock_size, p->capacity, p};
}

// The head of a page's i-th list of blocks, in the order of their fields.
static inline uint64_t mid_head(const mi_page_t *p, unsigned i) {
  if (i == 0) return (uint64_t)p->free;
  return i == 1 ? (uint64_t)p->local_free : mi_atomic_load_relaxed(&p->xthread_free) & ~(uint64_t)3;
}

// The neighbours of a page or free span in its queue. In none it has none.
static inline void mid_put_links(mid_walk *w, bool dump, const mi_page_t *p) {
  if (p->next != NULL) mid_put(w, dump, mid_links, 0, 0, mid_slice_ref(p->next));
  if (p->prev != NULL) mid_put(w, dump, mid_links, 1, 0, mid_slice_ref(p->prev));
}

// A span, the header's, a free one or a page, without the lists of blocks that a page has.
static inline void mid_put_span_words(mid_walk *w, bool dump, const mi_page_t *p) {
  unsigned kind = w->b == 0 ? 2 : p->xblock_size != 0;
  mid_put(w, dump, mid_span, 0, 0, (uint64_t)p->slice_count << 2 | kind);
  if (kind != 2) mid_put_links(w, dump, p);
  if (kind != 1) return;
  uint64_t remote = mi_atomic_load_relaxed(&p->xthread_free);
  mid_put(w, dump, mid_page_shape, 0, 0,
          p->capacity | (uint64_t)p->reserved << 16 | (uint64_t)p->flags.full_aligned << 32 |
            (uint64_t)p->retire_expire << 40 | (remote & 3) << 48 | (uint64_t)p->is_reset << 50 |
            (uint64_t)p->is_zero << 51);
  mid_put(w, dump, mid_page_use, 0, 0, p->used | (uint64_t)p->xblock_size << 32);
  mid_put(w, dump, mid_page_heap, 0, 0, mid_heap_ref((mi_heap_t *)mi_atomic_load_relaxed(&p->xheap)));
}

static void mid_dump_span(mid_walk *w, const mi_segment_t *s, const mi_page_t *p) {
  mid_put_span_words(w, true, p);
  if (w->b == 0 || p->xblock_size == 0) return;
  mid_blocks in = mid_blocks_of(s, p);
  for (unsigned i = 0; i < 3; i++) mid_put_list(w, true, mid_free + i, mid_head(p, i), &in);
}

static inline void mid_put_mask(mid_walk *w, bool dump, unsigned field, const mi_commit_mask_t *m) {
  for (unsigned i = 0; i < MI_COMMIT_MASK_FIELD_COUNT; i++) {
    if (m->mask[i] != 0) mid_put(w, dump, field, i, 0, m->mask[i]);
  }
}

// Where memory is from; nothing for that of the OS.
static inline void mid_put_memory(mid_walk *w, bool dump, unsigned field, size_t memid, bool pinned,
                                  bool large) {
  uint64_t v = memid | (uint64_t)pinned << 62 | (uint64_t)large << 63;
  if (v != 0) mid_put(w, dump, field, 0, 0, v);
}

static unsigned mid_owner(const mi_segment_t *s) {
  return mid_thread_number(mi_atomic_load_relaxed(&s->thread_id));
}

static inline void mid_put_header(mid_walk *w, bool dump, const mi_segment_t *s) {
  bool huge = s->kind == MI_SEGMENT_HUGE;
  mid_put(w, dump, mid_segment_is, 0, 0,
          (uint64_t)huge | s->allow_decommit << 1 | (uint64_t)mid_owner(s) << 8 | (uint64_t)s->slice_entries << 16 |
            (uint64_t)s->segment_slices << 32);
  mid_put(w, dump, mid_segment_use, 0, 0, s->used | s->abandoned << 20 | s->abandoned_visits << 40);
  mid_put(w, dump, mid_segment_align, 0, 0, s->mem_alignment ^ s->mem_align_offset << 1);
  mid_put_memory(w, dump, mid_segment_memory, s->memid, s->mem_is_pinned, s->mem_is_large);
  mid_put_mask(w, dump, mid_segment_commit, &s->commit_mask);
  mid_put(w, dump, mid_segment_expire, 0, 0, (uint64_t)s->decommit_expire);
  mid_put_mask(w, dump, mid_segment_decommit, &s->decommit_mask);
}

static void mid_dump_segments(mid_walk *w) {
  for (unsigned slot = 0; slot < MID_WALK_SLOTS; slot++) {
    if ((w->seen_words >> slot / 64 & 1) == 0 || (w->seen[slot / 64] >> slot % 64 & 1) == 0) continue;
    const mi_segment_t *s = mid_segment_of(slot);
    w->a = (uint16_t)slot;
    w->b = 0;
    mid_put_header(w, true, s);
    for (size_t i = 0, count = 1; i < s->slice_entries && count != 0; i += count) {
      count = s->slices[i].slice_count;
      w->b = (uint16_t)i;
      mid_dump_span(w, s, &s->slices[i]);
    }
  }
}

// ---- threads and heaps ----

// The pages of a queue, or the spans of one, in order.
static void mid_dump_queue(mid_walk *w, unsigned field, unsigned bin, const mid_ends *q) {
  size_t pos = 0;
  for (const mi_page_t *p = q->first; p != NULL && pos < MID_WALK_SLOTS * 512; p = p->next) {
    mid_meet(w, p);
    mid_note(w, field, bin, pos++, mid_slice_ref(p));
  }
  if (q->first != NULL || q->last != NULL) mid_note(w, field + 1, bin, 0, mid_slice_ref(q->last));
}

static void mid_dump_queues(mid_walk *w, unsigned field, const void *queues, unsigned n) {
  for (unsigned bin = 0; bin < n; bin++) mid_dump_queue(w, field, bin, (const mid_ends *)queues + bin);
}

// The table of direct pages, as the places where it changes. The hash takes it in only where it does not
// follow from the queues, which are told anyway.
static void mid_put_direct(mid_walk *w, bool dump, const mi_heap_t *h) {
  const mi_page_t *before = MI_PAGE_EMPTY();
  for (unsigned i = 0; i < MI_PAGES_DIRECT; i++) {
    const mi_page_t *p = h->pages_free_direct[i];
    if (p == before) continue;
    before = p;
    mid_put(w, dump, mid_direct, i, 0, p == MI_PAGE_EMPTY() ? 0 : mid_slice_ref(p));
  }
}

static inline void mid_put_heap_words(mid_walk *w, bool dump, const mi_heap_t *h) {
  mid_put(w, dump, mid_heap_at, 0, 0, mid_heap_ref(h));
  mid_put(w, dump, mid_heap_pages, 0, 0, h->page_count);
  mid_put(w, dump, mid_heap_retired, 0, 0,
          h->page_retired_min | h->page_retired_max << 16 | (uint64_t)h->no_reclaim << 32);
  if (h->arena_id != 0) mid_put(w, dump, mid_heap_arena, 0, 0, (uint32_t)h->arena_id);
  const mi_block_t *b = mi_atomic_load_relaxed(&h->thread_delayed_free);
  for (size_t pos = 0; b != NULL; pos++, b = mi_block_nextx(h, b, h->keys)) {
    mid_put(w, dump, mid_delayed, 0, pos, mid_rel(b));
    if (mid_rel(b) >= MID_RESERVED || pos > 1 << 20) break;
  }
}

// Gives what belongs to the thread, NULL if it has no heap.
static inline const mi_tld_t *mid_put_thread_words(mid_walk *w, bool dump, unsigned t) {
  const void *key;
  const mi_heap_t *h = mid_thread_heap(t, &key);
  w->a = (uint16_t)t;
  w->b = 0;
  mid_put(w, dump, mid_thread_default, 0, 0, mid_heap_ref(h));
  mid_put(w, dump, mid_thread_key, 0, 0, mid_heap_ref(key));
  if (h == &_mi_heap_empty) return NULL;
  mid_put(w, dump, mid_thread_beat, 0, 0, h->tld->heartbeat);
  mid_put(w, dump, mid_thread_segments, 0, 0, h->tld->segments.count);
  return h->tld;
}

static void mid_dump_thread(mid_walk *w, unsigned t) {
  const mi_tld_t *tld = mid_put_thread_words(w, true, t);
  if (tld == NULL) return;
  mid_dump_queues(w, mid_spans, tld->segments.spans, MI_SEGMENT_BIN_MAX + 1);
  for (const mi_heap_t *h = tld->heaps; h != NULL; h = h->next, w->b++) {
    mid_put_heap_words(w, true, h);
    mid_put_direct(w, true, h);
    mid_dump_queues(w, mid_queue, h->pages, MI_BIN_FULL + 1);
  }
}

// ---- what threads share ----

static inline void mid_put_stack(mid_walk *w, bool dump, unsigned field, const mi_segment_t *s) {
  for (size_t pos = 0; s != NULL && pos < MID_WALK_SLOTS; pos++) {
    mid_meet(w, s);
    mid_put(w, dump, field, 0, pos, mid_rel(s));
    s = mi_atomic_load_relaxed(&s->abandoned_next);
  }
}

static inline void mid_put_cache(mid_walk *w, bool dump) {
  for (uint64_t left = mid_filled_cache(w->memo); left != 0; left &= left - 1) {
    unsigned i = (unsigned)__builtin_ctzll(left);
    uint64_t used = mi_atomic_load_relaxed(&cache_inuse[i]);
    uint64_t taken = mi_atomic_load_relaxed(&cache_available[i]);
    uint64_t large = mi_atomic_load_relaxed(&cache_available_large[i]);
    w->a = (uint16_t)i;
    if (used != 0) mid_put(w, dump, mid_cache_inuse, i, 0, used);
    if (~taken != 0) mid_put(w, dump, mid_cache_available, i, 0, ~taken);
    if (~large != 0) mid_put(w, dump, mid_cache_large, i, 0, ~large);
    for (; used != 0; used &= used - 1) {
      unsigned slot = i * 64 + (unsigned)__builtin_ctzll(used);
      const mi_cache_slot_t *c = &cache[slot];
      w->a = (uint16_t)slot;
      mid_put(w, dump, mid_cache_at, 0, 0, mid_rel(c->p));
      mid_put_memory(w, dump, mid_cache_memory, c->memid, c->is_pinned, false);
      mid_put(w, dump, mid_cache_expire, 0, 0, (uint64_t)mi_atomic_loadi64_relaxed(&c->expire));
      mid_put_mask(w, dump, mid_cache_commit, &c->commit_mask);
      mid_put_mask(w, dump, mid_cache_decommit, &c->decommit_mask);
    }
  }
}

static inline void mid_put_bits(mid_walk *w, bool dump, unsigned field, const mi_bitmap_field_t *b,
                                size_t n) {
  for (size_t i = 0; b != NULL && i < n; i++) {
    uint64_t v = mi_atomic_load_relaxed(&b[i]);
    if (v != 0) mid_put(w, dump, field, (unsigned)i, 0, v);
  }
}

static inline void mid_put_arenas(mid_walk *w, bool dump) {
  uint64_t n = mi_atomic_load_relaxed(&mi_arena_count);
  if (n == 0) return;
  w->a = w->b = 0;
  mid_put(w, dump, mid_arenas, 0, 0, n);
  for (unsigned i = 0; i < MI_MAX_ARENAS; i++) {
    const mi_arena_t *a = mi_atomic_load_relaxed(&mi_arenas[i]);
    if (a == NULL) continue;
    w->a = (uint16_t)i;
    mid_put(w, dump, mid_arena_is, 0, 0,
            (uint32_t)a->id | (uint64_t)a->exclusive << 32 | (uint64_t)a->is_large << 33 |
              (uint64_t)a->is_zero_init << 34 | (uint64_t)a->allow_decommit << 35);
    mid_put(w, dump, mid_arena_at, 0, 0, mid_rel(mi_atomic_load_relaxed(&a->start)));
    mid_put(w, dump, mid_arena_blocks, 0, 0, a->block_count | (uint64_t)a->field_count << 32);
    mid_put_bits(w, dump, mid_arena_inuse, a->blocks_inuse, a->field_count);
    mid_put_bits(w, dump, mid_arena_dirty, a->blocks_dirty, a->field_count);
    mid_put_bits(w, dump, mid_arena_committed, a->blocks_committed, a->field_count);
  }
  w->a = 0;
}

static inline void mid_put_shared(mid_walk *w, bool dump) {
  w->a = w->b = 0;
  mid_put(w, dump, mid_threads, 0, 0, mi_atomic_load_relaxed(&thread_count));
  for (unsigned i = 0; i < TD_CACHE_SIZE; i++) {
    const void *p = mi_atomic_load_relaxed(&td_cache[i]);
    if (p != NULL) mid_put(w, dump, mid_thread_data, i, 0, mid_rel(p));
  }
  mid_put(w, dump, mid_abandoned_count, 0, 0, mi_atomic_load_relaxed(&abandoned_count));
  mid_put(w, dump, mid_visited_count, 0, 0, mi_atomic_load_relaxed(&abandoned_visited_count));
  mid_put(w, dump, mid_readers, 0, 0, mi_atomic_load_relaxed(&abandoned_readers));
  mid_put_stack(w, dump, mid_abandoned, mi_tagged_segment_ptr(mi_atomic_load_relaxed(&abandoned)));
  mid_put_stack(w, dump, mid_visited, mi_atomic_load_relaxed(&abandoned_visited));
  mid_put_cache(w, dump);
  w->a = 0;
  for (uint64_t left = mid_filled_map(w->memo); left != 0; left &= left - 1) {
    unsigned i = (unsigned)__builtin_ctzll(left);
    mid_put(w, dump, mid_segment_map, i, 0, mi_atomic_load_relaxed(&mi_segment_map[MID_MAP_FROM + i]));
  }
  mid_put_arenas(w, dump);
}

static size_t mid_state_dump_all(mid_entry *out, size_t room) {
  mid_walk w = {.out = out, .room = room, .memo = &mid_remembered};
  mid_put_shared(&w, true);
  for (unsigned t = 0; t < mid_slots_setup()->threads; t++) mid_dump_thread(&w, t);
  mid_dump_segments(&w);
  return w.n;
}
