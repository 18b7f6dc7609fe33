// One path's kernels and their table; a path's file includes this with PATH, FMA, REGISTER_FLOATS and the sizes set.
// Sums and products are rounded as written, and fused only where `add_product` says so.
#pragma STDC FP_CONTRACT OFF
#pragma clang diagnostic ignored "-Wpsabi"

#include "vector.h"
#include "elementwise.h"
#include "norms.h"
#include "softmax.h"
#include "products.h"
#include "int8.h"

#define JOIN2(a, b) a##b
#define JOIN(a, b) JOIN2(a, b)
#define TEXT2(a) #a
#define TEXT(a) TEXT2(a)
#define PANELS(kind) {TILE_COLUMNS, kind##_bytes, kind##_pack, kind##_scratch, kind##_multiply}

const kernel_table JOIN(kernels_, PATH) = {
    .name = TEXT(PATH),
    .product_scratch = PRODUCT_SCRATCH,
    .product = product,
    .small_product = small_product,
    .float32 = PANELS(float32),
    .bfloat16 = PANELS(bfloat16),
    .int8 = PANELS(int8),
    .scale = scale,
    .add = add,
    .add_parts = add_parts,
    .copy_padded = copy_padded,
    .dot = dot,
    .sum_of_squares = sum_of_squares,
    .exponential = exponential,
    .logarithm = logarithm,
    .soft_cap = soft_cap,
    .multiply = multiply,
    .rotate = rotate,
    .adamw = adamw,
    .activate = activate,
    .activate_backward = activate_backward,
    .gated = gated,
    .gated_backward = gated_backward,
    .rms_norm = rms_norm,
    .rms_norm_backward = rms_norm_backward,
    .layer_norm = layer_norm,
    .layer_norm_backward = layer_norm_backward,
    .softmax_numerators = softmax_numerators,
    .softmax_row = softmax_row,
    .softmax_backward = softmax_backward,
    .accumulate_log_sum_exp = accumulate_log_sum_exp,
    .softmax_gradient = softmax_gradient,
};
