// Contents of blocks, for threads that run at once: every word of a block holds its place and the step that
// wrote it. See doc.go for an overview.
//
// The words are those of ../stamp.c, but all of them are written and looked at, up to 64 MiB; of larger
// blocks it is one in every page. The Go side has the same rule.

#include <string.h>

#define WORD_ID   0x9e3779b97f4a7c15ull
#define WORD_AT   0xd1b54a32d192ed03ull
#define ALL_WORDS (64ull << 20)

static uint64_t stride_of(uint64_t usable) { return usable <= ALL_WORDS ? 8 : 4096; }

// A word, of which only the bytes before the end count.
static uint64_t word_of(const uint8_t *p, uint64_t o, uint64_t end) {
  uint64_t w = 0;
  memcpy(&w, p + o, end - o < 8 ? end - o : 8);
  return w;
}

static void stamp(uint8_t *p, uint64_t usable, uint32_t id) {
  uint64_t step = stride_of(usable), w = id * WORD_ID + WORD_AT, add = step / 8 * WORD_AT, o = 0;
  for (; o + 8 <= usable; o += step, w += add) memcpy(p + o, &w, 8);
  if (o < usable) memcpy(p + o, &w, usable - o);
}

// 1 + offset of the first byte of a word that differs.
static uint64_t differs_at(uint64_t o, uint64_t x) { return o + (unsigned)__builtin_ctzll(x) / 8 + 1; }

// 0, or 1 + the offset of the first byte below limit that the stamp wrote and that differs.
static uint64_t check(const uint8_t *p, uint64_t usable, uint32_t id, uint64_t limit) {
  uint64_t step = stride_of(usable), w = id * WORD_ID + WORD_AT, add = step / 8 * WORD_AT, o = 0, got;
  for (; o + 8 <= limit; o += step, w += add) {
    memcpy(&got, p + o, 8);
    if (got != w) return differs_at(o, got ^ w);
  }
  if (o >= limit) return 0;
  uint64_t mask = ~(uint64_t)0 >> (64 - 8 * (limit - o));
  got = (word_of(p, o, limit) ^ w) & mask;
  return got == 0 ? 0 : differs_at(o, got);
}

// 0, or 1 + the offset of the first byte of [from, to) that is not zero. Of blocks above 64 MiB one word in
// a page is looked at.
static uint64_t check_zero(const uint8_t *p, uint64_t from, uint64_t to) {
  for (; from < to && from % 8 != 0; from++) {
    if (p[from] != 0) return from + 1;
  }
  uint64_t step = stride_of(to);
  for (; from < to; from += step) {
    uint64_t w = word_of(p, from, to);
    if (w != 0) return differs_at(from, w);
  }
  return 0;
}
