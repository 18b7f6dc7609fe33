// For every processor: what the compiler's own target has, SSE2 on x86-64 and NEON on arm64.
#if defined(__SSE2__)
#include <immintrin.h>
#endif
#include <math.h>
#include <string.h>

#include "kernels.h"

#define PATH generic
#if defined(__ARM_FEATURE_FMA)
#define FMA 1
#endif
#define REGISTER_FLOATS 4
#define TILE_ROWS 6
#define ROW_PANELS 2
#define INT8_ROWS 4
#define BLOCK_DEPTH 256
#define BLOCK_ROWS 1536
#define BLOCK_COLUMNS 128

#include "path.h"
