// An engine that calls the entry of a target, and an archive behind it: entry_test.go compiles and runs it.

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t size_a, const uint8_t *b, size_t size_b, uint8_t *out, size_t most,
                                 unsigned seed);

static int inputs, ready;

// Before the engine looks for counters, Go has to have started.
void midiffReady(void) { ready++; }

static int flags(int sig) {
  struct sigaction now;
  sigaction(sig, NULL, &now);
  return now.sa_flags;
}

// By the first input every handler has to be on the alternate stack, as Go demands it, and nothing else changed.
void midiffInput(const char *target, const uint8_t *data, size_t size) {
  assert(strcmp(target, "FuzzThreads") == 0 && size == 3 && memcmp(data, "abc", 3) == 0);
  assert(flags(SIGALRM) == (SA_ONSTACK | SA_RESTART | SA_RESTORER));
  assert(flags(SIGSEGV) == (SA_ONSTACK | SA_SIGINFO | SA_RESTORER));
  assert((flags(SIGUSR1) & SA_ONSTACK) == 0 && (flags(SIGPIPE) & SA_ONSTACK) == 0);
  inputs++;
}

size_t midiffMutate(const char *target, uint8_t *data, size_t size, size_t most, unsigned seed) {
  assert(strcmp(target, "FuzzThreads") == 0 && data[0] == 'a' && size == 3 && most == 8 && seed % 2 == 1);
  return 5;
}

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most) {
  assert(data[0] == 'a' && size == 3 && most == 8);
  return 6;
}

size_t midiffCross(const char *target, const uint8_t *a, size_t size_a, const uint8_t *b, size_t size_b, uint8_t *out,
                   size_t most, unsigned seed) {
  assert(strcmp(target, "FuzzThreads") == 0 && a[0] == 'a' && size_a == 3 && b[0] == 'd' && size_b == 2 && seed == 4);
  memset(out, 'x', most);
  return most;
}

static void on_signal(int sig) { (void)sig; }

static void on_fault(int sig, siginfo_t *info, void *context) {
  (void)sig;
  (void)info;
  (void)context;
}

int main(int argc, char **argv) {
  assert(LLVMFuzzerInitialize(&argc, &argv) == 0 && ready == 1);
  struct sigaction alarm = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  struct sigaction fault = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
  sigaction(SIGALRM, &alarm, NULL);
  sigaction(SIGSEGV, &fault, NULL);
  signal(SIGPIPE, SIG_IGN);
  uint8_t data[8] = "abc";
  assert(LLVMFuzzerTestOneInput(data, 3) == 0 && LLVMFuzzerTestOneInput(data, 3) == 0 && inputs == 2);
  assert(LLVMFuzzerCustomMutator(data, 3, 8, 7) == 5 && LLVMFuzzerCustomMutator(data, 3, 8, 8) == 6);
  uint8_t out[4];
  assert(LLVMFuzzerCustomCrossOver(data, 3, (const uint8_t *)"de", 2, out, 4, 4) == 4 && out[3] == 'x');
  puts("all is called");
  return 0;
}
