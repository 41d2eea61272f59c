// Hardened: random encoded free lists, guard pages, double frees found. See flavours.go for an overview.

#define MI_SECURE 4

#define MID_LIBRARY mid_library_secure
#define MID_PROFILE "2.0-secure"
#define MID_PREFIX  secure_

#include "library.c"
