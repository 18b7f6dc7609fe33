// Matrix products. A tile of TILE_ROWS rows and two registers of columns fills the registers with sums: each vector of b is
// used once a row, each number of a twice. Every sum is one chain of multiply-adds over k in order, so that a row's result
// is the same to the bit whatever rows stand beside it and however the matrix is cut.
//
// A path's file says by TILE_ROWS how many rows fit its registers, and by BLOCK_… what fits its caches.

// What the right side of a product may be made of.
typedef enum { SCALAR_FLOAT32, SCALAR_BFLOAT16 } scalar_kind;

INLINE ptrdiff_t scalar_bytes(scalar_kind kind) { return kind == SCALAR_FLOAT32 ? 4 : 2; }

INLINE reg load_scalars(scalar_kind kind, const void *p) {
    if (kind == SCALAR_FLOAT32) return load_reg(p);
    uint16_t __attribute__((ext_vector_type(REGISTER_FLOATS))) upper;
    memcpy(&upper, p, sizeof upper);
    typedef uint32_t wide __attribute__((ext_vector_type(REGISTER_FLOATS)));
    const wide bits = __builtin_convertvector(upper, wide) << 16;
    reg v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

// A tile's sums: rows and registers a row are known to the compiler.
typedef reg tile_sums[TILE_ROWS][2];

INLINE void load_sums(tile_sums sums, ptrdiff_t rows, ptrdiff_t registers, const float *c, ptrdiff_t c_row, bool accumulating) {
    UNROLL for (ptrdiff_t i = 0; i < rows; i++)
        UNROLL for (ptrdiff_t j = 0; j < registers; j++)
            sums[i][j] = accumulating ? load_reg(c + i * c_row + j * REGISTER_FLOATS) : (reg)0.0f;
}

INLINE void store_sums(tile_sums sums, ptrdiff_t rows, ptrdiff_t registers, float *c, ptrdiff_t c_row) {
    UNROLL for (ptrdiff_t i = 0; i < rows; i++)
        UNROLL for (ptrdiff_t j = 0; j < registers; j++) store_reg(sums[i][j], c + i * c_row + j * REGISTER_FLOATS);
}

// One step of k: a column of a, `a_row` floats from one row to the next, times a row of b.
INLINE void add_step(
    tile_sums sums, ptrdiff_t rows, ptrdiff_t registers, scalar_kind kind, const float *a, ptrdiff_t a_row, const char *b) {
    reg columns[2];
    UNROLL for (ptrdiff_t j = 0; j < registers; j++)
        columns[j] = load_scalars(kind, b + j * REGISTER_FLOATS * scalar_bytes(kind));
    UNROLL for (ptrdiff_t i = 0; i < rows; i++) {
        const reg row = (reg)a[i * a_row];
        UNROLL for (ptrdiff_t j = 0; j < registers; j++) sums[i][j] = add_product_reg(sums[i][j], row, columns[j]);
    }
}

// c[rows, registers·REGISTER_FLOATS] = a·b: a is read at a[i·a_row + l·a_column], b in rows of `b_row` bytes. `fetch`, where it
// is not null: what the second-level cache is asked for meanwhile, `fetch_row` bytes further with every row of b.
INLINE void tile(
    ptrdiff_t rows, ptrdiff_t registers, scalar_kind kind, const float *a, ptrdiff_t a_row, ptrdiff_t a_column, const char *b,
    ptrdiff_t b_row, float *c, ptrdiff_t c_row, ptrdiff_t k, bool accumulating, const char *fetch, ptrdiff_t fetch_row) {
    tile_sums sums;
    load_sums(sums, rows, registers, c, c_row, accumulating);
    for (ptrdiff_t l = 0; l < k; l++, a += a_column, b += b_row) {
        if (fetch) {
            fetch_rows(fetch, fetch_row);
            fetch += fetch_row;
        }
        add_step(sums, rows, registers, kind, a, a_row, b);
    }
    store_sums(sums, rows, registers, c, c_row);
}

// A tile whose rows are known only now, up to TILE_ROWS.
#define TILE_CASE(count)                                                                                              \
    case count:                                                                                                       \
        if (count <= TILE_ROWS)                                                                                       \
            return tile(count, registers, kind, a, a_row, a_column, b, b_row, c, c_row, k, accumulating, fetch, fetch_row); \
        __builtin_unreachable();

INLINE void tile_of(
    ptrdiff_t rows, ptrdiff_t registers, scalar_kind kind, const float *a, ptrdiff_t a_row, ptrdiff_t a_column, const char *b,
    ptrdiff_t b_row, float *c, ptrdiff_t c_row, ptrdiff_t k, bool accumulating, const char *fetch,
    ptrdiff_t fetch_row) {
    switch (rows) {
        TILE_CASE(1) TILE_CASE(2) TILE_CASE(3) TILE_CASE(4) TILE_CASE(5) TILE_CASE(6)
        TILE_CASE(7) TILE_CASE(8) TILE_CASE(9) TILE_CASE(10) TILE_CASE(11) TILE_CASE(12)
    }
}

// MARK: Packing

// Eight rows of eight floats become eight columns: target[l·step + i] = source[i·row + l]; rows from `filled` on are zeros.
// Stored in order of l and whole: with a step below 8 each but the last is cut off by the next.
INLINE void transpose8(const float *source, ptrdiff_t row, ptrdiff_t filled, float *target, ptrdiff_t step) {
    vec8 a[8], b[8];
    for (int i = 0; i < 8; i++) {
        a[i] = (vec8)0.0f;
        if (i < filled) memcpy(&a[i], source + i * row, sizeof a[i]);
    }
    for (int i = 0; i < 8; i += 2) {
        b[i] = __builtin_shufflevector(a[i], a[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        b[i + 1] = __builtin_shufflevector(a[i], a[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    for (int i = 0; i < 8; i += 4)
        for (int j = 0; j < 2; j++) {
            a[i + 2 * j] = __builtin_shufflevector(b[i + j], b[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            a[i + 2 * j + 1] = __builtin_shufflevector(b[i + j], b[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    for (int i = 0; i < 4; i++) {
        b[i] = __builtin_shufflevector(a[i], a[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        b[i + 4] = __builtin_shufflevector(a[i], a[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
    for (int l = 0; l < 8; l++) memcpy(target + l * step, &b[l], sizeof b[l]);
}

// Packs `width` rows that lie `across` floats apart, each of `count` floats that lie `along` apart, in panels: [panels,
// count, panel], zeros after the last row. One of the two distances is 1; `panel` is known to the compiler.
INLINE void pack(
    const float *source, ptrdiff_t across, ptrdiff_t along, ptrdiff_t width, ptrdiff_t panel, ptrdiff_t count, float *target) {
    for (ptrdiff_t first = 0; first < width; first += panel, source += panel * across, target += panel * count) {
        const ptrdiff_t filled = least(panel, width - first);
        ptrdiff_t l = 0;
        if (across == 1) {
            if (filled == panel)
                for (; l < count; l++) memcpy(target + l * panel, source + l * along, (size_t)panel * sizeof *target);
        } else {
            // Whole vectors are stored: what they write beyond a panel the next ones put right, so the last go one by one,
            // and the groups of eight rows from the last to the first.
            for (; l + 8 < count; l += 8)
                for (ptrdiff_t i = (panel - 1) / 8 * 8; i >= 0; i -= 8)
                    transpose8(source + i * across + l, across, filled - i, target + l * panel + i, panel);
        }
        for (; l < count; l++)
            for (ptrdiff_t i = 0; i < panel; i++) target[l * panel + i] = i < filled ? source[i * across + l * along] : 0;
    }
}

// MARK: Products of any size

static __attribute__((noinline)) void packed_tile(
    const float *a, const float *b, float *c, ptrdiff_t c_row, ptrdiff_t k, bool accumulating) {
    tile_sums sums;
    load_sums(sums, TILE_ROWS, 2, c, c_row, accumulating);
#pragma clang loop unroll_count(4)
    for (ptrdiff_t l = 0; l < k; l++)
        add_step(sums, TILE_ROWS, 2, SCALAR_FLOAT32, a + l * TILE_ROWS, 1, (const char *)(b + l * TILE_COLUMNS));
    store_sums(sums, TILE_ROWS, 2, c, c_row);
}

#define PRODUCT_SCRATCH ((BLOCK_ROWS + BLOCK_COLUMNS + 16) * BLOCK_DEPTH + TILE_ROWS * TILE_COLUMNS)

INLINE void fetch_sums(const float *c) {
    __builtin_prefetch(c, 1, 3);
    if (TILE_COLUMNS * 4 > 64) __builtin_prefetch(c + 16, 1, 3);
}

// By blocks that fit the caches (Goto and van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication").
//
// A block of a is packed in panels of TILE_ROWS rows, one of which stays in the first-level cache while it meets the panels
// of b, TILE_COLUMNS wide, which stay in the second. Zeros fill up the last panels.
static void product(
    const float *a, ptrdiff_t a_row, ptrdiff_t a_column, const float *b, ptrdiff_t b_row, ptrdiff_t b_column, float *c,
    ptrdiff_t c_row, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, bool accumulating, float *scratch) {
    float *const packed_b = scratch, *const whole = scratch + BLOCK_COLUMNS * BLOCK_DEPTH;
    float *const packed_a = whole + TILE_ROWS * TILE_COLUMNS;
    // Even shares: a last block of a few columns would cost as much memory traffic as a whole one.
    const ptrdiff_t depth = share(k, BLOCK_DEPTH, 1), width = share(n, BLOCK_COLUMNS, TILE_COLUMNS);
    const ptrdiff_t height = share(m, BLOCK_ROWS, TILE_ROWS);
    for (ptrdiff_t first = 0; first < k; first += depth) {
        const ptrdiff_t count = least(depth, k - first);
        const bool adding = accumulating || first > 0;
        for (ptrdiff_t row = 0; row < m; row += height) {
            const ptrdiff_t rows = least(height, m - row);
            pack(a + row * a_row + first * a_column, a_row, a_column, rows, TILE_ROWS, count, packed_a);
            for (ptrdiff_t column = 0; column < n; column += width) {
                const ptrdiff_t columns = least(width, n - column);
                pack(b + first * b_row + column * b_column, b_column, b_row, columns, TILE_COLUMNS, count, packed_b);
                for (ptrdiff_t i = 0; i < rows; i += TILE_ROWS)
                    for (ptrdiff_t j = 0; j < columns; j += TILE_COLUMNS) {
                        const float *tile_a = packed_a + i * count, *tile_b = packed_b + j * count;
                        float *target = c + (row + i) * c_row + column + j;
                        const ptrdiff_t tile_rows = least(TILE_ROWS, rows - i), tile_columns = least(TILE_COLUMNS, columns - j);
                        // The next tile's sums come to the cache while this one's are computed.
                        for (ptrdiff_t r = 0; r < tile_rows; r++) fetch_sums(target + r * c_row + TILE_COLUMNS);
                        if (tile_rows == TILE_ROWS && tile_columns == TILE_COLUMNS) {
                            packed_tile(tile_a, tile_b, target, c_row, count, adding);
                            continue;
                        }
                        // By way of a whole tile, so as not to write beyond the matrix; its sums begin as those of whole tiles do.
                        for (ptrdiff_t r = 0; r < tile_rows && adding; r++)
                            memcpy(whole + r * TILE_COLUMNS, target + r * c_row, (size_t)tile_columns * sizeof *whole);
                        packed_tile(tile_a, tile_b, whole, TILE_COLUMNS, count, adding);
                        for (ptrdiff_t r = 0; r < tile_rows; r++)
                            memcpy(target + r * c_row, whole + r * TILE_COLUMNS, (size_t)tile_columns * sizeof *whole);
                    }
            }
        }
    }
}

static void small_product(
    const float *a, ptrdiff_t a_row, ptrdiff_t a_column, const float *b, ptrdiff_t b_row, float *c, ptrdiff_t c_row, ptrdiff_t m,
    ptrdiff_t n, ptrdiff_t k, bool accumulating) {
    for (ptrdiff_t j = 0; j < n;) {
        const bool wide = n - j >= TILE_COLUMNS;
        for (ptrdiff_t i = 0; i < m;) {
            const ptrdiff_t rows = least(m - i, TILE_ROWS);
            const float *tile_a = a + i * a_row;
            const char *tile_b = (const char *)(b + j);
            float *target = c + i * c_row + j;
            if (wide)
                tile_of(rows, 2, SCALAR_FLOAT32, tile_a, a_row, a_column, tile_b, b_row * 4, target, c_row, k, accumulating, NULL, 0);
            else
                tile_of(rows, 1, SCALAR_FLOAT32, tile_a, a_row, a_column, tile_b, b_row * 4, target, c_row, k, accumulating, NULL, 0);
            i += rows;
        }
        j += wide ? TILE_COLUMNS : REGISTER_FLOATS;
    }
}

// MARK: Panels

INLINE ptrdiff_t panel_bytes(scalar_kind kind, ptrdiff_t inputs) { return inputs * TILE_COLUMNS * scalar_bytes(kind); }

INLINE void pack_panel(
    scalar_kind kind, const float *w, ptrdiff_t w_row, ptrdiff_t outputs, ptrdiff_t inputs, ptrdiff_t panel, void *target) {
    const ptrdiff_t filled = least(TILE_COLUMNS, outputs - panel * TILE_COLUMNS);
    w += panel * TILE_COLUMNS * w_row;
    if (kind == SCALAR_FLOAT32) return pack(w, w_row, 1, filled, TILE_COLUMNS, inputs, target);
    uint16_t *halves = target;
    for (ptrdiff_t l = 0; l < inputs; l++)
        for (ptrdiff_t i = 0; i < TILE_COLUMNS; i++) {
            uint32_t bits = 0;
            if (i < filled) memcpy(&bits, w + i * w_row + l, sizeof bits);
            halves[l * TILE_COLUMNS + i] = (uint16_t)(bits >> 16);
        }
}

// One row and several panels at a time: the sums of one are too few to keep the processor busy.
INLINE void row_of_panels(
    ptrdiff_t panels, scalar_kind kind, const float *x, const char *b, float *y, ptrdiff_t inputs, bool accumulating) {
    const ptrdiff_t apart = panel_bytes(kind, inputs), b_row = panel_bytes(kind, 1), bytes = REGISTER_FLOATS * scalar_bytes(kind);
    reg sums[4][2];
    UNROLL for (ptrdiff_t p = 0; p < panels; p++)
        UNROLL for (ptrdiff_t j = 0; j < 2; j++)
            sums[p][j] = accumulating ? load_reg(y + p * TILE_COLUMNS + j * REGISTER_FLOATS) : (reg)0.0f;
    for (ptrdiff_t l = 0; l < inputs; l++, b += b_row) {
        const reg value = (reg)x[l];
        UNROLL for (ptrdiff_t p = 0; p < panels; p++) {
            const char *at = b + p * apart;
            fetch_rows(at + AHEAD, b_row);
            UNROLL for (ptrdiff_t j = 0; j < 2; j++)
                sums[p][j] = add_product_reg(sums[p][j], value, load_scalars(kind, at + j * bytes));
        }
    }
    UNROLL for (ptrdiff_t p = 0; p < panels; p++)
        UNROLL for (ptrdiff_t j = 0; j < 2; j++) store_reg(sums[p][j], y + p * TILE_COLUMNS + j * REGISTER_FLOATS);
}

INLINE void multiply_panels(
    scalar_kind kind, const float *x, ptrdiff_t x_row, ptrdiff_t rows, const char *panels, ptrdiff_t outputs, ptrdiff_t inputs,
    ptrdiff_t first, ptrdiff_t end, float *y, ptrdiff_t y_row, bool accumulating) {
    const ptrdiff_t bytes = panel_bytes(kind, inputs), b_row = panel_bytes(kind, 1), whole_panels = outputs / TILE_COLUMNS;
    for (ptrdiff_t panel = first; panel < end;) {
        const char *b = panels + panel * bytes;
        float *target = y + panel * TILE_COLUMNS;
        if (rows == 1 && panel + ROW_PANELS <= least(end, whole_panels)) {
            row_of_panels(ROW_PANELS, kind, x, b, target, inputs, accumulating);
            panel += ROW_PANELS;
            continue;
        }
        // Even groups of rows; each one's pass over the panel asks for its share of the next panel.
        const ptrdiff_t group = share(rows, TILE_ROWS, 1), columns = least(TILE_COLUMNS, outputs - panel * TILE_COLUMNS);
        const ptrdiff_t fetch_row = b_row / ((rows + group - 1) / group);
        for (ptrdiff_t row = 0; row < rows; row += group) {
            const ptrdiff_t count = least(group, rows - row);
            float whole[TILE_ROWS * TILE_COLUMNS];
            const bool fits = columns == TILE_COLUMNS;
            float *sums = fits ? target + row * y_row : whole;
            const ptrdiff_t sums_row = fits ? y_row : TILE_COLUMNS;
            // The last panel where it is not full goes by way of a whole one, so as not to write beyond the row.
            for (ptrdiff_t r = 0; r < count && !fits; r++)
                for (ptrdiff_t i = 0; i < TILE_COLUMNS; i++)
                    whole[r * TILE_COLUMNS + i] = accumulating && i < columns ? target[(row + r) * y_row + i] : 0;
            const float *a = x + row * x_row;
            const char *fetch = b + bytes + row / group * fetch_row * inputs;
            tile_of(count, 2, kind, a, x_row, 1, b, b_row, sums, sums_row, inputs, accumulating, fetch, fetch_row);
            for (ptrdiff_t r = 0; r < count && !fits; r++)
                memcpy(target + (row + r) * y_row, whole + r * TILE_COLUMNS, (size_t)columns * sizeof *whole);
        }
        panel++;
    }
}

#define FLOAT_PANELS(name, kind)                                                                                             \
    static ptrdiff_t name##_bytes(ptrdiff_t inputs) { return panel_bytes(kind, inputs); }                                    \
    static void name##_pack(                                                                                                 \
        const float *w, ptrdiff_t w_row, ptrdiff_t outputs, ptrdiff_t inputs, ptrdiff_t panel, void *target) {               \
        pack_panel(kind, w, w_row, outputs, inputs, panel, target);                                                          \
    }                                                                                                                        \
    static ptrdiff_t name##_scratch(ptrdiff_t rows, ptrdiff_t inputs) { return 0; }                                          \
    static void name##_multiply(                                                                                             \
        const float *x, ptrdiff_t x_row, ptrdiff_t rows, const void *panels, ptrdiff_t outputs, ptrdiff_t inputs,            \
        ptrdiff_t first, ptrdiff_t end, float *y, ptrdiff_t y_row, bool accumulating, void *scratch) {                       \
        multiply_panels(kind, x, x_row, rows, panels, outputs, inputs, first, end, y, y_row, accumulating);                  \
    }

FLOAT_PANELS(float32, SCALAR_FLOAT32)
FLOAT_PANELS(bfloat16, SCALAR_BFLOAT16)
