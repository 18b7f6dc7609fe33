// For processors with AVX2 and FMA: Haswell (2013), Zen (2017) and later.
#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "kernels.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,bmi,bmi2"))), apply_to = function)

#define PATH avx2
#define FMA 1
#define REGISTER_FLOATS 8
// Twelve sums, two vectors of b and a number of a fill the sixteen registers.
#define TILE_ROWS 6
#define ROW_PANELS 4
#define INT8_ROWS 6
// A panel of a takes a third of a first-level cache of 32 KiB, a block of b half of a second-level one of 512 KiB.
#define BLOCK_DEPTH 384
#define BLOCK_ROWS 1536
#define BLOCK_COLUMNS 160

#include "path.h"

#pragma clang attribute pop
#endif
