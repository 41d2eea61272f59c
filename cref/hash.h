// The hash over the canonical state. Part of library.c, because it reads the library's types. See doc.go for an
// overview.
//
// It is the sum of the hashes of pieces: what threads share, a thread, a heap, a queue, a segment's header, a page or
// free span. The words of a piece (state.h) are mixed with its place and their number in it, so that it does not matter
// what else there is, and pieces that are what they were need not be read again (memo.h). A page's order in its
// queue is in its links and in the queue's ends. goalloc's statehash.go is the same; the two must change together.

enum { MID_SHARED_PIECE = 1, MID_THREAD_PIECE, MID_SPANS_PIECE, MID_HEAP_PIECE, MID_DIRECT_PIECE, MID_QUEUE_PIECE,
       MID_HEADER_PIECE, MID_SPAN_PIECE, MID_LIST_PIECE };

// Where the words of a piece begin; c tells which of several.
static inline uint64_t mid_place(const mid_walk *w, unsigned piece, unsigned c) {
  return ((uint64_t)piece << 48 | (uint64_t)w->a << 32 | (uint64_t)w->b << 16 | c) * MID_STATE_TINT;
}

// Begins a piece, the hash of which is to be known by itself; gives the sum so far, for mid_end.
static inline uint64_t mid_begin_piece(mid_walk *w, unsigned piece, unsigned c) {
  uint64_t before = w->hash;
  w->key = mid_place(w, piece, c);
  w->hash = 0;
  return before;
}

static inline uint64_t mid_end_piece(mid_walk *w, uint64_t before) {
  uint64_t of = w->hash;
  w->hash = before;
  return of;
}

// ---- pages and segments ----

// The i-th list of a page. If it is one run of blocks, *to is where that ends, else 0.
static inline uint64_t mid_hash_list(mid_walk *w, unsigned i, uint64_t head, const mid_blocks *in, uint64_t *to) {
  *to = 0;
  if (head == 0) return 0;
  uint64_t before = mid_begin_piece(w, MID_LIST_PIECE, i);
  *to = mid_put_list(w, false, mid_free + i, head, in);
  return mid_end_piece(w, before);
}

// The free list of a page where it is one run of blocks, by their offsets.
static inline uint64_t mid_hash_run(mid_walk *w, uint64_t from, uint64_t to) {
  uint64_t before = mid_begin_piece(w, MID_LIST_PIECE, 0);
  mid_put(w, false, mid_free, 0, 0, from | to << 32);
  return mid_end_piece(w, before);
}

// Which of a page's lists are what they were, a bit each: all, if no block came or went; all but the local list, if
// the owner freed a block.
static inline unsigned mid_kept_lists(const mi_page_t *was, const mi_page_t *p) {
  if (was->capacity != p->capacity || was->xblock_size != p->xblock_size || was->free != p->free ||
      mid_head(was, 2) != mid_head(p, 2)) {
    return 0;
  }
  if (was->local_free == p->local_free) return was->used == p->used ? 7 : 0;
  return was->used == p->used + 1 ? 5 : 0;
}

// Whether what became of a page is that its free list, one run of blocks, lost its first.
static inline bool mid_popped(const mid_record_memo *e, const mi_page_t *was, const mi_page_t *p, const mid_blocks *in) {
  uint64_t head = (uint64_t)p->free;
  return was->capacity == p->capacity && was->xblock_size == p->xblock_size && was->used + 1 == p->used &&
         was->local_free == p->local_free && mid_head(was, 2) == mid_head(p, 2) &&
         head == (uint64_t)was->free + in->size && head - in->start < e->to;
}

// Takes in a record that is not what it was, or whose lists may not be: seen tells that the walk before saw it.
static void mid_take_record(mid_walk *w, mid_record_memo *e, const mi_segment_t *s, const mi_page_t *p, bool seen) {
  mi_page_t was = e->record;
  e->at = p;
  e->record = *p;
  uint64_t before = mid_begin_piece(w, MID_SPAN_PIECE, 0);
  mid_put_span_words(w, false, p);
  e->hash = mid_end_piece(w, before);
  if (w->b == 0 || p->xblock_size == 0) return;
  mid_blocks in = mid_blocks_of(s, p);
  unsigned kept = seen ? mid_kept_lists(&was, p) : 0;
  if (seen && mid_popped(e, &was, p, &in)) {
    e->lists[0] = mid_hash_run(w, (uint64_t)p->free - in.start, e->to);
    kept = 7;
  }
  for (unsigned i = 0; i < 3; i++) {
    if ((kept >> i & 1) == 0) {
      uint64_t to;
      e->lists[i] = mid_hash_list(w, i, mid_head(p, i), &in, &to);
      if (i == 0) e->to = to;
    }
    e->hash += e->lists[i];
  }
}

static inline uint64_t mid_hash_record(mid_walk *w, const mi_segment_t *s, const mi_page_t *p) {
  mid_memo *m = w->memo;
  mid_record_memo *e = &m->records[(w->b + w->a * 31u) % MID_RECORD_MEMOS];
  bool seen = e->at == p && e->walk + 1 == m->walks;
  if (!seen || !mid_same_record(&e->record, p)) mid_take_record(w, e, s, p, seen);
  e->walk = m->walks;
  return e->hash;
}

static inline uint64_t mid_hash_header(mid_walk *w, const mi_segment_t *s) {
  mid_segment_memo *e = &w->memo->segments[w->a % MID_SEGMENT_MEMOS];
  unsigned owner = mid_owner(s);
  if (e->at != s || e->owner != owner || memcmp(e->header, s, sizeof(e->header)) != 0) {
    e->at = s;
    e->owner = owner;
    mid_copy(e->header, s, sizeof(e->header));
    uint64_t before = mid_begin_piece(w, MID_HEADER_PIECE, 0);
    mid_put_header(w, false, s);
    e->hash = mid_end_piece(w, before);
  }
  return e->hash;
}

static inline void mid_hash_segment(mid_walk *w, unsigned slot) {
  const mi_segment_t *s = mid_segment_of(slot);
  w->a = (uint16_t)slot;
  w->b = 0;
  w->hash += mid_hash_header(w, s);
  for (size_t i = 0, count = 1; i < s->slice_entries && count != 0; i += count) {
    count = s->slices[i].slice_count;
    w->b = (uint16_t)i;
    w->hash += mid_hash_record(w, s, &s->slices[i]);
  }
}

static inline void mid_hash_segments(mid_walk *w) {
  for (uint64_t words = w->seen_words; words != 0; words &= words - 1) {
    unsigned i = (unsigned)__builtin_ctzll(words);
    for (uint64_t left = w->seen[i]; left != 0; left &= left - 1) {
      mid_hash_segment(w, i * 64 + (unsigned)__builtin_ctzll(left));
    }
  }
}

// ---- threads and heaps ----

// The ends of a queue; 0 of an empty one.
static inline uint64_t mid_hash_queue(const mid_walk *w, unsigned piece, unsigned bin, const mid_ends *q) {
  if (q->first == NULL && q->last == NULL) return 0;
  uint64_t place = mid_place(w, piece, bin);
  return mid_fold(mid_slice_ref(q->first) ^ MID_STATE_TINT, place + MID_STATE_MIX) +
         mid_fold(mid_slice_ref(q->last) ^ MID_STATE_TINT, place + 2 * MID_STATE_MIX);
}

// Takes in where the pages of a queue are that is not empty.
static void mid_enter_queue(mid_queues_memo *e, unsigned bin, const mid_ends *q) {
  if (q->first == NULL && q->last == NULL) return;
  const mi_segment_t *s = _mi_ptr_segment(q->first);
  for (unsigned i = 0; q->first == q->last && i < MID_MET; i++) {
    if (e->met[i] != s && e->pages[i] != 0) continue;
    e->met[i] = s;
    e->pages[i]++;
    return;
  }
  e->walked[bin / 64] |= (uint64_t)1 << bin % 64;
}

// Undoes mid_enter_queue.
static void mid_leave_queue(mid_queues_memo *e, unsigned bin, const mid_ends *q) {
  uint64_t one = (uint64_t)1 << bin % 64;
  bool walked = (e->walked[bin / 64] & one) != 0;
  e->walked[bin / 64] &= ~one;
  if (walked || (q->first == NULL && q->last == NULL)) return;
  const mi_segment_t *s = _mi_ptr_segment(q->first);
  for (unsigned i = 0; i < MID_MET; i++) {
    if (e->met[i] != s || e->pages[i] == 0) continue;
    e->pages[i]--;
    return;
  }
}

#define MID_GROUP 8  // queues that are compared at once

// Takes in the queues that are not what they were, mostly one or two. should is a heap's direct table as it follows
// from them, NULL of spans.
static void mid_take_queues(const mid_walk *w, unsigned piece, mid_queues_memo *e, mid_ends *was,
                            const void *queues, unsigned n, const mi_page_t **should) {
  const mid_ends *now = queues;
  for (unsigned bin = 0; bin < n; bin++) {
    if (bin % MID_GROUP == 0 && n - bin >= MID_GROUP && memcmp(&was[bin], &now[bin], MID_GROUP * sizeof(*now)) == 0) {
      bin += MID_GROUP - 1;
      continue;
    }
    if (was[bin].first == now[bin].first && was[bin].last == now[bin].last) continue;
    e->hash += mid_hash_queue(w, piece, bin, &now[bin]) - mid_hash_queue(w, piece, bin, &was[bin]);
    mid_leave_queue(e, bin, &was[bin]);
    mid_enter_queue(e, bin, &now[bin]);
    was[bin] = now[bin];
    if (should == NULL) continue;
    const mi_page_t *first = now[bin].first != NULL ? now[bin].first : MI_PAGE_EMPTY();
    for (unsigned i = mid_direct_of[bin].from; i < mid_direct_of[bin].to; i++) should[i] = first;
  }
}

// The hash of queues that are taken in. Meets the segments of what is in them.
static inline uint64_t mid_meet_queues(mid_walk *w, const mid_queues_memo *e, const mid_ends *queues) {
  for (unsigned i = 0; i < MID_MET; i++) {
    if (e->pages[i] != 0) mid_meet(w, e->met[i]);
  }
  for (unsigned half = 0; half < 2; half++) {
    for (uint64_t left = e->walked[half]; left != 0; left &= left - 1) {
      size_t most = MID_WALK_SLOTS * 512;
      const mi_page_t *p = queues[half * 64 + (unsigned)__builtin_ctzll(left)].first;
      for (; p != NULL && most > 0; p = p->next, most--) mid_meet(w, p);
    }
  }
  return e->hash;
}

static inline const char *mid_heap_tables(const mi_heap_t *h) {
  return (const char *)h + offsetof(mi_heap_t, pages_free_direct);
}

static void mid_forget_heap(mid_heap_memo *e, const mid_walk *w, const mi_heap_t *h) {
  *e = (mid_heap_memo){.run = w->memo->run, .at = h, .a = w->a, .b = w->b};
  for (unsigned i = 0; i < MI_PAGES_DIRECT; i++) e->should[i] = MI_PAGE_EMPTY();
}

static void mid_take_heap(mid_walk *w, mid_heap_memo *e, const mi_heap_t *h) {
  mid_take_queues(w, MID_QUEUE_PIECE, &e->of, e->was.queues, h->pages, MI_BIN_FULL + 1, e->should);
  mid_copy(&e->was, mid_heap_tables(h), sizeof(e->was));
  e->hash = 0;
  if (memcmp(e->was.direct, e->should, sizeof(e->should)) == 0) return;
  uint64_t before = mid_begin_piece(w, MID_DIRECT_PIECE, 0);
  mid_put_direct(w, false, h);
  e->hash = mid_end_piece(w, before);
}

static inline void mid_hash_heap(mid_walk *w, const mi_heap_t *h) {
  w->key = mid_place(w, MID_HEAP_PIECE, 0);
  mid_put_heap_words(w, false, h);
  mid_heap_memo *e = &w->memo->heaps[(w->a * 8u + w->b) % MID_HEAP_MEMOS];
  if (e->run != w->memo->run || e->at != h || e->a != w->a || e->b != w->b) mid_forget_heap(e, w, h);
  if (memcmp(&e->was, mid_heap_tables(h), sizeof(e->was)) != 0) mid_take_heap(w, e, h);
  w->hash += e->hash + mid_meet_queues(w, &e->of, e->was.queues);
}

static inline void mid_hash_thread(mid_walk *w, unsigned t) {
  w->a = (uint16_t)t;
  w->b = 0;
  w->key = mid_place(w, MID_THREAD_PIECE, 0);
  const mi_tld_t *tld = mid_put_thread_words(w, false, t);
  if (tld == NULL) return;
  mid_spans_memo *e = &w->memo->spans[t % MID_MAX_THREADS];
  if (e->run != w->memo->run) *e = (mid_spans_memo){.run = w->memo->run};
  if (memcmp(e->queues, tld->segments.spans, sizeof(e->queues)) != 0) {
    mid_take_queues(w, MID_SPANS_PIECE, &e->of, e->queues, tld->segments.spans, MI_SEGMENT_BIN_MAX + 1, NULL);
    mid_copy(e->queues, tld->segments.spans, sizeof(e->queues));
  }
  w->hash += mid_meet_queues(w, &e->of, e->queues);
  for (const mi_heap_t *h = tld->heaps; h != NULL; h = h->next, w->b++) mid_hash_heap(w, h);
}

// ---- all of it ----

static uint64_t mid_state_hash(bool next, bool whole) {
  mid_memo *m = &mid_remembered;
  m->walks += next && !whole ? 1 : 2;  // 2: no record was seen in the walk before
  if (!next) m->run++;
  mid_walk w;  // seen is cleared as far as it is used
  w.hash = w.seen_words = 0;
  w.a = w.b = 0;
  w.memo = m;
  w.key = mid_place(&w, MID_SHARED_PIECE, 0);
  mid_put_shared(&w, false);
  for (unsigned t = 0; t < mid_slots_setup()->threads; t++) mid_hash_thread(&w, t);
  mid_hash_segments(&w);
  return w.hash;
}
