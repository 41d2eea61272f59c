// The system calls of the whole program. See doc.go for an overview.
//
// A library that is opened at run time finds these functions before those of the C library. A thread that is in a
// turn, and so inside the library under test, gets the simulated system; for all others they are what they always
// are: Go's runtime maps its own memory through them, too.

#include "shared.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))

// ---- the real ones ----

static long raw(long number, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

// As the C library's functions tell of errors.
static long told(long result) {
  if (result < 0 && result > -4096) {
    errno = (int)-result;
    return -1;
  }
  return result;
}

// What the C library has by a name that is defined here, too.
static void *real(const char *name) {
  void *f = dlsym(RTLD_NEXT, name);
  if (f == NULL) raw(SYS_exit_group, 127, 0, 0, 0, 0, 0);
  return f;
}

// ---- memory ----

static void *real_map(void *hint, size_t size, int prot, int flags, int fd, long offset) {
  return (void *)told(raw(SYS_mmap, (long)hint, (long)size, prot, flags, fd, offset));
}

static int real_unmap(void *p, size_t size) { return (int)told(raw(SYS_munmap, (long)p, (long)size, 0, 0, 0, 0)); }

EXPORTED void *mmap(void *hint, size_t size, int prot, int flags, int fd, off_t offset) {
  if (mid_in_turn()) return mid_os_mmap(hint, size, prot, flags);
  if (mid_at_once()) return mid_at_once_map(hint, size, prot, flags, fd, offset, real_map);
  return real_map(hint, size, prot, flags, fd, offset);
}

EXPORTED void *mmap64(void *hint, size_t size, int prot, int flags, int fd, off_t offset) {
  return mmap(hint, size, prot, flags, fd, offset);
}

EXPORTED int munmap(void *p, size_t size) {
  if (mid_in_turn()) return mid_os_munmap(p, size);
  if (mid_at_once()) return mid_at_once_unmap(p, size, real_unmap);
  return real_unmap(p, size);
}

EXPORTED int mprotect(void *p, size_t size, int prot) {
  if (mid_in_turn()) return mid_os_mprotect(p, size, prot);
  return (int)told(raw(SYS_mprotect, (long)p, (long)size, prot, 0, 0, 0));
}

EXPORTED int madvise(void *p, size_t size, int advice) {
  if (mid_in_turn()) return mid_os_madvise(p, size, advice);
  return (int)told(raw(SYS_madvise, (long)p, (long)size, advice, 0, 0, 0));
}

// ---- time, files and what the machine is like ----

EXPORTED int clock_gettime(clockid_t clock, struct timespec *t) {
  if (mid_in_turn()) return mid_os_clock(t);
  return (int)told(raw(SYS_clock_gettime, clock, (long)t, 0, 0, 0, 0));
}

// Names of memory and huge pages are no part of the simulated system: it takes any wish and does nothing.
EXPORTED int prctl(int option, ...) {
  va_list args;
  va_start(args, option);
  long a = va_arg(args, long), b = va_arg(args, long), c = va_arg(args, long), d = va_arg(args, long);
  va_end(args);
  if (mid_in_turn()) return 0;
  return (int)told(raw(SYS_prctl, option, a, b, c, d, 0));
}

static long simulated(long number, long a, long b, long c) {
  switch (number) {
  case SYS_open:
  case SYS_openat:
    return mid_os_open_file();
  case SYS_access:
    return mid_os_access_file();
  }
  return mid_os_syscall(number, a, b, c);
}

EXPORTED long syscall(long number, ...) {
  va_list args;
  va_start(args, number);
  long a = va_arg(args, long), b = va_arg(args, long), c = va_arg(args, long), d = va_arg(args, long),
       e = va_arg(args, long), f = va_arg(args, long);
  va_end(args);
  if (mid_in_turn()) return simulated(number, a, b, c);
  return told(raw(number, a, b, c, d, e, f));
}

EXPORTED int open(const char *path, int flags, ...) {
  va_list args;
  va_start(args, flags);
  long mode = va_arg(args, long);
  va_end(args);
  if (mid_in_turn()) return mid_os_open_file();
  return (int)told(raw(SYS_openat, AT_FDCWD, (long)path, flags, mode, 0, 0));
}

EXPORTED int access(const char *path, int mode) {
  if (mid_in_turn()) return mid_os_access_file();
  return (int)told(raw(SYS_access, (long)path, mode, 0, 0, 0, 0));
}

EXPORTED long sysconf(int name) {
  static long (*next)(int);
  if (mid_in_turn()) return name == _SC_PAGESIZE ? mid_os_page_size() : -1;
  if (next == NULL) next = real("sysconf");
  return next(name);
}

#define SIMULATED_RAM (16ull << 30)

EXPORTED int sysinfo(struct sysinfo *info) {
  if (mid_in_turn()) {
    *info = (struct sysinfo){.totalram = SIMULATED_RAM, .mem_unit = 1};
    return 0;
  }
  return (int)told(raw(SYS_sysinfo, (long)info, 0, 0, 0, 0, 0));
}

// ---- thread-specific values ----

EXPORTED int pthread_key_create(pthread_key_t *key, void (*destructor)(void *)) {
  static int (*next)(pthread_key_t *, void (*)(void *));
  if (mid_in_turn()) {
    if (mid_shared_keys.n == MID_KEYS) return EAGAIN;
    mid_shared_keys.destructors[mid_shared_keys.n] = destructor;
    *key = mid_shared_keys.n++;
    return 0;
  }
  if (next == NULL) next = real("pthread_key_create");
  int err = next(key, destructor);
  if (err == 0 && mid_at_once_loading()) mid_at_once_key(*key, destructor);
  return err;
}

EXPORTED int pthread_setspecific(pthread_key_t key, const void *value) {
  static int (*next)(pthread_key_t, const void *);
  if (mid_in_turn()) {
    mid_value_set(key, value);
    return 0;
  }
  if (next == NULL) next = real("pthread_setspecific");
  return next(key, value);
}

EXPORTED void *pthread_getspecific(pthread_key_t key) {
  static void *(*next)(pthread_key_t);
  if (mid_in_turn()) return mid_value(key);
  if (next == NULL) next = real("pthread_getspecific");
  return next(key);
}

// ---- the C library's memory ----

extern void __libc_free(void *);

// A library must not give back here what it made itself: the C library would take it for its own.
EXPORTED void free(void *p) {
  if (mid_in_turn() && (uintptr_t)p - MID_BASE < MID_RESERVED) mid_foreign_free();
  __libc_free(p);
}

// ---- the end ----

EXPORTED _Noreturn void abort(void) {
  if (mid_in_turn()) mid_abort_for_good();
  ((void (*)(void))real("abort"))();
  for (;;) raw(SYS_exit_group, 127, 0, 0, 0, 0, 0);
}
