// All statistics are kept. See flavours.go for an overview.

#define MI_STAT 2

#define MID_LIBRARY mid_library_stats
#define MID_PROFILE "2.0-stats"
#define MID_PREFIX  stats_

#include "library.c"
