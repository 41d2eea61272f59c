// Runs: from the pristine state, through one program, and back. See doc.go for an overview.

#include "parts.h"

#include <errno.h>

static bool used;  // something has run since the last reset

// The library is loaded on the simulated OS, then both are as in every later run: what the start-up
// took from the clock and the random numbers does not matter, the next run begins at their start.
int mid_open(void) {
  int err = mid_os_open();
  if (err != 0) return err;
  mid_threads_open();
  mid_messages_open();
  mid_library_snapshot();
  mid_reset();
  return 0;
}

void mid_used(void) { used = true; }

int mid_begin(const mid_setup *s, const mid_fault *faults, size_t nfaults) {
  if (used) mid_reset();
  if (s->threads > MID_MAX_THREADS || !mid_os_plan(faults, nfaults)) return EINVAL;
  int err = mid_slots_begin(s);
  if (err == 0) mid_used();
  return err;
}

void mid_reset(void) {
  mid_library_reset();
  mid_threads_reset();
  mid_os_reset();
  mid_messages_reset();
  used = false;
}
