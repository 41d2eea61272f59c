// ---- the operating system, as far as mimalloc asks it: the linker prefers what is here ----

enum { MMAP, MUNMAP, MPROTECT, MADVISE, CLOCK, RANDOM, KINDS };

static struct { int kind, from, to, error; } planned[MOST_FAULTS];  //@faults
static int n_planned;  //@faults
static int calls[KINDS];
static size_t mapped;  // bytes  //@mapped
static bool refused;   // memory was refused since the last check
static long now = 1000;  // milliseconds

//@ faults
// The n-th call of a kind from here on fails; lasting: and all after it.
static void fail(int kind, int n, int error, bool lasting) {
  planned[n_planned].kind = kind;
  planned[n_planned].from = calls[kind] + n;
  planned[n_planned].to = lasting ? INT_MAX : calls[kind] + n;
  planned[n_planned++].error = error;
}

//@ end
static bool fails(int kind) {
  calls[kind]++;
//@ faults
  for (int i = 0; i < n_planned; i++) {
    if (planned[i].kind != kind || calls[kind] < planned[i].from || calls[kind] > planned[i].to) continue;
    errno = planned[i].error;
    if (kind == MMAP || kind == MPROTECT) refused = true;
    return true;
  }
//@ end
  return false;
}

//@ random
#ifndef __x86_64__
#error "a call for random numbers is to fail, which this file can do on x86-64 only"
#endif

// Random numbers are asked for by a system call without a name, so that all of those come here.
long syscall(long number, ...) {
  if (number == SYS_getrandom && fails(RANDOM)) return -1;
  long a[6], result;
  va_list rest;
  va_start(rest, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(rest, long);
  va_end(rest);
  register long r10 __asm__("r10") = a[3], r8 __asm__("r8") = a[4], r9 __asm__("r9") = a[5];
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  if (result >= 0 || result < -4095) return result;
  errno = (int)-result;
  return -1;
}

//@ end
void *mmap(void *hint, size_t size, int access, int flags, int file, off_t offset) {
  if (fails(MMAP)) return MAP_FAILED;
  void *p = (void *)syscall(SYS_mmap, hint, size, access, flags, file, offset);
  if (p == MAP_FAILED) refused = true;
  else mapped += size;  //@mapped
  return p;
}

int munmap(void *p, size_t size) {
  if (fails(MUNMAP)) return -1;
  mapped -= size;  //@mapped
  return (int)syscall(SYS_munmap, p, size);
}

int mprotect(void *p, size_t size, int access) {
  return fails(MPROTECT) ? -1 : (int)syscall(SYS_mprotect, p, size, access);
}

int madvise(void *p, size_t size, int advice) {
  return fails(MADVISE) ? -1 : (int)syscall(SYS_madvise, p, size, advice);
}

// Time stands still, but where the program lets it pass.
int clock_gettime(clockid_t clock, struct timespec *t) {
  (void)clock;
  *t = (struct timespec){0};
  if (fails(CLOCK)) return -1;
  t->tv_sec = now / 1000;
  t->tv_nsec = now % 1000 * 1000000;
  return 0;
}

