// What ends an operation before it returns: a failed assertion of the library, and a crash in it. See
// doc.go for an overview.
//
// mid_run guards its steps: where the library stops, the run ends and the process lives on. What the
// library's state is then nobody knows; a reset puts all of it back.

#include "parts.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

sigjmp_buf mid_stop_to;
uint8_t mid_stopped;
bool mid_asserted;

// Whether this OS thread is inside the library: others' signals are not ours.
static _Thread_local volatile bool armed;

// Of the run, zero-terminated: the first assertion that failed, or what stopped the library; and the latest
// assertion.
static char text[1024], latest[1024];

void mid_stops_arm(bool on) { armed = on; }

void mid_stops_reset(void) {
  mid_stopped = 0;
  mid_asserted = false;
  text[0] = 0;
}

const char *mid_stop_text(void) { return text; }

_Noreturn static void stop(uint8_t what) {
  armed = false;
  mid_stopped = what;
  siglongjmp(mid_stop_to, what);
}

// ---- assertions ----

#define FAILED "mimalloc: assertion failed: at \""

// Assertions that are known to be false: the library does no harm beyond them, so that the run can go on. Each
// is a finding in corpus/known, and the Go side has to say in which operations it fails.
static const struct {
  const char *function, *assertion;
} known[] = {
  {"mi_segment_span_free_coalesce", "segment->used == 1"},
  {"mi_os_commitx", "err == 0"},
  {"mi_segment_alloc", "page0!=NULL"},
  {"mi_segment_alloc", "mi_commit_mask_is_empty(&segment->decommit_mask)"},
  {"mi_segment_is_valid", "mi_commit_mask_all_set(&segment->commit_mask, &segment->decommit_mask)"},
  {"mi_segment_ensure_committed", "mi_commit_mask_all_set(&segment->commit_mask, &segment->decommit_mask)"},
  {"mi_segment_commitx", "mi_commit_mask_all_set(&segment->commit_mask, &segment->decommit_mask)"},
  {"mi_segment_commit_mask", "segment->kind != MI_SEGMENT_HUGE"},
  {"mi_manage_os_memory_ex", "is_committed"},
};

// Takes the text of a failed assertion, its path without folders; false if it is none.
bool mid_assertion(const char *s) {
  if (strncmp(s, FAILED, strlen(FAILED)) != 0) return false;
  const char *path = s + strlen(FAILED), *end = strchr(path, '"');
  for (const char *p = path; end != NULL && p < end; p++) {
    if (*p == '/') path = p + 1;
  }
  mid_asserted = true;
  snprintf(latest, sizeof(latest), "%s%s", FAILED, path);
  if (text[0] == 0) memcpy(text, latest, sizeof(text));
  return true;
}

static bool is_known(void) {
  for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
    if (strstr(latest, known[i].function) != NULL && strstr(latest, known[i].assertion) != NULL) return true;
  }
  return false;
}

void mid_abort_for_good(void) {
  if (!armed) {
    fputs(latest, stderr);
    abort();
  }
  if (mid_asserted) {
    memcpy(text, latest, sizeof(text));
    stop(MID_ASSERTION);
  }
  mid_thrown();
  snprintf(text, sizeof(text), "mimalloc: abort\n");
  stop(MID_CRASH);
}

// What the library's abort becomes. It returns for an assertion that is known to be false.
void mid_abort(void) {
  if (!armed || !mid_asserted || !is_known()) mid_abort_for_good();
}

// The library gave a block of its own to the C library, which stops at that, or takes the block for its own.
void mid_foreign_free(void) {
  snprintf(text, sizeof(text), "mimalloc: gave a block of its own to the C library's free\n");
  if (!armed) {
    fputs(text, stderr);
    abort();
  }
  stop(MID_CRASH);
}

// ---- crashes ----

static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};

#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static struct sigaction before[SIGNALS];

// The address as it is in every process: in the simulated memory, near null, or one that says nothing.
static void describe(int sig, const siginfo_t *info) {
  uintptr_t at = (uintptr_t)info->si_addr;
  int n = snprintf(text, sizeof(text), "mimalloc: stopped by signal %d (%s)", sig, strsignal(sig));
  if (at >= MID_BASE && at < MID_BASE + MID_RESERVED) {
    snprintf(text + n, sizeof(text) - (size_t)n, " at 0x%jx of its memory\n", (uintmax_t)(at - MID_BASE));
  } else if (at < 1 << 20) {
    snprintf(text + n, sizeof(text) - (size_t)n, " at 0x%jx, through a null pointer\n", (uintmax_t)at);
  } else {
    snprintf(text + n, sizeof(text) - (size_t)n, " outside its memory\n");
  }
}

// The handlers that were there before are Go's: they get what is not ours.
static void on_signal(int sig, siginfo_t *info, void *context) {
  if (armed) {
    describe(sig, info);
    pthread_sigmask(SIG_SETMASK, &((ucontext_t *)context)->uc_sigmask, NULL);
    stop(MID_CRASH);
  }
  for (size_t i = 0; i < SIGNALS; i++) {
    if (signals[i] != sig) continue;
    if (before[i].sa_flags & SA_SIGINFO) {
      before[i].sa_sigaction(sig, info, context);
    } else {
      sigaction(sig, &before[i], NULL);       // and the instruction that faulted runs again
    }
  }
}

void mid_stops_open(void) {
  static bool opened;
  if (opened) return;
  opened = true;
  struct sigaction ours = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigfillset(&ours.sa_mask);
  for (size_t i = 0; i < SIGNALS; i++) sigaction(signals[i], &ours, &before[i]);
}
