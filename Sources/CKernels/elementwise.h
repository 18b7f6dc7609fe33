// Loops over values, one after the other.

static void scale(const float *x, float factor, float *y, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i += 16) store_part(load_part(x + i, count - i) * factor, y + i, count - i);
}

static void add(const float *x, float *y, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i += 16)
        store_part(load_part(y + i, count - i) + load_part(x + i, count - i), y + i, count - i);
}

static void add_parts(const float *parts, ptrdiff_t stride, ptrdiff_t part_count, float *target, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i += 16) {
        vec value = load_part(target + i, count - i);
        for (ptrdiff_t part = 0; part < part_count; part++) value += load_part(parts + part * stride + i, count - i);
        store_part(value, target + i, count - i);
    }
}

static void copy_padded(const float *x, float factor, float *y, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i += 16) store(load_part(x + i, count - i) * factor, y + i);
}

static float dot(const float *x, const float *y, ptrdiff_t count) {
    vec total = splat(0);
    for (ptrdiff_t i = 0; i < count; i += 16)
        total = add_product(total, load_part(x + i, count - i), load_part(y + i, count - i));
    return sum(total);
}

// Runs of 1,024 in float32, their sum in float64.
static double sum_of_squares(const float *x, ptrdiff_t count) {
    double total = 0;
    for (ptrdiff_t start = 0; start < count; start += 1024) {
        const ptrdiff_t end = count < start + 1024 ? count : start + 1024;
        vec a = splat(0), b = splat(0);
        ptrdiff_t i = start;
        for (; i + 32 <= end; i += 32) {
            const vec even = load(x + i), odd = load(x + i + 16);
            a = add_product(a, even, even);
            b = add_product(b, odd, odd);
        }
        for (; i < end; i += 16) {
            const vec rest = load_part(x + i, end - i);
            a = add_product(a, rest, rest);
        }
        total += sum(a + b);
    }
    return total;
}

static void exponential(const float *x, float shift, float factor, float *y, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i += 16)
        store_part(vector_exponential((load_part(x + i, count - i) - shift) * factor), y + i, count - i);
}

static void logarithm(const float *x, const float *shift, float *y, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i += 16)
        store_part(load_part(shift + i, count - i) + vector_logarithm(load_part(x + i, count - i)), y + i, count - i);
}

static void multiply(const float *x, float *y, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i += 16)
        store_part(load_part(y + i, count - i) * load_part(x + i, count - i), y + i, count - i);
}

// tanh as a quotient of polynomials, the best of their degrees in float32; beyond 7.9 it is 1.
INLINE vec vector_tanh(vec x) {
    x = x > splat(7.90531110763549805f) ? splat(7.90531110763549805f) : x;
    x = x < splat(-7.90531110763549805f) ? splat(-7.90531110763549805f) : x;
    const vec s = x * x;
    vec p = splat(-2.76076847742355e-16f);
    p = add_product(splat(2.00018790482477e-13f), p, s);
    p = add_product(splat(-8.60467152213735e-11f), p, s);
    p = add_product(splat(5.12229709037114e-08f), p, s);
    p = add_product(splat(1.48572235717979e-05f), p, s);
    p = add_product(splat(6.37261928875436e-04f), p, s);
    p = add_product(splat(4.89352455891786e-03f), p, s);
    vec q = splat(1.19825839466702e-06f);
    q = add_product(splat(1.18534705686654e-04f), q, s);
    q = add_product(splat(2.26843463243900e-03f), q, s);
    q = add_product(splat(4.89352518554385e-03f), q, s);
    return x * p / q;
}

static void soft_cap(float *x, float cap, float *slope, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i += 16) {
        const ptrdiff_t left = count - i;
        const vec t = vector_tanh(load_part(x + i, left) / cap);
        store_part(t * cap, x + i, left);
        if (slope) store_part(1.0f - t * t, slope + i, left);
    }
}

static void rotate(float *heads, ptrdiff_t count, ptrdiff_t width, const float *cosine, const float *sine, float sign) {
    const ptrdiff_t half = width / 2;
    for (ptrdiff_t head = 0; head < count; head++) {
        float *low = heads + head * width, *high = low + half;
        for (ptrdiff_t i = 0; i < half; i += 16) {
            const ptrdiff_t left = half - i;
            const vec c = load_part(cosine + i, left), s = load_part(sine + i, left) * sign;
            const vec a = load_part(low + i, left), b = load_part(high + i, left);
            store_part(a * c - b * s, low + i, left);
            store_part(b * c + a * s, high + i, left);
        }
    }
}

static void adamw(float *w, float *g, float *m, float *v, ptrdiff_t count, const kernel_adamw *constants, bool clearing) {
    const kernel_adamw k = *constants;
    const vec beta1 = splat(k.beta1), beta2 = splat(k.beta2);
    const float rest1 = 1 - k.beta1, rest2 = 1 - k.beta2;
    for (ptrdiff_t i = 0; i < count; i += 16) {
        const ptrdiff_t left = count - i;
        const vec gradient = load_part(g + i, left) * k.gradient_scale;
        vec first = add_product(gradient * rest1, load_part(m + i, left), beta1);
        vec second = add_product(gradient * gradient * rest2, load_part(v + i, left), beta2);
        // Smaller moments would fade into subnormal numbers, which the processor handles a hundred times slower.
        const vec size = first < 0.0f ? -first : first;
        first = size < splat(1e-30f) ? splat(0) : first;
        second = second < splat(1e-30f) ? splat(0) : second;
        const vec root = square_root(second) * k.root_scale + k.epsilon;
        const vec weight = load_part(w + i, left) * k.keep - k.step_size * (first / root);
        store_part(weight, w + i, left);
        store_part(first, m + i, left);
        store_part(second, v + i, left);
        if (clearing) store_part(splat(0), g + i, left);
    }
}

// MARK: Activations

typedef struct {
    vec value, slope;
} value_and_slope;

INLINE value_and_slope silu(vec x) {
    const vec s = 1.0f / (1.0f + vector_exponential(-x));
    const vec value = x * s;
    return (value_and_slope){value, s + value * (1.0f - s)};
}

// ½x(1 + tanh u) = x·σ(2u) with u = √(2/π)·(x + 0.044715x³); d 2u / dx = 2·√(2/π)·(1 + 3·0.044715·x²).
INLINE value_and_slope gelu_tanh(vec x) {
    const vec inner = add_product(splat(1), x * x, splat(0.044715f));
    const vec s = 1.0f / (1.0f + vector_exponential(x * inner * -1.5957691f));
    const vec steepness = add_product(splat(1.5957691f), x * x, splat(0.21406442f));
    return (value_and_slope){x * s, s + x * s * (1.0f - s) * steepness};
}

// At the corner the slope of the flat side, as PyTorch has it.
INLINE value_and_slope relu(vec x) {
    return (value_and_slope){x < 0.0f ? splat(0) : x, x <= 0.0f ? splat(0) : splat(1)};
}

INLINE value_and_slope apply(kernel_activation f, vec x) {
    switch (f) {
    case ACTIVATION_SILU: return silu(x);
    case ACTIVATION_GELU_TANH: return gelu_tanh(x);
    default: return relu(x);
    }
}

INLINE void activate_as(kernel_activation f, const float *x, float *h, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i += 16) store_part(apply(f, load_part(x + i, count - i)).value, h + i, count - i);
}

INLINE void activate_backward_as(kernel_activation f, float *x, float *dh, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i += 16) {
        const ptrdiff_t left = count - i;
        const value_and_slope y = apply(f, load_part(x + i, left));
        store_part(load_part(dh + i, left) * y.slope, x + i, left);
        store_part(y.value, dh + i, left);
    }
}

INLINE void gated_as(kernel_activation f, const float *gate_up, float *h, ptrdiff_t rows, ptrdiff_t width) {
    for (ptrdiff_t row = 0; row < rows; row++, h += width) {
        const float *gate = gate_up + row * 2 * width, *up = gate + width;
        for (ptrdiff_t i = 0; i < width; i += 16) {
            const ptrdiff_t left = width - i;
            store_part(apply(f, load_part(gate + i, left)).value * load_part(up + i, left), h + i, left);
        }
    }
}

INLINE void gated_backward_as(kernel_activation f, float *gate_up, float *dh, ptrdiff_t rows, ptrdiff_t width) {
    for (ptrdiff_t row = 0; row < rows; row++, dh += width) {
        float *gate = gate_up + row * 2 * width, *up = gate + width;
        for (ptrdiff_t i = 0; i < width; i += 16) {
            const ptrdiff_t left = width - i;
            const vec u = load_part(up + i, left), d = load_part(dh + i, left);
            const value_and_slope y = apply(f, load_part(gate + i, left));
            store_part(d * u * y.slope, gate + i, left);
            store_part(d * y.value, up + i, left);
            store_part(y.value * u, dh + i, left);
        }
    }
}

// The choice outside the loop: one loop for each function.
#define FOR_EACH_ACTIVATION(call)                                    \
    switch (f) {                                                     \
    case ACTIVATION_SILU: return call(ACTIVATION_SILU, ARGUMENTS);   \
    case ACTIVATION_GELU_TANH: return call(ACTIVATION_GELU_TANH, ARGUMENTS); \
    case ACTIVATION_RELU: return call(ACTIVATION_RELU, ARGUMENTS);   \
    }

#define ARGUMENTS x, h, count
static void activate(kernel_activation f, const float *x, float *h, ptrdiff_t count) { FOR_EACH_ACTIVATION(activate_as) }
#undef ARGUMENTS
#define ARGUMENTS x, dh, count
static void activate_backward(kernel_activation f, float *x, float *dh, ptrdiff_t count) {
    FOR_EACH_ACTIVATION(activate_backward_as)
}
#undef ARGUMENTS
#define ARGUMENTS gate_up, h, rows, width
static void gated(kernel_activation f, const float *gate_up, float *h, ptrdiff_t rows, ptrdiff_t width) {
    FOR_EACH_ACTIVATION(gated_as)
}
#undef ARGUMENTS
#define ARGUMENTS gate_up, dh, rows, width
static void gated_backward(kernel_activation f, float *gate_up, float *dh, ptrdiff_t rows, ptrdiff_t width) {
    FOR_EACH_ACTIVATION(gated_backward_as)
}
#undef ARGUMENTS
