// The statistics of the library, hashed and listed. Part of library.c, because it reads the library's
// types. See doc.go for an overview.
//
// The totals come first, then every thread's own numbers, statistic by statistic; zeros are left out.
// goalloc's statswalk.go is the same walk in the same order; the two must change together.

typedef struct mid_stats_walk {
  uint64_t   sum;                        // of the hashes of the totals and of each thread
  uint64_t   hash;                       // of the one that is read: the sum of its numbers, each mixed with its place
  bool       dump;                       // every number is listed
  mid_entry *out;
  size_t     n, room;
  uint16_t   a;                          // 0: the totals; 1 + the thread's number
} mid_stats_walk;

static inline uint64_t mid_hash_number(unsigned field, unsigned part, int64_t value) {
  if (value == 0) return 0;
  return mid_fold((uint64_t)value ^ MID_STATE_TINT, (field << 16 | part | (uint64_t)1 << 32) * MID_STATE_MIX);
}

static void mid_put_number(mid_stats_walk *w, unsigned field, unsigned part, int64_t value) {
  if (value == 0) return;
  if (w->n < w->room) w->out[w->n] = (mid_entry){(uint16_t)field, w->a, 0, 0, part, (uint64_t)value};
  w->n++;
}

static void mid_put_stat(mid_stats_walk *w, unsigned field, const mi_stat_count_t *s) {
  mid_put_number(w, field, 0, s->allocated);
  mid_put_number(w, field, 1, s->freed);
  mid_put_number(w, field, 2, s->peak);
  mid_put_number(w, field, 3, s->current);
}

static void mid_put_tally(mid_stats_walk *w, unsigned field, const mi_stat_counter_t *s) {
  mid_put_number(w, field, 4, s->total);
  mid_put_number(w, field, 5, s->count);
}

static void mid_put_stats(mid_stats_walk *w, const mi_stats_t *s) {
  unsigned field = 0;
#define STAT(name) mid_put_stat(w, field++, &s->name);
  MID_STATS(STAT)
#undef STAT
#define TALLY(name) mid_put_tally(w, field++, &s->name);
  MID_TALLIES(TALLY)
#undef TALLY
#if MI_STAT > 1
  _Static_assert(MID_STAT_BINS == MI_BIN_HUGE + 1, "MID_STAT_BINS is not the library's");
  for (unsigned bin = 0; bin < MID_STAT_BINS; bin++) mid_put_stat(w, field++, &s->normal_bins[bin]);
#endif
}

// How many statistics go up and down, and how many only up.
#define ONE(name) + 1
enum { MID_COUNTS = 0 MID_STATS(ONE), MID_TALLIED = 0 MID_TALLIES(ONE) };
#undef ONE

// The hash of a word of the numbers, the i-th of them as they lie there.
static uint64_t mid_hash_word(unsigned i, int64_t value) {
  const unsigned counts = MID_COUNTS * 4, told = counts + MID_TALLIED * 2;
  if (i < counts) return mid_hash_number(i / 4, i % 4, value);
  if (i < told) return mid_hash_number(MID_COUNTS + (i - counts) / 2, 4 + i % 2, value);
  return mid_hash_number(MID_COUNTS + MID_TALLIED + (i - told) / 4, i % 4, value);
}

// The totals or a thread's numbers; in the hash only those are read that are not what they were.
static void mid_put_changed(mid_stats_walk *w, const mi_stats_t *s) {
  if (w->dump) {
    mid_put_stats(w, s);
    return;
  }
  mid_stats_memo *m = &mid_remembered.stats[w->a];
  if (memcmp(m->was, s, sizeof(*s)) != 0) {
    const int64_t *now = (const int64_t *)s;
    for (unsigned i = 0; i < sizeof(*s) / 8; i++) {
      if (now[i] == m->was[i]) continue;
      m->hash += mid_hash_word(i, now[i]) - mid_hash_word(i, m->was[i]);
      m->was[i] = now[i];
    }
  }
  w->sum += mid_fold(m->hash, (w->a * 2u + 1) * MID_STATE_MIX);  // 0, of no numbers, adds nothing
}

static void mid_put_all_stats(mid_stats_walk *w) {
  mid_put_changed(w, &_mi_stats_main);
  for (unsigned t = 0; t < mid_slots_setup()->threads; t++) {
    const void *key;
    const mi_heap_t *h = mid_thread_heap(t, &key);
    w->a = (uint16_t)(t + 1);
    if (h != &_mi_heap_empty) mid_put_changed(w, &h->tld->stats);
  }
}

static uint64_t mid_hash_stats(void) {
  mid_stats_walk w = {0};
  mid_put_all_stats(&w);
  return w.sum;
}

static size_t mid_dump_stats(mid_entry *out, size_t room) {
  mid_stats_walk w = {.dump = true, .out = out, .room = room};
  mid_put_all_stats(&w);
  return w.n;
}
