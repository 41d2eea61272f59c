
// The largest power of two that an address is a multiple of.
static size_t multiple_of(const void *p) { return p == NULL ? 8 : (uintptr_t)p & -(uintptr_t)p; }
