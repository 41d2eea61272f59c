// The builds that Go registers. See flavours.go for an overview.

#ifndef MID_FLAVOURS_H
#define MID_FLAVOURS_H

typedef struct mid_library mid_library;

extern const mid_library mid_library_abandon;
extern const mid_library mid_library_stats;
extern const mid_library mid_library_secure;
extern const mid_library mid_library_padded;
extern const mid_library mid_library_checked;

#endif
