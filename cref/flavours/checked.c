// Debug level 3: as level 1, and the library asserts of itself all it can, after every step. See flavours.go
// for an overview.

#define MI_DEBUG 3

#define MID_LIBRARY mid_library_checked
#define MID_PROFILE "2.0-checked"
#define MID_PREFIX  checked_

#include "library.c"
