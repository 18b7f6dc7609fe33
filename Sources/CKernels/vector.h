// Sixteen floats that kernels work on at a time, whatever registers the processor has: one of AVX-512, two of AVX, four of
// SSE or NEON. A path's file says which by FMA and REGISTER_FLOATS before it includes this.

typedef float vec __attribute__((ext_vector_type(16)));
typedef int32_t ivec __attribute__((ext_vector_type(16)));
typedef uint16_t uvec __attribute__((ext_vector_type(16)));
typedef float vec8 __attribute__((ext_vector_type(8)));
typedef float reg __attribute__((ext_vector_type(REGISTER_FLOATS)));

#define INLINE static inline __attribute__((always_inline))
// For loops whose count is known, so that what they index stays in registers.
#define UNROLL _Pragma("clang loop unroll(full)")

INLINE vec splat(float x) { return (vec)x; }

INLINE vec load(const float *p) {
    vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void store(vec v, float *p) { memcpy(p, &v, sizeof v); }

// Fewer than sixteen floats.
static __attribute__((noinline)) void copy_floats(const float *from, float *to, ptrdiff_t count) {
    ptrdiff_t i = 0;
    for (; i + 4 <= count; i += 4) memcpy(to + i, from + i, 16);
    for (; i < count; i++) to[i] = from[i];
}

// The first `count` floats (at most sixteen are taken), zeros after them; reads nothing beyond.
INLINE vec load_part(const float *p, ptrdiff_t count) {
    if (count >= 16) return load(p);
    float lanes[16] = {0};
    copy_floats(p, lanes, count);
    return load(lanes);
}

// Writes the first `count` lanes (at most sixteen) and nothing beyond.
INLINE void store_part(vec v, float *p, ptrdiff_t count) {
    if (count >= 16) return store(v, p);
    float lanes[16];
    store(v, lanes);
    copy_floats(lanes, p, count);
}

// a + b·c; rounded once where the path has the instruction.
INLINE vec add_product(vec a, vec b, vec c) {
#if FMA
    return __builtin_elementwise_fma(b, c, a);
#else
    return a + b * c;
#endif
}

INLINE reg add_product_reg(reg a, reg b, reg c) {
#if FMA
    return __builtin_elementwise_fma(b, c, a);
#else
    return a + b * c;
#endif
}

INLINE float add_product1(float a, float b, float c) {
#if FMA
    return __builtin_fmaf(b, c, a);
#else
    return a + b * c;
#endif
}

INLINE reg load_reg(const float *p) {
    reg v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void store_reg(reg v, float *p) { memcpy(p, &v, sizeof v); }

// The sum of all lanes, pairwise: a fixed order and a short chain.
INLINE float sum(vec v) {
    vec8 eight = v.lo + v.hi;
    float __attribute__((ext_vector_type(4))) four = eight.lo + eight.hi;
    float __attribute__((ext_vector_type(2))) two = four.lo + four.hi;
    return two.x + two.y;
}

// The greater of each lane; a NaN in b is passed over.
INLINE vec greater(vec a, vec b) { return b > a ? b : a; }

INLINE float greatest(vec v) {
    vec8 eight = v.hi > v.lo ? v.hi : v.lo;
    float __attribute__((ext_vector_type(4))) four = eight.hi > eight.lo ? eight.hi : eight.lo;
    float __attribute__((ext_vector_type(2))) two = four.hi > four.lo ? four.hi : four.lo;
    return two.x >= two.y ? two.x : two.y;
}

// v in its first `count` lanes, `other` after them.
INLINE vec keep_first(vec v, ptrdiff_t count, float other) {
    const vec lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return lanes >= splat((float)count) ? splat(other) : v;
}

INLINE ivec bits_of(vec v) {
    ivec bits;
    memcpy(&bits, &v, sizeof v);
    return bits;
}

INLINE vec float_of_bits(ivec bits) {
    vec v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

// √x in every lane for x ≥ 0, within 2 units in the last place; 0 stays 0.
//
// An estimate of 1/√x from the bits (Lomont 2003, "Fast inverse square root") and three steps of Newton's method, the last of
// them on the root itself.
INLINE vec square_root(vec x) {
    vec inverse = float_of_bits((ivec)(0x5f3759df) - (bits_of(x) >> 1));
    const vec half = x * -0.5f;
    for (int i = 0; i < 2; i++) inverse *= add_product(splat(1.5f), half * inverse, inverse);
    const vec root = x * inverse;
    return add_product(root, add_product(x, -root, root), inverse * 0.5f);
}

// e^x in every lane, within 2 units in the last place of the true value; NaN stays NaN.
//
// Below −87.3, where the result would leave the normal numbers, it is e^−87.3 (1.2e−38); above 88.3 it is e^88.3.
// Cody and Waite's reduction x = n·ln 2 + r with |r| ≤ ln 2 / 2, then the degree-5 polynomial of Cephes `expf`.
INLINE vec vector_exponential(vec x) {
    x = x > splat(88.3f) ? splat(88.3f) : x;
    x = x < splat(-87.3f) ? splat(-87.3f) : x;
    // Adding 1.5·2^23 rounds to a whole number and leaves it in the lowest bits.
    const vec shifter = splat(12582912.0f);
    const vec shifted = add_product(shifter, x, splat(1.44269504f));
    const vec n = shifted - shifter;
    vec r = add_product(x, n, splat(-0.693359375f));
    r = add_product(r, n, splat(2.1219444e-4f));
    vec p = splat(1.98756915e-4f);
    p = add_product(splat(1.39819995e-3f), p, r);
    p = add_product(splat(8.3334519e-3f), p, r);
    p = add_product(splat(4.1665796e-2f), p, r);
    p = add_product(splat(1.66666655e-1f), p, r);
    p = add_product(splat(5.0000001e-1f), p, r);
    p = add_product(r + 1.0f, p, r * r);
    const ivec power = (bits_of(shifted) << 23) + (ivec)(127 << 23);
    return p * float_of_bits(power);
}

// ln x in every lane for normal x > 0, within 2 units in the last place or 1e-7 (Cephes `logf`).
INLINE vec vector_logarithm(vec x) {
    // x = m·2^e with m in [√½, √2): adding the gap between 1 and √½ carries into the exponent where m would be too great.
    // As the lowest bits of 1.5·2^23 (0x4b400000) a whole number becomes a float.
    const ivec shifted = bits_of(x) + (ivec)(0x3f800000 - 0x3f3504f3);
    const vec e = float_of_bits((shifted >> 23) + (ivec)(0x4b400000 - 127)) - 12582912.0f;
    const vec m = float_of_bits((shifted & (ivec)0x007fffff) + (ivec)0x3f3504f3);
    const vec f = m - 1.0f;
    vec p = splat(7.0376836e-2f);
    p = add_product(splat(-1.15146103e-1f), p, f);
    p = add_product(splat(1.1676999e-1f), p, f);
    p = add_product(splat(-1.24201408e-1f), p, f);
    p = add_product(splat(1.4249323e-1f), p, f);
    p = add_product(splat(-1.6668058e-1f), p, f);
    p = add_product(splat(2.0000715e-1f), p, f);
    p = add_product(splat(-2.4999994e-1f), p, f);
    p = add_product(splat(3.3333331e-1f), p, f);
    const vec square = f * f;
    vec tail = square * f * p;
    tail = add_product(tail, e, splat(-2.1219444e-4f));
    tail = add_product(tail, square, splat(-0.5f));
    return add_product(f + tail, e, splat(0.693359375f));
}

// MARK: Tiles

// Columns of a tile of sums, and outputs of a panel.
#define TILE_COLUMNS (2 * REGISTER_FLOATS)

// `count` cut into equal parts of at most `limit`, in multiples of `grain`.
INLINE ptrdiff_t share(ptrdiff_t count, ptrdiff_t limit, ptrdiff_t grain) {
    const ptrdiff_t parts = (count + limit - 1) / limit;
    const ptrdiff_t part = ((count + parts - 1) / parts + grain - 1) / grain * grain;
    return part > grain ? part : grain;
}

INLINE ptrdiff_t least(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

// Bytes that pass while memory delivers; measured, between a half and four times as many make no difference.
#define AHEAD 8192

// Asks the second-level cache for `bytes` bytes, at most 128, which may lie anywhere.
INLINE void fetch_rows(const char *p, ptrdiff_t bytes) {
    __builtin_prefetch(p, 0, 2);
    if (bytes > 64) __builtin_prefetch(p + 64, 0, 2);
}
