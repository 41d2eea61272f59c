
// The strings that are copied: ends of one long string.
#define TEXT_BYTES ((size_t)2 << 18)
static _Alignas(2) char long_text[TEXT_BYTES + 2];

static const char *text(size_t n) {
  for (size_t i = 0; i < TEXT_BYTES && long_text[0] == 0; i++) long_text[TEXT_BYTES - 1 - i] = (char)(1 + i % 255);
  return long_text + TEXT_BYTES - n;
}
//@ wide

static const unsigned short *wide_text(size_t n) { return (const unsigned short *)(const void *)text(2 * n); }
//@ end
