// Debug level 1: padding behind each block, patterns in free memory, statistics, double frees found, and the
// assertions about the caller. See flavours.go for an overview.

#define MI_DEBUG 1

#define MID_LIBRARY mid_library_padded
#define MID_PROFILE "2.0-padded"
#define MID_PREFIX  padded_

#include "library.c"
