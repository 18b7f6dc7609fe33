// Softmax of attention scores and of logits, forward and backward.

// Replaces a block of scores by e^(score − shift) with one shift for all rows: the greatest score that a row sees. False
// where a row's numerators vanish under it; the scores are overwritten then.
static bool softmax_numerators(
    float *scores, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t group, ptrdiff_t seen, ptrdiff_t columns, float *totals,
    float *shift) {
    const ptrdiff_t keys = seen + (rows - 1) / group, whole = seen - seen % 16;
    const float infinity = __builtin_inff();
    vec peaks = splat(-infinity);
    for (ptrdiff_t row = 0; row < rows; row++) {
        const float *row_scores = scores + row * stride;
        ptrdiff_t i = 0;
        for (; i + 16 <= keys; i += 16) peaks = greater(peaks, load(row_scores + i));
        if (i < keys) peaks = greater(peaks, keep_first(load(row_scores + i), keys - i, -infinity));
    }
    const float peak = greatest(peaks);
    float least = infinity;
    ptrdiff_t count = seen;
    for (ptrdiff_t row = 0; row < rows; count++) {
        for (ptrdiff_t member = 0; member < group; member++, row++) {
            float *row_scores = scores + row * stride;
            vec sums = splat(0);
            ptrdiff_t i = 0;
            for (; i < whole; i += 16) {
                const vec e = vector_exponential(load(row_scores + i) - peak);
                store(e, row_scores + i);
                sums += e;
            }
            for (; i < columns; i += 16) {
                const vec e = keep_first(vector_exponential(load(row_scores + i) - peak), count - i, 0);
                store(e, row_scores + i);
                sums += e;
            }
            const float total = sum(sums);
            totals[row] = total;
            if (total < least) least = total;
        }
    }
    *shift = peak;
    return least > 1e-20f;
}

static float softmax_row(float *scores, ptrdiff_t count, ptrdiff_t columns, float *peak) {
    float top = scores[0];
    for (ptrdiff_t i = 1; i < count; i++) top = scores[i] >= top ? scores[i] : top;
    vec sums = splat(0);
    for (ptrdiff_t i = 0; i < columns; i += 16) {
        const vec e = keep_first(vector_exponential(load(scores + i) - top), count - i, 0);
        store(e, scores + i);
        sums += e;
    }
    *peak = top;
    return sum(sums);
}

// One vector of a row's softmax_backward.
INLINE void softmax_backward16(float *scores, float *dp, vec shift, vec mean, ptrdiff_t seen) {
    const vec p = keep_first(vector_exponential(load(scores) - shift), seen, 0);
    store(p, scores);
    store(p * (load(dp) - mean), dp);
}

static void softmax_backward(
    float *scores, float *dp, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t group, ptrdiff_t seen, ptrdiff_t columns,
    const float *log_sum_exp, const float *mean) {
    const ptrdiff_t whole = seen - seen % 16;
    ptrdiff_t count = seen;
    for (ptrdiff_t row = 0; row < rows; count++) {
        for (ptrdiff_t member = 0; member < group; member++, row++) {
            float *row_scores = scores + row * stride, *row_dp = dp + row * stride;
            const vec shift = splat(log_sum_exp[row]), middle = splat(mean[row]);
            ptrdiff_t i = 0;
            for (; i < whole; i += 16) softmax_backward16(row_scores + i, row_dp + i, shift, middle, 16);
            for (; i < columns; i += 16) softmax_backward16(row_scores + i, row_dp + i, shift, middle, count - i);
        }
    }
}

static void accumulate_log_sum_exp(
    const float *logits, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns, float *peak, float *total) {
    const ptrdiff_t whole = columns - columns % 16;
    for (ptrdiff_t row = 0; row < rows; row++, logits += stride) {
        vec peaks = splat(peak[row]);
        ptrdiff_t i = 0;
        for (; i < whole; i += 16) peaks = greater(peaks, load(logits + i));
        float top = greatest(peaks);
        for (; i < columns; i++) top = logits[i] >= top ? logits[i] : top;
        vec sums = splat(0);
        for (i = 0; i < whole; i += 16) sums += vector_exponential(load(logits + i) - top);
        if (i < columns) sums += keep_first(vector_exponential(load_part(logits + i, columns - i) - top), columns - i, 0);
        const float before = total[row] == 0 ? 0 : total[row] * vector_exponential(splat(peak[row] - top))[0];
        peak[row] = top;
        total[row] = before + sum(sums);
    }
}

static void softmax_gradient(
    float *logits, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns, const float *log_sum_exp, const float *weight) {
    for (ptrdiff_t row = 0; row < rows; row++, logits += stride) {
        const float shift = log_sum_exp[row], factor = -weight[row];
        for (ptrdiff_t i = 0; i < columns; i += 16) {
            const ptrdiff_t left = columns - i;
            store_part(vector_exponential(load_part(logits + i, left) - shift) * factor, logits + i, left);
        }
    }
}
