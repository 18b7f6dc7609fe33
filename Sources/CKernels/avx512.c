// For processors with AVX-512 (F, BW, DQ, VL): Skylake-SP (2017), Zen 4 (2022) and later. With VNNI, eight bits a
// weight are in avx512_vnni.c.
#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <string.h>

#include "kernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c,bmi,bmi2"))), apply_to = function)

#define PATH avx512
#define FMA 1
#define REGISTER_FLOATS 16
// 24 sums, two vectors of b and a number of a fill the 32 registers but five.
#define TILE_ROWS 12
#define ROW_PANELS 4
#define INT8_ROWS 8
// A panel of a takes about half of a first-level cache of 48 KiB, a block of b half of a second-level one of 1 MiB.
#define BLOCK_DEPTH 576
#define BLOCK_ROWS 1536
#define BLOCK_COLUMNS 256

#include "path.h"

#pragma clang attribute pop
#endif
