// Eight bits a weight on processors whose AVX-512 has VNNI: Cascade Lake (2019), Zen 4 (2022) and later.
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "kernels.h"

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c,bmi,bmi2"))), apply_to = function)
#pragma STDC FP_CONTRACT OFF

#define FMA 1
#define REGISTER_FLOATS 16
#define INT8_VNNI 1
#define INT8_ROWS 8

#include "vector.h"
#include "int8.h"

const kernel_panels int8_avx512_vnni = {TILE_COLUMNS, int8_bytes, int8_pack, int8_scratch, int8_multiply};

#pragma clang attribute pop
#endif
