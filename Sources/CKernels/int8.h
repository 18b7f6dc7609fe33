// Products with a matrix of eight bits a weight: w ≈ scale·q with a scale for every 32 inputs of an output, and rows x
// rounded likewise when they come, so that a block's sum is one of whole numbers, which is exact: the same on every path.
//
// A path's file says by INT8_ROWS how many rows' sums fit its registers together.
//
// Panels: [blocks of 32 inputs][groups][TILE_COLUMNS outputs][INT8_GROUP inputs] of whole numbers, each block followed by
// TILE_COLUMNS scales. What is beyond the inputs is 0.

#define INT8_BLOCK 32
// Inputs that an instruction adds up, and what a row's whole numbers are kept in.
#if INT8_VNNI
#define INT8_GROUP 4
#define INT8_LOOP UNROLL
typedef int8_t int8_number;
#else
#define INT8_GROUP 2
// Unrolled, the weights of many groups would be held at once, in memory.
#define INT8_LOOP _Pragma("clang loop unroll(disable)")
typedef int16_t int8_number;
#endif
typedef int32_t ints __attribute__((ext_vector_type(REGISTER_FLOATS)));

INLINE ptrdiff_t int8_blocks(ptrdiff_t inputs) { return (inputs + INT8_BLOCK - 1) / INT8_BLOCK; }
#define INT8_BLOCK_BYTES (TILE_COLUMNS * (INT8_BLOCK + 4))

static ptrdiff_t int8_bytes(ptrdiff_t inputs) { return int8_blocks(inputs) * INT8_BLOCK_BYTES; }

// The scale of up to 32 numbers, and the whole numbers nearest to the numbers over it, −127 to 127. Numbers too small for a
// scale count as 0; with one that is not finite the scale is not a number.
INLINE float quantize(const float *x, ptrdiff_t count, int8_t q[INT8_BLOCK]) {
    const vec parts[] = {load_part(x, count < 0 ? 0 : count), count > 16 ? load_part(x + 16, count - 16) : splat(0)};
    vec greatest_lanes = splat(0), finite = splat(0);
    for (int i = 0; i < 2; i++) {
        const vec size = parts[i] < 0.0f ? -parts[i] : parts[i];
        greatest_lanes = greater(greatest_lanes, size);
        finite += size - size;
    }
    const float scale = greatest(greatest_lanes);
    const bool counts = scale >= 1e-30f;
    const float inverse = counts ? 127 / scale : 0;
    for (int i = 0; i < 2; i++) {
        // Adding 1.5·2^23 rounds to the nearest whole number, ties to even, and leaves it in the lowest bits.
        const ivec bits = bits_of(parts[i] * inverse + 12582912.0f);
        const int8_t __attribute__((ext_vector_type(16))) whole = __builtin_convertvector(bits, int8_t __attribute__((ext_vector_type(16))));
        memcpy(q + 16 * i, &whole, sizeof whole);
    }
    return sum(finite) == 0 ? (counts ? scale / 127 : 0) : __builtin_nanf("");
}

static void int8_pack(const float *w, ptrdiff_t w_row, ptrdiff_t outputs, ptrdiff_t inputs, ptrdiff_t panel, void *target) {
    int8_t *block = target;
    for (ptrdiff_t first = 0; first < inputs; first += INT8_BLOCK, block += INT8_BLOCK_BYTES) {
        float scales[TILE_COLUMNS] = {0};
        memset(block, 0, INT8_BLOCK_BYTES);
        for (ptrdiff_t i = 0; i < TILE_COLUMNS && panel * TILE_COLUMNS + i < outputs; i++) {
            int8_t q[INT8_BLOCK];
            scales[i] = quantize(w + (panel * TILE_COLUMNS + i) * w_row + first, least(INT8_BLOCK, inputs - first), q);
            for (int l = 0; l < INT8_BLOCK; l++) block[(l / INT8_GROUP * TILE_COLUMNS + i) * INT8_GROUP + l % INT8_GROUP] = q[l];
        }
        memcpy(block + TILE_COLUMNS * INT8_BLOCK, scales, sizeof scales);
    }
}

// A block of a row of x: its whole numbers and their scale.
typedef struct {
    int8_number q[INT8_BLOCK];
    float scale;
    // −128 times the sum of the whole numbers.
    int32_t offset;
} int8_row_block;

static ptrdiff_t int8_scratch(ptrdiff_t rows, ptrdiff_t inputs) {
    return rows * int8_blocks(inputs) * (ptrdiff_t)sizeof(int8_row_block) + INT8_ROWS * TILE_COLUMNS * 4;
}

// What the sums of a row's block begin with, a register of weights, and sum + Σ over a group's inputs of w·x for each output of
// a register, where `x` is the row's group.
#if INT8_VNNI
typedef ints int8_weights;
INLINE ints int8_start(const int8_row_block *x) { return (ints)x->offset; }
INLINE int8_weights int8_load(const char *p) {
    ints w;
    memcpy(&w, p, sizeof w);
    // The instruction takes its first factor as unsigned: 128 is added to the weights, and `offset` takes it off again.
    return w ^ (ints)0x80808080;
}
INLINE ints int8_add(ints sum, int8_weights w, const int8_number *x) {
    int32_t four;
    memcpy(&four, x, sizeof four);
    return (ints)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)w, _mm512_set1_epi32(four));
}
#else
// Sixteen bits for each number, in pairs: their products add up exactly.
typedef int16_t int8_weights __attribute__((ext_vector_type(2 * REGISTER_FLOATS)));
INLINE ints int8_start(const int8_row_block *x) { return (ints)0; }
INLINE int8_weights int8_load(const char *p) {
    int8_t __attribute__((ext_vector_type(2 * REGISTER_FLOATS))) w;
    memcpy(&w, p, sizeof w);
    return __builtin_convertvector(w, int8_weights);
}
INLINE ints int8_add(ints sum, int8_weights w, const int8_number *x) {
    int32_t pair;
    memcpy(&pair, x, sizeof pair);
#if INT8_AVX2
    return sum + (ints)_mm256_madd_epi16((__m256i)w, _mm256_set1_epi32(pair));
#elif defined(__SSE2__)
    return sum + (ints)_mm_madd_epi16((__m128i)w, _mm_set1_epi32(pair));
#else
    return sum + __builtin_convertvector(w.even, ints) * (int32_t)x[0] + __builtin_convertvector(w.odd, ints) * (int32_t)x[1];
#endif
}
#endif

// y[rows, TILE_COLUMNS] of one panel; `rows` is known to the compiler.
INLINE void int8_tile(
    ptrdiff_t rows, const int8_row_block *x, ptrdiff_t x_row, const char *panel, ptrdiff_t blocks, float *y, ptrdiff_t y_row) {
    for (ptrdiff_t block = 0; block < blocks; block++, panel += INT8_BLOCK_BYTES) {
        ints sums[INT8_ROWS][2];
        UNROLL for (ptrdiff_t r = 0; r < rows; r++)
            UNROLL for (ptrdiff_t j = 0; j < 2; j++) sums[r][j] = int8_start(&x[r * x_row + block]);
        for (ptrdiff_t byte = 0; byte < INT8_BLOCK_BYTES; byte += 128) fetch_rows(panel + AHEAD + byte, 128);
        INT8_LOOP
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
            int8_t q[INT8_BLOCK];
            block->scale = quantize(x + row * x_row + b * INT8_BLOCK, least(INT8_BLOCK, inputs - b * INT8_BLOCK), q);
            block->offset = 0;
            for (int i = 0; i < INT8_BLOCK; i++) {
                block->q[i] = q[i];
                block->offset -= 128 * q[i];
            }
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
