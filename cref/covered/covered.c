//go:build ccover

// The release build that tells what of it ran. See doc.go for an overview.

#define MID_LIBRARY mid_library_covered
#define MID_PROFILE "2.0"
#define MID_PREFIX  covered_
#define MID_COVERAGE mid_coverage_of_all

#include "library.c"

#include "looks.h"

const mid_coverage MID_COVERAGE = {
  .begin = mid_coverage_begin,
  .look = mid_coverage_look,
  .take = mid_coverage_take,
  .sites = mid_sites,
};
