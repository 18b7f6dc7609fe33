// Products with a matrix of eight bits a weight: w ≈ scale·q with a scale for every 32 inputs of an output, and rows x
// rounded likewise when they come, so that a block's sum is one of whole numbers, which is exact: the same on every path.
//
// A path's file says by INT8_ROWS how many rows' sums fit its registers together.
//
// Panels: [blocks of 32 inputs][8 groups][TILE_COLUMNS outputs][4 inputs] of whole numbers, each block followed by
// TILE_COLUMNS scales. What is beyond the inputs is 0.

#define INT8_BLOCK 32
typedef int32_t ints __attribute__((ext_vector_type(REGISTER_FLOATS)));

INLINE ptrdiff_t int8_blocks(ptrdiff_t inputs) { return (inputs + INT8_BLOCK - 1) / INT8_BLOCK; }
#define INT8_BLOCK_BYTES (TILE_COLUMNS * (INT8_BLOCK + 4))

static ptrdiff_t int8_bytes(ptrdiff_t inputs) { return int8_blocks(inputs) * INT8_BLOCK_BYTES; }

// The scale of up to 32 numbers, and the whole numbers nearest to the numbers over it, −127 to 127. Numbers too small for a
// scale count as 0; with one that is not finite the scale is not a number.
INLINE float quantize(const float *x, ptrdiff_t count, int8_t *q, ptrdiff_t group_apart) {
    float greatest = 0;
    for (ptrdiff_t i = 0; i < count; i++) {
        const float size = __builtin_fabsf(x[i]);
        greatest = !(size <= 3.4028235e38f) ? __builtin_nanf("") : size > greatest ? size : greatest;
        if (greatest != greatest) break;
    }
    const bool counts = greatest >= 1e-30f;
    const float inverse = counts ? 127 / greatest : 0;
    for (ptrdiff_t i = 0; i < INT8_BLOCK; i++) {
        // Adding 1.5·2^23 rounds to the nearest whole number, ties to even, and leaves it in the lowest bits.
        const float shifted = (i < count ? x[i] * inverse : 0) + 12582912.0f;
        int32_t bits;
        memcpy(&bits, &shifted, sizeof bits);
        q[i / 4 * group_apart + i % 4] = counts ? (int8_t)bits : 0;
    }
    return greatest != greatest ? greatest : counts ? greatest / 127 : 0;
}

static void int8_pack(const float *w, ptrdiff_t w_row, ptrdiff_t outputs, ptrdiff_t inputs, ptrdiff_t panel, void *target) {
    int8_t *block = target;
    for (ptrdiff_t first = 0; first < inputs; first += INT8_BLOCK, block += INT8_BLOCK_BYTES) {
        float scales[TILE_COLUMNS] = {0};
        memset(block, 0, INT8_BLOCK_BYTES);
        for (ptrdiff_t i = 0; i < TILE_COLUMNS && panel * TILE_COLUMNS + i < outputs; i++)
            scales[i] = quantize(
                w + (panel * TILE_COLUMNS + i) * w_row + first, least(INT8_BLOCK, inputs - first), block + 4 * i, 4 * TILE_COLUMNS);
        memcpy(block + TILE_COLUMNS * INT8_BLOCK, scales, sizeof scales);
    }
}

// A block of a row of x: its whole numbers and their scale.
typedef struct {
    int8_t q[INT8_BLOCK];
    float scale;
    // −128 times the sum of the whole numbers.
    int32_t offset;
} int8_row_block;

static ptrdiff_t int8_scratch(ptrdiff_t rows, ptrdiff_t inputs) {
    return rows * int8_blocks(inputs) * (ptrdiff_t)sizeof(int8_row_block) + INT8_ROWS * TILE_COLUMNS * 4;
}

// sum + Σ over a group's four inputs of w·x for each output of a register; `w` four bytes an output, `x` the row's four.
// `start` is what the sums of a row's block begin with.
#if INT8_VNNI
INLINE ints int8_start(const int8_row_block *x) { return (ints)x->offset; }
INLINE ints int8_add(ints sum, ints w, const int8_t *x) {
    int32_t four;
    memcpy(&four, x, sizeof four);
    // The instruction takes its first factor as unsigned: 128 is added to the weights, and `offset` takes it off again.
    const ints moved = w ^ (ints)0x80808080;
    return (ints)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)moved, _mm512_set1_epi32(four));
}
#elif INT8_AVX2
INLINE ints int8_start(const int8_row_block *x) { return (ints)0; }
INLINE ints int8_add(ints sum, ints w, const int8_t *x) {
    int32_t four;
    memcpy(&four, x, sizeof four);
    // Pairs are multiplied unsigned by signed: |w| by x with w's sign. Two products of at most 127·127 fit sixteen bits.
    const __m256i row = _mm256_sign_epi8(_mm256_set1_epi32(four), (__m256i)w);
    const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8((__m256i)w), row);
    return sum + (ints)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}
#else
INLINE ints int8_start(const int8_row_block *x) { return (ints)0; }
INLINE ints int8_add(ints sum, ints w, const int8_t *x) {
    for (int i = 0; i < 4; i++) sum += (w << (24 - 8 * i) >> 24) * (ints)x[i];
    return sum;
}
#endif

// y[rows, TILE_COLUMNS] of one panel; `rows` is known to the compiler.
INLINE void int8_tile(
    ptrdiff_t rows, const int8_row_block *x, ptrdiff_t x_row, const char *panel, ptrdiff_t blocks, float *y, ptrdiff_t y_row) {
    for (ptrdiff_t block = 0; block < blocks; block++, panel += INT8_BLOCK_BYTES) {
        ints sums[INT8_ROWS][2];
        UNROLL for (ptrdiff_t r = 0; r < rows; r++)
            UNROLL for (ptrdiff_t j = 0; j < 2; j++) sums[r][j] = int8_start(&x[r * x_row + block]);
        for (ptrdiff_t g = 0; g < INT8_BLOCK / 4; g++) {
            ints w[2];
            UNROLL for (ptrdiff_t j = 0; j < 2; j++) memcpy(&w[j], panel + (g * 2 + j) * REGISTER_FLOATS * 4, sizeof w[j]);
            __builtin_prefetch(panel + g * TILE_COLUMNS * 4 + AHEAD, 0, 3);
            if (TILE_COLUMNS * 4 > 64) __builtin_prefetch(panel + g * TILE_COLUMNS * 4 + 64 + AHEAD, 0, 3);
            UNROLL for (ptrdiff_t r = 0; r < rows; r++)
                UNROLL for (ptrdiff_t j = 0; j < 2; j++)
                    sums[r][j] = int8_add(sums[r][j], w[j], x[r * x_row + block].q + 4 * g);
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
            block->scale = quantize(x + row * x_row + b * INT8_BLOCK, least(INT8_BLOCK, inputs - b * INT8_BLOCK), block->q, 4);
            block->offset = 0;
            for (int i = 0; i < INT8_BLOCK; i++) block->offset -= 128 * block->q[i];
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
