// Runs: from the pristine state, through one program, and back. See doc.go for an overview.

#include "ops.h"

#include <errno.h>

const mid_library *mid_lib;

static bool used;  // something has run since the last reset

// A build is loaded on the simulated OS, then both are as in every later run: what the start-up took
// from the clock and the random numbers does not matter, the next run begins at their start. The
// build that was in use before is left as it was loaded.
int mid_use(const mid_library *library) {
  if (library == mid_lib) return 0;
  if (mid_lib != NULL && used) mid_reset();
  int err = mid_os_open();
  if (err != 0) return err;
  mid_lib = library;
  if (mid_lib->fresh) mid_os_forget();
  if (!mid_lib->loaded->done) {
    mid_lib->threading->open();
    mid_lib->threading->on(0, mid_messages_open);
    mid_stops_open();
    mid_texts_open();
    mid_lib->snapshot();
    mid_lib->loaded->done = true;
  }
  mid_reset();
  return 0;
}

void mid_used(void) { used = true; }

int mid_begin(const mid_setup *s, const mid_fault *faults, size_t nfaults) {
  if (used) mid_reset();
  if (s->threads > MID_MAX_THREADS || !mid_os_plan(faults, nfaults)) return EINVAL;
  mid_ops_begin();
  mid_deferred_begin();
  mid_news_begin();
  if (mid_lib->coverage != NULL) mid_lib->coverage->begin();
  int err = mid_slots_begin(s);
  if (err == 0) mid_used();
  return err;
}

// The library asks the OS how many segments there were, so that it comes first.
void mid_reset(void) {
  mid_lib->reset();
  mid_lib->threading->reset();
  mid_os_reset();
  mid_messages_reset();
  mid_stops_reset();
  used = false;
}

// ---- coverage ----

size_t mid_covered(uint16_t *out, size_t room, size_t *sites) {
  *sites = 0;
  return mid_lib->coverage != NULL ? mid_lib->coverage->take(out, room, sites) : 0;
}

const uintptr_t *mid_sites_of(size_t *n) {
  *n = 0;
  return mid_lib->coverage != NULL ? mid_lib->coverage->sites(n) : NULL;
}

// ---- the build in use ----

const char *mid_library_profile(const mid_library *library) { return library->profile; }

const char *mid_static_name(unsigned i) { return mid_lib->static_name(i); }
size_t mid_static_size(unsigned i) { return mid_lib->static_size(i); }
bool mid_static_differs(unsigned i) { return mid_lib->static_differs(i); }

uint64_t mid_fingerprint(void) {
  return mid_lib->statics_hash(mid_os_fingerprint() ^ mid_lib->threading->fingerprint() * 3);
}

const mid_constant *mid_constants(unsigned i) { return mid_lib->constants(i); }
size_t mid_bin_size(unsigned bin) { return mid_lib->bin_size(bin); }
size_t mid_span_bin_slices(unsigned bin) { return mid_lib->span_bin_slices(bin); }
const char *mid_option_name(unsigned i) { return mid_lib->option_name(i); }
int64_t mid_option_default(unsigned i) { return mid_lib->option_default(i); }
void mid_option_put(unsigned i, int64_t value) { mid_lib->option_put(i, value); }
size_t mid_state_dump(mid_entry *out, size_t room) { return mid_lib->state_dump(out, room); }
size_t mid_stats_dump(mid_entry *out, size_t room) { return mid_lib->stats_dump(out, room); }
