// What libFuzzer calls, for the target that TARGET names. See ../main.go for an overview.

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#ifndef TARGET
#error "compile this with -DTARGET=FuzzThreads or another of the targets"
#endif
#define STRING(x) #x
#define NAME(x) STRING(x)

// The archive's.
void midiffReady(void);
void midiffInput(const char *target, const uint8_t *data, size_t size);
size_t midiffMutate(const char *target, uint8_t *data, size_t size, size_t most, unsigned seed);
size_t midiffCross(const char *target, const uint8_t *a, size_t size_a, const uint8_t *b, size_t size_b, uint8_t *out,
                   size_t most, unsigned seed);

// Leaks are not looked for: Go's heap is not scanned, so that all that only Go refers to would be one.
const char *__asan_default_options(void) { return "detect_leaks=0"; }

// Go's stacks are too small for a signal handler, so that every one has to ask for the alternate stack: libFuzzer's
// do not in all versions (golang/go#49075). Its own handlers are there by the time of the first input.
static void to_alternate_stack(void) {
  for (int sig = 1; sig < NSIG; sig++) {
    struct sigaction now;
    if (sigaction(sig, NULL, &now) != 0 || now.sa_handler == SIG_DFL || now.sa_handler == SIG_IGN) continue;
    if (now.sa_flags & SA_ONSTACK) continue;
    now.sa_flags |= SA_ONSTACK;
    sigaction(sig, &now, NULL);
  }
}

// Go starts beside main: libFuzzer looks which counters there are as soon as this returns, and Go's must be among them.
int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc, (void)argv;
  midiffReady();
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static int called;
  if (!called) to_alternate_stack();
  called = 1;
  midiffInput(NAME(TARGET), data, size);
  return 0;
}

#ifdef PROGRAMS  // the target's inputs are programs, which can be changed by what they mean

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);

// Every other time by bytes, which may reach what no mutation of programs does.
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed) {
  if (seed % 2 == 0) return LLVMFuzzerMutate(data, size, most);
  return midiffMutate(NAME(TARGET), data, size, most, seed);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t size_a, const uint8_t *b, size_t size_b, uint8_t *out, size_t most,
                                 unsigned seed) {
  return midiffCross(NAME(TARGET), a, size_a, b, size_b, out, most, seed);
}

#endif
