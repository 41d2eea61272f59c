// The random numbers of the main heap, made independent of where the library was loaded. See doc.go for an overview.
//
// They are ChaCha20's with a random key, which the simulated system gives, and the state's own address as the nonce.
// The state is found in the library's writable memory by the cipher's constant and its nonce. The source build is treated likewise: library.c.

#include "shared.h"

#include <string.h>

#define MAIN_HEAP 0x1000                      // where the main heap is taken to lie, as in library.c
#define WORDS 16

// As the library has it.
typedef struct chacha {
  uint32_t input[WORDS], output[WORDS];
  int      available;                         // words of output that are not used up
} chacha;

static uint32_t rotl(uint32_t x, unsigned n) { return x << n | x >> (32 - n); }

static void quarter(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d) {
  *a += *b, *d = rotl(*d ^ *a, 16);
  *c += *d, *b = rotl(*b ^ *c, 12);
  *a += *b, *d = rotl(*d ^ *a, 8);
  *c += *d, *b = rotl(*b ^ *c, 7);
}

static void block(const uint32_t in[WORDS], uint32_t out[WORDS]) {
  uint32_t x[WORDS];
  memcpy(x, in, sizeof(x));
  for (int round = 0; round < 20; round += 2) {
    for (int i = 0; i < 4; i++) quarter(&x[i], &x[4 + i], &x[8 + i], &x[12 + i]);
    for (int i = 0; i < 4; i++) quarter(&x[i], &x[4 + (i + 1) % 4], &x[8 + (i + 2) % 4], &x[12 + (i + 3) % 4]);
  }
  for (int i = 0; i < WORDS; i++) out[i] = x[i] + in[i];
}

static bool is_state(const chacha *c) {
  uint64_t nonce = c->input[14] | (uint64_t)c->input[15] << 32;
  return memcmp(c->input, "expand 32-byte k", 16) == 0 && nonce == (uintptr_t)c;
}

// Up to the same place in the stream: the words that were drawn before are gone.
static void seed_anew(chacha *c) {
  uint32_t first[WORDS];
  memcpy(first, c->input, sizeof(first));
  first[12] = c->input[12] - (c->input[12] != 0);
  first[14] = c->input[14] = MAIN_HEAP;
  first[15] = c->input[15] = 0;
  if (c->input[12] != 0) block(first, c->output);
  int drawn = c->input[12] != 0 ? WORDS - c->available : 0;
  memset(c->output, 0, (size_t)drawn * sizeof(c->output[0]));
}

static void pin(void *at, size_t size) {
  for (size_t o = 0; o + sizeof(chacha) <= size; o += 4) {
    chacha *c = (chacha *)((char *)at + o);
    if (is_state(c)) seed_anew(c);
  }
}

void mid_pin_random(void) { mid_image_each(pin); }
