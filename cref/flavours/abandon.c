// A block of a huge segment that another thread frees gives its memory back at once. See flavours.go
// for an overview.

#define MI_HUGE_PAGE_ABANDON 1

#define MID_LIBRARY mid_library_abandon
#define MID_PROFILE "2.0-abandon"
#define MID_PREFIX  abandon_

#include "library.c"
