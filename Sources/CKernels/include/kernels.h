// plad's innermost loops, compiled once for each kind of processor; Swift has no way to compile one function for another
// processor than the rest. What they compute, and the papers they come from, stands at the Swift functions of PladTensor
// that call them.
//
// All matrices are float32 in row order, `x_row` floats from one row of x to the next. Counts are of floats unless named
// otherwise. Nothing is allocated; no alignment is asked for; nothing beyond the counts is read or written.
#ifndef PLAD_KERNELS_H
#define PLAD_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef enum { ACTIVATION_SILU, ACTIVATION_GELU_TANH, ACTIVATION_RELU } kernel_activation;

// What one AdamW step multiplies by; see AdamW.swift.
typedef struct {
    float keep, step_size, root_scale, beta1, beta2, epsilon, gradient_scale;
} kernel_adamw __attribute__((swift_attr("@Sendable")));

// Products with a matrix repacked in panels of `width` outputs, for few rows; see PanelMatrix.swift.
typedef struct {
    ptrdiff_t width;
    // Bytes of one panel of `inputs` inputs.
    ptrdiff_t (*bytes)(ptrdiff_t inputs);
    // Packs rows `panel·width …` of w[outputs, inputs] into one panel; outputs beyond the last are zeros.
    void (*pack)(const float *w, ptrdiff_t w_row, ptrdiff_t outputs, ptrdiff_t inputs, ptrdiff_t panel, void *target);
    // Bytes of scratch memory that `multiply` needs.
    ptrdiff_t (*scratch)(ptrdiff_t rows, ptrdiff_t inputs);
    // y[rows, outputs] = x[rows, inputs]·wᵀ, in the columns of panels first ..< end of those at `panels`.
    void (*multiply)(
        const float *x, ptrdiff_t x_row, ptrdiff_t rows, const void *panels, ptrdiff_t outputs, ptrdiff_t inputs,
        ptrdiff_t first, ptrdiff_t end, float *y, ptrdiff_t y_row, bool accumulating, void *scratch);
} kernel_panels __attribute__((swift_attr("@Sendable")));

typedef struct {
    const char *name;

    // MARK: Products
    // Floats of scratch memory that `product` needs.
    ptrdiff_t product_scratch;
    // c[m, n] = a[m, k]·b[k, n]: element (i, j) of a is a[i·a_row + j·a_column], and one of the two strides is 1; so for b.
    // Every element of c is one chain of multiply-adds over k in order, whatever stands beside it.
    void (*product)(
        const float *a, ptrdiff_t a_row, ptrdiff_t a_column, const float *b, ptrdiff_t b_row, ptrdiff_t b_column,
        float *c, ptrdiff_t c_row, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, bool accumulating, float *scratch);
    // The same without packing, for small matrices: b in rows, n a multiple of 16.
    void (*small_product)(
        const float *a, ptrdiff_t a_row, ptrdiff_t a_column, const float *b, ptrdiff_t b_row, float *c, ptrdiff_t c_row,
        ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, bool accumulating);
    kernel_panels float32, bfloat16, int8;

    // MARK: One value after the other
    void (*scale)(const float *x, float factor, float *y, ptrdiff_t count);
    void (*add)(const float *x, float *y, ptrdiff_t count);
    // target += Σ over parts of parts[p·stride …].
    void (*add_parts)(const float *parts, ptrdiff_t stride, ptrdiff_t part_count, float *target, ptrdiff_t count);
    // y = scale·x, zeros up to the next multiple of 16.
    void (*copy_padded)(const float *x, float scale, float *y, ptrdiff_t count);
    float (*dot)(const float *x, const float *y, ptrdiff_t count);
    double (*sum_of_squares)(const float *x, ptrdiff_t count);
    // y = e^((x − shift)·scale).
    void (*exponential)(const float *x, float shift, float scale, float *y, ptrdiff_t count);
    // y = ln(x) + shift.
    void (*logarithm)(const float *x, const float *shift, float *y, ptrdiff_t count);
    // x = cap·tanh(x / cap); its slope goes to `slope`, unless that is null.
    void (*soft_cap)(float *x, float cap, float *_Nullable slope, ptrdiff_t count);
    // y = x·y.
    void (*multiply)(const float *x, float *y, ptrdiff_t count);
    void (*rotate)(float *heads, ptrdiff_t count, ptrdiff_t width, const float *cosine, const float *sine, float sign);
    void (*adamw)(float *w, float *g, float *m, float *v, ptrdiff_t count, const kernel_adamw *constants, bool clearing);

    // MARK: Activations
    void (*activate)(kernel_activation f, const float *x, float *h, ptrdiff_t count);
    void (*activate_backward)(kernel_activation f, float *x, float *dh, ptrdiff_t count);
    void (*gated)(kernel_activation f, const float *gate_up, float *h, ptrdiff_t rows, ptrdiff_t width);
    void (*gated_backward)(kernel_activation f, float *gate_up, float *dh, ptrdiff_t rows, ptrdiff_t width);

    // MARK: Norms
    // The gain is gain + offset.
    void (*rms_norm)(
        const float *x, const float *gain, float offset, float epsilon, float *y, float *inverse, ptrdiff_t rows,
        ptrdiff_t width);
    void (*rms_norm_backward)(
        const float *dy, const float *x, const float *gain, float offset, const float *inverse, float *dx, float *dgain,
        float *y, ptrdiff_t rows, ptrdiff_t width);
    void (*layer_norm)(
        const float *x, const float *gain, const float *bias, float epsilon, float *y, float *inverse, ptrdiff_t rows,
        ptrdiff_t width);
    void (*layer_norm_backward)(
        const float *dy, const float *x, const float *gain, const float *bias, const float *inverse, float *dx, float *dgain,
        float *dbias, float *y, ptrdiff_t rows, ptrdiff_t width);

    // MARK: Softmax
    bool (*softmax_numerators)(
        float *scores, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t group, ptrdiff_t seen, ptrdiff_t columns, float *totals,
        float *shift);
    // One row with its own peak; answers the sum.
    float (*softmax_row)(float *scores, ptrdiff_t count, ptrdiff_t columns, float *peak);
    void (*softmax_backward)(
        float *scores, float *dp, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t group, ptrdiff_t seen, ptrdiff_t columns,
        const float *log_sum_exp, const float *mean);
    void (*accumulate_log_sum_exp)(
        const float *logits, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns, float *peak, float *total);
    void (*softmax_gradient)(
        float *logits, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns, const float *log_sum_exp, const float *weight);
} kernel_table __attribute__((swift_attr("@Sendable")));

// The kernels of that name, "generic", "avx2" or "avx512"; null where this processor, or this build, has none such.
const kernel_table *_Nullable kernels_named(const char *name);

// The best kernels that this processor runs.
const kernel_table *kernels_best(void);

// Tells the processor that the calling thread only waits for memory to change, so that it saves power and leaves its
// twin the core. Swift has no name for the instruction.
static inline void pause_while_spinning(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

#pragma clang assume_nonnull end
#endif
