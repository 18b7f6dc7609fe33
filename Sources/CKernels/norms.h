// Norms of rows, forward and backward; `inverse` holds one over each row's root mean square or deviation.

static void rms_norm(
    const float *x, const float *gain, float offset, float epsilon, float *y, float *inverse, ptrdiff_t rows,
    ptrdiff_t width) {
    for (ptrdiff_t row = 0; row < rows; row++, x += width, y += width) {
        vec squares = splat(0);
        for (ptrdiff_t i = 0; i < width; i += 16) {
            const vec v = load_part(x + i, width - i);
            squares = add_product(squares, v, v);
        }
        const float r = 1 / __builtin_elementwise_sqrt(sum(squares) / (float)width + epsilon);
        inverse[row] = r;
        for (ptrdiff_t i = 0; i < width; i += 16)
            store_part(load_part(x + i, width - i) * r * (load_part(gain + i, width - i) + offset), y + i, width - i);
    }
}

static void rms_norm_backward(
    const float *dy, const float *x, const float *gain, float offset, const float *inverse, float *dx, float *dgain,
    float *y, ptrdiff_t rows, ptrdiff_t width) {
    for (ptrdiff_t row = 0; row < rows; row++, dy += width, x += width, dx += width, y += width) {
        const float r = inverse[row];
        vec products = splat(0);
        for (ptrdiff_t i = 0; i < width; i += 16) {
            const ptrdiff_t left = width - i;
            const vec g = load_part(gain + i, left) + offset;
            products = add_product(products, g * load_part(dy + i, left), load_part(x + i, left));
        }
        const vec pull = splat(-(sum(products) * r * r / (float)width));
        for (ptrdiff_t i = 0; i < width; i += 16) {
            const ptrdiff_t left = width - i;
            const vec xi = load_part(x + i, left), dyi = load_part(dy + i, left), g = load_part(gain + i, left) + offset;
            const vec normalized = xi * r;
            store_part(add_product(load_part(dx + i, left), add_product(g * dyi, xi, pull), splat(r)), dx + i, left);
            store_part(add_product(load_part(dgain + i, left), dyi, normalized), dgain + i, left);
            store_part(normalized * g, y + i, left);
        }
    }
}

INLINE float mean_of(const float *x, ptrdiff_t count) {
    vec total = splat(0);
    for (ptrdiff_t i = 0; i < count; i += 16) total += load_part(x + i, count - i);
    return sum(total) / (float)count;
}

static void layer_norm(
    const float *x, const float *gain, const float *bias, float epsilon, float *y, float *inverse, ptrdiff_t rows,
    ptrdiff_t width) {
    for (ptrdiff_t row = 0; row < rows; row++, x += width, y += width) {
        const float mean = mean_of(x, width);
        vec squares = splat(0);
        for (ptrdiff_t i = 0; i < width; i += 16) {
            const vec v = keep_first(load_part(x + i, width - i) - mean, width - i, 0);
            squares = add_product(squares, v, v);
        }
        const float r = 1 / __builtin_elementwise_sqrt(sum(squares) / (float)width + epsilon);
        inverse[row] = r;
        for (ptrdiff_t i = 0; i < width; i += 16) {
            const ptrdiff_t left = width - i;
            const vec v = (load_part(x + i, left) - mean) * r;
            store_part(add_product(load_part(bias + i, left), v, load_part(gain + i, left)), y + i, left);
        }
    }
}

static void layer_norm_backward(
    const float *dy, const float *x, const float *gain, const float *bias, const float *inverse, float *dx, float *dgain,
    float *dbias, float *y, ptrdiff_t rows, ptrdiff_t width) {
    for (ptrdiff_t row = 0; row < rows; row++, dy += width, x += width, dx += width, y += width) {
        const float r = inverse[row], mean = mean_of(x, width);
        vec pulls = splat(0), products = splat(0);
        for (ptrdiff_t i = 0; i < width; i += 16) {
            const ptrdiff_t left = width - i;
            const vec scaled = load_part(gain + i, left) * load_part(dy + i, left);
            pulls += scaled;
            products = add_product(products, scaled, (load_part(x + i, left) - mean) * r);
        }
        const float pull = sum(pulls) / (float)width, slope = sum(products) / (float)width;
        for (ptrdiff_t i = 0; i < width; i += 16) {
            const ptrdiff_t left = width - i;
            const vec dyi = load_part(dy + i, left), g = load_part(gain + i, left);
            const vec normalized = (load_part(x + i, left) - mean) * r;
            const vec change = g * dyi - pull - normalized * slope;
            store_part(add_product(load_part(dx + i, left), change, splat(r)), dx + i, left);
            store_part(add_product(load_part(dgain + i, left), dyi, normalized), dgain + i, left);
            store_part(load_part(dbias + i, left) + dyi, dbias + i, left);
            store_part(add_product(load_part(bias + i, left), normalized, g), y + i, left);
        }
    }
}
