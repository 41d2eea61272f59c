// Contents of blocks. See doc.go for an overview.
//
// Word i of a block holds id*A + (i+1)*B, so that a word that moved, and a word of another block,
// are both seen. Blocks up to 64 KiB are covered in full, tail included; of larger ones the first
// and the last 4 KiB, and one word at every multiple of a stride between them; and what stale_span tells, which is
// not looked at. The Go side has the same rule.

#include "parts.h"

#include <string.h>

#define A 0x9e3779b97f4a7c15ull
#define B 0xd1b54a32d192ed03ull

#define EDGE       4096u
#define FULL       (64u << 10)
#define MIDDLE     (16u << 20)   // blocks up to this have the small stride
#define SMALL_STEP 4096u
#define LARGE_STEP (64u << 10)

// A run of bytes that a stamp covers: words from first, every step bytes, below end. The last one
// may be cut short by the end.
typedef struct span {
  uint64_t first, step, end;
} span;

// The spans of a block, clipped to limit. Returns how many there are, at most 3.
static int spans_of(uint64_t usable, uint64_t limit, span out[3]) {
  if (usable <= FULL) {
    out[0] = (span){0, 8, limit < usable ? limit : usable};
    return 1;
  }
  uint64_t words_end = usable & ~(uint64_t)7, last = words_end - EDGE;
  uint64_t step = usable <= MIDDLE ? SMALL_STEP : LARGE_STEP;
  out[0] = (span){0, 8, EDGE};
  out[1] = (span){step, step, last};
  out[2] = (span){last, 8, words_end};
  for (int i = 0; i < 3; i++) {
    if (out[i].end > limit) out[i].end = limit;
  }
  return 3;
}

static uint64_t word_at(uint32_t id, uint64_t offset) {
  return id * A + (offset / 8 + 1) * B;
}

static uint64_t load(const uint8_t *p) {
  uint64_t w;
  memcpy(&w, p, 8);
  return w;
}

// Dense spans are where nearly all the time goes: eight words at a time, in two wide registers or, on machines
// without, in four.
typedef uint64_t four __attribute__((vector_size(32)));
#define STRIDE 64u
#define ALWAYS static inline __attribute__((always_inline))

// Writes words from w on over whole strides of [p, end). Returns how many bytes it wrote.
ALWAYS uint64_t stamp_any(uint8_t *p, const uint8_t *end, uint64_t w, uint64_t add) {
  const uint8_t *begin = p;
  four v0 = {w, w + add, w + 2 * add, w + 3 * add}, v1 = v0 + 4 * add;
  for (; (size_t)(end - p) >= STRIDE; p += STRIDE) {
    memcpy(p, &v0, 32);
    memcpy(p + 32, &v1, 32);
    v0 += 8 * add, v1 += 8 * add;
  }
  return (uint64_t)(p - begin);
}

// Compares whole strides of [p, end) with words from w on. Returns how many bytes it looked at;
// *wrong gets a bit for every one that differs.
ALWAYS uint64_t check_any(const uint8_t *p, const uint8_t *end, uint64_t w, uint64_t add, uint64_t *wrong) {
  const uint8_t *begin = p;
  four v0 = {w, w + add, w + 2 * add, w + 3 * add}, v1 = v0 + 4 * add;
  four x0 = {0}, x1 = {0}, got;
  for (; (size_t)(end - p) >= STRIDE; p += STRIDE) {
    memcpy(&got, p, 32);
    x0 |= got ^ v0;
    memcpy(&got, p + 32, 32);
    x1 |= got ^ v1;
    v0 += 8 * add, v1 += 8 * add;
  }
  x0 |= x1;
  *wrong |= x0[0] | x0[1] | x0[2] | x0[3];
  return (uint64_t)(p - begin);
}

static uint64_t stamp_narrow(uint8_t *p, const uint8_t *end, uint64_t w, uint64_t add) {
  return stamp_any(p, end, w, add);
}

static uint64_t check_narrow(const uint8_t *p, const uint8_t *end, uint64_t w, uint64_t add, uint64_t *wrong) {
  return check_any(p, end, w, add, wrong);
}

#ifdef __x86_64__
__attribute__((target("avx2")))
static uint64_t stamp_wide(uint8_t *p, const uint8_t *end, uint64_t w, uint64_t add) {
  return stamp_any(p, end, w, add);
}

__attribute__((target("avx2")))
static uint64_t check_wide(const uint8_t *p, const uint8_t *end, uint64_t w, uint64_t add, uint64_t *wrong) {
  return check_any(p, end, w, add, wrong);
}
#define WIDE(p, end) ((size_t)((end) - (p)) >= 4 * STRIDE && __builtin_cpu_supports("avx2"))
#else
#define stamp_wide      stamp_narrow
#define check_wide      check_narrow
#define WIDE(p, end)    false
#endif

static uint64_t stamp_strides(uint8_t *p, const uint8_t *end, uint64_t w, uint64_t add) {
  return WIDE(p, end) ? stamp_wide(p, end, w, add) : stamp_narrow(p, end, w, add);
}

static uint64_t check_strides(const uint8_t *p, const uint8_t *end, uint64_t w, uint64_t add, uint64_t *wrong) {
  return WIDE(p, end) ? check_wide(p, end, w, add, wrong) : check_narrow(p, end, w, add, wrong);
}

static void stamp_span(uint8_t *p, span s, uint64_t w, uint64_t add) {
  uint64_t o = s.first;
  if (s.step == 8 && o < s.end) {
    uint64_t done = stamp_strides(p + o, p + s.end, w, add);
    o += done;
    w += done / 8 * add;
  }
  for (; o + 8 <= s.end; o += s.step, w += add) memcpy(p + o, &w, 8);
  if (o < s.end) memcpy(p + o, &w, s.end - o);
}

// A huge block lies across places where the header of another segment may come to be when it is gone, and what
// such a header keeps is stamped, too. The n-th span of that kind below end; false for none.
static bool stale_span(const void *p, uint64_t n, uint64_t end, span *out) {
  uint64_t at = ((uintptr_t)p + MID_SEGMENT - 1) / MID_SEGMENT * MID_SEGMENT - (uintptr_t)p + n * MID_SEGMENT;
  uint64_t stop = (at + MID_STALE_TO + 7) & ~(uint64_t)7;
  *out = (span){(at + MID_STALE_FROM) & ~(uint64_t)7, 8, stop < end ? stop : end};
  return out->first < end;
}

void mid_stamp(void *block, uint64_t usable, uint32_t id) {
  span s[3];
  int n = spans_of(usable, usable, s);
  for (int i = 0; i < n; i++) stamp_span(block, s[i], word_at(id, s[i].first), s[i].step / 8 * B);
  if (usable <= FULL) return;
  for (uint64_t k = 0; stale_span(block, k, usable & ~(uint64_t)7, &s[0]); k++) {
    stamp_span(block, s[0], word_at(id, s[0].first), B);
  }
}

// Offset of the first byte in which the two words differ, plus 1.
static uint64_t first_difference(uint64_t offset, uint64_t x) {
  return offset + (unsigned)__builtin_ctzll(x) / 8 + 1;
}

// The slow half of check: which byte it was.
static uint64_t locate(const uint8_t *p, span s, uint64_t w, uint64_t add) {
  uint64_t o = s.first;
  for (; o + 8 <= s.end; o += s.step, w += add) {
    if (load(p + o) != w) return first_difference(o, load(p + o) ^ w);
  }
  if (o >= s.end) return 0;
  uint64_t got = w;
  memcpy(&got, p + o, s.end - o);
  return got == w ? 0 : first_difference(o, got ^ w);
}

// Compares a span with words w, w+add, ... First all of it without a branch per word, which is what
// nearly every check needs.
static uint64_t check(const uint8_t *p, span s, uint64_t w, uint64_t add) {
  uint64_t o = s.first, next = w, wrong = 0;
  if (s.step == 8 && o < s.end) {
    uint64_t done = check_strides(p + o, p + s.end, w, add, &wrong);
    o += done;
    next += done / 8 * add;
  }
  for (; o + 8 <= s.end; o += s.step, next += add) wrong |= load(p + o) ^ next;
  if (o < s.end) wrong = 1;  // a cut word: rare enough to leave to the careful half
  return wrong == 0 ? 0 : locate(p, s, w, add);
}

uint64_t mid_stamp_check(const void *block, uint64_t usable, uint32_t id, uint64_t limit) {
  span s[3];
  int n = spans_of(usable, limit, s);
  uint64_t bad = 0;
  for (int i = 0; i < n && bad == 0; i++) {
    bad = check(block, s[i], word_at(id, s[i].first), s[i].step / 8 * B);
  }
  return bad;
}

uint64_t mid_zero_check(const void *block, uint64_t usable) {
  span s[3];
  int n = spans_of(usable, usable, s);
  uint64_t bad = 0;
  for (int i = 0; i < n && bad == 0; i++) bad = check(block, s[i], 0, 0);
  return bad;
}

uint64_t mid_zero_range(const void *block, uint64_t from, uint64_t to) {
  const uint8_t *p = block;
  uint64_t o = from;
  for (; o < to && o % 8 != 0; o++) {
    if (p[o] != 0) return o + 1;
  }
  return o < to ? check(p, (span){o, 8, to}, 0, 0) : 0;
}
