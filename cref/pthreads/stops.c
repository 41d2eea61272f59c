// Crashes of threads that run at once: what the signal means is noted, and the thread that caused it never moves
// again, so that the process lives to tell. See doc.go for an overview.
//
// What the library has done to its memory by then nobody knows: the process is of no use for further runs. The
// standalone program does not open this, since the sanitizers have handlers of their own.

#define _GNU_SOURCE
#include "run.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

_Thread_local place mid_place;

static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static struct sigaction before[SIGNALS];

// The handlers that were there before get what no thread of a run has caused.
static void on_signal(int sig, siginfo_t *info, void *context) {
  run *r = mid_place.r;
  if (r != NULL) {
    uint64_t none = 0, at = mid_place.result == MID_NO_SLOT ? 0 : mid_place.result + 1;
    atomic_compare_exchange_strong(&r->stopped, &none, (uint64_t)sig << 32 | at);
    for (;;) pause();
  }
  for (size_t i = 0; i < SIGNALS; i++) {
    if (signals[i] != sig) continue;
    if (before[i].sa_flags & SA_SIGINFO) {
      before[i].sa_sigaction(sig, info, context);
    } else {
      sigaction(sig, &before[i], NULL);  // and what caused the signal does so again
    }
  }
}

void mid_pthreads_guard(void) {
  static bool guarded;
  if (guarded) return;
  guarded = true;
  struct sigaction ours = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigfillset(&ours.sa_mask);
  for (size_t i = 0; i < SIGNALS; i++) sigaction(signals[i], &ours, &before[i]);
}
