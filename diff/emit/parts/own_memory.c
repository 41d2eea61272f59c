
// Memory of the program for an arena, at a multiple of 32 MiB.
static void *take(size_t size, bool committed) {
  static uintptr_t hint = (uintptr_t)10 << 40;
  int access = committed ? PROT_READ | PROT_WRITE : PROT_NONE;
  void *p = mmap((void *)hint, size, access, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  hint += (size + ((32 << 20) - 1)) / (32 << 20) * (32 << 20);
  if (p != MAP_FAILED && (uintptr_t)p % (32 << 20) != 0) {
    fprintf(stderr, "%s: the system gives no aligned memory here\n", __FILE__);
    _exit(2);
  }
  return p != MAP_FAILED ? p : NULL;
}
