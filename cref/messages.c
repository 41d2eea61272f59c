// Error codes and messages of the library. See doc.go for an overview.
//
// Both are part of an operation's result. A message reaches the handler in two pieces, first a
// prefix that tells an error from a warning, then the text.

#include "parts.h"

#include <string.h>

#define ERROR_PREFIX   "mimalloc: error: "
#define WARNING_PREFIX "mimalloc: warning: "

mid_reports mid_reported;

// The latest text: the older half goes when the buffer is full.
static char   text[2048];
static size_t length;

static void keep(const char *s) {
  size_t n = strlen(s);
  size_t half = sizeof(text) / 2;
  if (n >= half) {
    s += n - (half - 1);
    n = half - 1;
  }
  if (length + n >= sizeof(text)) {
    memmove(text, text + length - half, half);
    length = half;
  }
  memcpy(text + length, s, n + 1);
  length += n;
}

static bool begins(const char *s, const char *prefix) {
  return strncmp(s, prefix, strlen(prefix)) == 0;
}

static void count(uint8_t *n) {
  if (*n < UINT8_MAX) ++*n;
}

static void on_output(const char *s, void *arg) {
  (void)arg;
  if (begins(s, ERROR_PREFIX)) count(&mid_reported.errors);
  else if (begins(s, WARNING_PREFIX)) count(&mid_reported.warnings);
  if (!mid_assertion(s)) keep(s);
}

static void on_error(int err, void *arg) {
  (void)arg;
  mid_reported.err = (uint16_t)err;
}

void mid_messages_open(void) {
  mi(register_error)(on_error, NULL);
  mi(register_output)(on_output, NULL);
}

void mid_messages_reset(void) {
  mid_reported = (mid_reports){0};
  length = 0;
  text[0] = 0;
}

const char *mid_message(void) { return text; }
