// Prints a digest of what each kernel computes from the same values on the path named, and how far it is from the plainest
// definition; for processors on which Swift's tests do not run. See arm64.sh.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

static uint64_t state = 21;
static float next(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (float)(state >> 40) / (1 << 23) - 1;
}

static float *values(ptrdiff_t count) {
    float *v = malloc((size_t)(count + 64) * sizeof *v);
    for (ptrdiff_t i = 0; i < count; i++) v[i] = next();
    return v;
}

static void digest(const char *name, const float *v, ptrdiff_t count) {
    uint64_t hash = 14695981039346656037u;
    for (ptrdiff_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, v + i, sizeof bits);
        hash = (hash ^ bits) * 1099511628211u;
    }
    printf("%-24s %016llx\n", name, (unsigned long long)hash);
}

// Fails where y[rows, n] is not x[rows, inner]·wᵀ of w[n, inner] within rounding.
static void compare(const char *name, const float *y, const float *x, const float *w, ptrdiff_t rows, ptrdiff_t n, ptrdiff_t inner, double limit) {
    double worst = 0;
    for (ptrdiff_t i = 0; i < rows; i++)
        for (ptrdiff_t j = 0; j < n; j++) {
            double sum = 0;
            for (ptrdiff_t l = 0; l < inner; l++) sum += (double)x[i * inner + l] * w[j * inner + l];
            worst = fmax(worst, fabs(sum - y[i * n + j]));
        }
    if (worst > limit) {
        printf("%s: %g beside its definition\n", name, worst);
        exit(1);
    }
}

static void panels(const char *name, const kernel_panels *p, const float *x, const float *w, ptrdiff_t rows, ptrdiff_t n, ptrdiff_t inner, double limit) {
    const ptrdiff_t count = (n + p->width - 1) / p->width, bytes = p->bytes(inner);
    char *held = malloc((size_t)(count * bytes)), *scratch = malloc((size_t)p->scratch(rows, inner) + 64);
    float *y = values(rows * n);
    for (ptrdiff_t i = 0; i < count; i++) p->pack(w, inner, n, inner, i, held + i * bytes);
    p->multiply(x, inner, rows, held, n, inner, 0, count, y, n, false, scratch);
    digest(name, y, rows * n);
    compare(name, y, x, w, rows, n, inner, limit);
}

int main(int count, char **arguments) {
    const kernel_table *k = count > 1 ? kernels_named(arguments[1]) : kernels_best();
    if (!k) return 2;
    fprintf(stderr, "%s\n", k->name);
    const ptrdiff_t m = 29, n = 75, inner = 61, size = 1061;
    float *a = values(m * inner), *b = values(n * inner), *c = values(m * n), *scratch = malloc((size_t)k->product_scratch * 4);
    k->product(a, inner, 1, b, 1, inner, c, n, m, n, inner, false, scratch);
    digest("product", c, m * n);
    compare("product", c, a, b, m, n, inner, 1e-5);
    float *wide = values(m * 48), *across = values(inner * 48);
    k->small_product(a, inner, 1, across, 48, wide, 48, m, 48, inner, false);
    digest("small_product", wide, m * 48);
    panels("float32", &k->float32, a, b, m, n, inner, 1e-5);
    panels("float32, a row", &k->float32, a, b, 1, n, inner, 1e-5);
    panels("int8", &k->int8, a, b, m, n, inner, 0.2);
    for (ptrdiff_t i = 0; i < n * inner; i++) {
        uint32_t bits;
        memcpy(&bits, b + i, sizeof bits);
        bits &= 0xffff0000;
        memcpy(b + i, &bits, sizeof bits);
    }
    panels("bfloat16", &k->bfloat16, a, b, m, n, inner, 1e-5);
    float *x = values(2 * size), *y = values(2 * size), *z = values(8 * size);
    k->exponential(x, 0.5f, 9, z, size);
    digest("exponential", z, size);
    for (ptrdiff_t i = 0; i < size; i++)
        if (fabs(z[i] / exp((double)((x[i] - 0.5f) * 9)) - 1) > 3e-7) return printf("exponential of %g\n", x[i]), 1;
    k->logarithm(z, y, z, size);
    digest("logarithm", z, size);
    k->rotate(x, 3, 76, y, z, -1);
    digest("rotate", x, size);
    const float sums[] = {k->dot(x, y, size), (float)k->sum_of_squares(x, size)};
    digest("dot, sum_of_squares", sums, 2);
    for (int f = ACTIVATION_SILU; f <= ACTIVATION_RELU; f++) {
        k->gated(f, x, z, 2, 265);
        k->gated_backward(f, x, z, 2, 265);
        k->activate(f, y, z + size, size);
        k->activate_backward(f, y, z + size, size);
        digest("activations", z, 2 * size);
    }
    k->soft_cap(y, 0.7f, z, size);
    k->multiply(z, y, size);
    digest("soft_cap, multiply", y, size);
    k->rms_norm(y, x, 0.25f, 1e-5f, z, z + size, 4, 265);
    k->rms_norm_backward(y, x, y, 0.25f, z + size, z, z + 2 * size, z + 3 * size, 4, 265);
    digest("rms_norm", z, 4 * size);
    k->layer_norm(y, x, y, 1e-5f, z, z + size, 4, 265);
    k->layer_norm_backward(y, x, y, x, z + size, z, z + 2 * size, z + 3 * size, z + 4 * size, 4, 265);
    digest("layer_norm", z, 5 * size);
    const kernel_adamw step = {0.99f, 0.1f, 1.5f, 0.9f, 0.999f, 1e-8f, 0.5f};
    for (ptrdiff_t i = 0; i < size; i++) z[3 * size + i] = fabsf(z[3 * size + i]);
    k->adamw(z, z + size, z + 2 * size, z + 3 * size, size, &step, true);
    digest("adamw", z, 4 * size);
    float totals[8], shift;
    k->softmax_numerators(y, 80, 6, 2, 39, 48, totals, &shift);
    digest("softmax_numerators", y, size);
    k->softmax_backward(x, y, 80, 6, 2, 39, 48, totals, z);
    digest("softmax_backward", x, size);
    float peaks[] = {-1, 2, -3}, sum[] = {0, 1, 0};
    k->accumulate_log_sum_exp(x, 333, 3, 301, peaks, sum);
    digest("log_sum_exp", sum, 3);
    k->softmax_gradient(x, 333, 3, 301, peaks, sum);
    digest("softmax_gradient", x, size);
    return 0;
}
