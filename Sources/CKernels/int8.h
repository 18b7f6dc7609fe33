// Products with a matrix of eight bits a weight: w ≈ scale·q with a scale for every 32 inputs of an output. Rows x are rounded
// likewise when they come, to sixteen bits, so that a block's sum is one of whole numbers, which is exact: the same on every path.
//
// A path's file says by INT8_ROWS how many rows' sums fit its registers together.
//
// Panels: [blocks of 32 inputs][groups][TILE_COLUMNS outputs][INT8_GROUP inputs] of whole numbers, each block followed by
// TILE_COLUMNS scales. What is beyond the inputs is 0.

#define INT8_BLOCK 32
// Inputs that an instruction adds up.
#define INT8_GROUP 2

typedef int32_t ints __attribute__((ext_vector_type(REGISTER_FLOATS)));

INLINE ptrdiff_t int8_blocks(ptrdiff_t inputs) { return (inputs + INT8_BLOCK - 1) / INT8_BLOCK; }
#define INT8_BLOCK_BYTES (TILE_COLUMNS * (INT8_BLOCK + 4))

static ptrdiff_t int8_bytes(ptrdiff_t inputs) { return int8_blocks(inputs) * INT8_BLOCK_BYTES; }

// The scale of up to 32 numbers, and the whole numbers nearest to the numbers over it, −levels to levels. Numbers too small for
// a scale count as 0; with one that is not finite the scale is not a number.
INLINE float quantize(const float *x, ptrdiff_t count, float levels, int16_t q[INT8_BLOCK]) {
    typedef int16_t halves __attribute__((ext_vector_type(16)));
    const vec parts[] = {load_part(x, count), count > 16 ? load_part(x + 16, count - 16) : splat(0)};
    vec sizes = splat(0), finite = splat(0);
    for (int i = 0; i < 2; i++) {
        const vec size = parts[i] < 0.0f ? -parts[i] : parts[i];
        sizes = greater(sizes, size);
        finite += size - size;
    }
    const float most = greatest(sizes);
    const bool counts = most >= 1e-30f;
    const float inverse = counts ? levels / most : 0;
    for (int i = 0; i < 2; i++) {
        // Adding 1.5·2^23 rounds to the nearest whole number, ties to even, and leaves it in the lowest bits.
        const halves whole = __builtin_convertvector(bits_of(parts[i] * inverse + 12582912.0f), halves);
        memcpy(q + 16 * i, &whole, sizeof whole);
    }
    return sum(finite) == 0 ? (counts ? most / levels : 0) : __builtin_nanf("");
}

static void int8_pack(const float *w, ptrdiff_t w_row, ptrdiff_t outputs, ptrdiff_t inputs, ptrdiff_t panel, void *target) {
    int8_t *block = target;
    for (ptrdiff_t first = 0; first < inputs; first += INT8_BLOCK, block += INT8_BLOCK_BYTES) {
        float scales[TILE_COLUMNS] = {0};
        memset(block, 0, INT8_BLOCK_BYTES);
        for (ptrdiff_t i = 0; i < TILE_COLUMNS && panel * TILE_COLUMNS + i < outputs; i++) {
            int16_t q[INT8_BLOCK];
            scales[i] = quantize(w + (panel * TILE_COLUMNS + i) * w_row + first, least(INT8_BLOCK, inputs - first), 127, q);
            for (int l = 0; l < INT8_BLOCK; l++)
                block[(l / INT8_GROUP * TILE_COLUMNS + i) * INT8_GROUP + l % INT8_GROUP] = (int8_t)q[l];
        }
        memcpy(block + TILE_COLUMNS * INT8_BLOCK, scales, sizeof scales);
    }
}

// A block of a row of x: its whole numbers, −32,767 to 32,767, and their scale.
typedef struct {
    int16_t q[INT8_BLOCK];
    float scale;
} int8_row_block;

static ptrdiff_t int8_scratch(ptrdiff_t rows, ptrdiff_t inputs) {
    return rows * int8_blocks(inputs) * (ptrdiff_t)sizeof(int8_row_block) + INT8_ROWS * TILE_COLUMNS * 4;
}

// A register of weights, widened to sixteen bits, and sum + Σ over a pair of inputs of w·x for each output of a register.
typedef int16_t int8_weights __attribute__((ext_vector_type(2 * REGISTER_FLOATS)));
INLINE int8_weights int8_load(const char *p) {
    int8_t __attribute__((ext_vector_type(2 * REGISTER_FLOATS))) w;
    memcpy(&w, p, sizeof w);
    return __builtin_convertvector(w, int8_weights);
}
INLINE ints int8_add(ints sum, int8_weights w, const int16_t *x) {
    int32_t pair;
    memcpy(&pair, x, sizeof pair);
#if INT8_VNNI
    return (ints)_mm512_dpwssd_epi32((__m512i)sum, (__m512i)w, _mm512_set1_epi32(pair));
#elif REGISTER_FLOATS == 16
    return sum + (ints)_mm512_madd_epi16((__m512i)w, _mm512_set1_epi32(pair));
#elif REGISTER_FLOATS == 8
    return sum + (ints)_mm256_madd_epi16((__m256i)w, _mm256_set1_epi32(pair));
#elif defined(__SSE2__)
    return sum + (ints)_mm_madd_epi16((__m128i)w, _mm_set1_epi32(pair));
#else
    return sum + __builtin_convertvector(w.even, ints) * (int32_t)x[0] + __builtin_convertvector(w.odd, ints) * (int32_t)x[1];
#endif
}

// y[rows, TILE_COLUMNS] of one panel; `rows` is known to the compiler.
INLINE void int8_tile(
    ptrdiff_t rows, const int8_row_block *x, ptrdiff_t x_row, const char *panel, ptrdiff_t blocks, float *y, ptrdiff_t y_row) {
    for (ptrdiff_t block = 0; block < blocks; block++, panel += INT8_BLOCK_BYTES) {
        ints sums[INT8_ROWS][2];
        UNROLL for (ptrdiff_t r = 0; r < rows; r++)
            UNROLL for (ptrdiff_t j = 0; j < 2; j++) sums[r][j] = (ints)0;
        for (ptrdiff_t byte = 0; byte < INT8_BLOCK_BYTES; byte += 128) fetch_rows(panel + AHEAD + byte, 128);
        // Not unrolled, or the weights of many groups would be held at once, in memory.
#pragma clang loop unroll(disable)
        for (ptrdiff_t g = 0; g < INT8_BLOCK / INT8_GROUP; g++) {
            int8_weights w[2];
            UNROLL for (ptrdiff_t j = 0; j < 2; j++)
                w[j] = int8_load(panel + (g * TILE_COLUMNS + j * REGISTER_FLOATS) * INT8_GROUP);
            UNROLL for (ptrdiff_t r = 0; r < rows; r++)
                UNROLL for (ptrdiff_t j = 0; j < 2; j++)
                    sums[r][j] = int8_add(sums[r][j], w[j], x[r * x_row + block].q + INT8_GROUP * g);
        }
        const float *scales = (const float *)(panel + TILE_COLUMNS * INT8_BLOCK);
        UNROLL for (ptrdiff_t r = 0; r < rows; r++)
            UNROLL for (ptrdiff_t j = 0; j < 2; j++) {
                float *target = y + r * y_row + j * REGISTER_FLOATS;
                const reg scale = load_reg(scales + j * REGISTER_FLOATS) * x[r * x_row + block].scale;
                store_reg(add_product_reg(load_reg(target), __builtin_convertvector(sums[r][j], reg), scale), target);
            }
    }
}

#define INT8_TILE_CASE(count)                                                             \
    case count:                                                                           \
        if (count <= INT8_ROWS) return int8_tile(count, x, x_row, panel, blocks, y, y_row); \
        __builtin_unreachable();

INLINE void int8_tile_of(
    ptrdiff_t rows, const int8_row_block *x, ptrdiff_t x_row, const char *panel, ptrdiff_t blocks, float *y, ptrdiff_t y_row) {
    switch (rows) {
        INT8_TILE_CASE(1) INT8_TILE_CASE(2) INT8_TILE_CASE(3) INT8_TILE_CASE(4)
        INT8_TILE_CASE(5) INT8_TILE_CASE(6) INT8_TILE_CASE(7) INT8_TILE_CASE(8)
    }
}

static void int8_multiply(
    const float *x, ptrdiff_t x_row, ptrdiff_t rows, const void *panels, ptrdiff_t outputs, ptrdiff_t inputs, ptrdiff_t first,
    ptrdiff_t end, float *y, ptrdiff_t y_row, bool accumulating, void *scratch) {
    const ptrdiff_t blocks = int8_blocks(inputs);
    int8_row_block *quantized = scratch;
    float *whole = (float *)(quantized + rows * blocks);
    for (ptrdiff_t row = 0; row < rows; row++)
        for (ptrdiff_t b = 0; b < blocks; b++) {
            int8_row_block *block = quantized + row * blocks + b;
            block->scale = quantize(x + row * x_row + b * INT8_BLOCK, least(INT8_BLOCK, inputs - b * INT8_BLOCK), 32767, block->q);
        }
    const ptrdiff_t group = share(rows, INT8_ROWS, 1);
    for (ptrdiff_t panel = first; panel < end; panel++) {
        const char *bytes = (const char *)panels + panel * int8_bytes(inputs);
        const ptrdiff_t columns = least(TILE_COLUMNS, outputs - panel * TILE_COLUMNS);
        for (ptrdiff_t row = 0; row < rows; row += group) {
            const ptrdiff_t count = least(group, rows - row);
            const int8_row_block *a = quantized + row * blocks;
            float *target = y + row * y_row + panel * TILE_COLUMNS;
            for (ptrdiff_t r = 0; r < count; r++)
                for (ptrdiff_t i = 0; i < TILE_COLUMNS; i++)
                    whole[r * TILE_COLUMNS + i] = accumulating && i < columns ? target[r * y_row + i] : 0;
            int8_tile_of(count, a, blocks, bytes, blocks, whole, TILE_COLUMNS);
            for (ptrdiff_t r = 0; r < count; r++)
                memcpy(target + r * y_row, whole + r * TILE_COLUMNS, (size_t)columns * sizeof *whole);
        }
    }
}
