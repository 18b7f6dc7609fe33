// Which kernels this processor runs.
#include "kernels.h"

#include <string.h>

extern const kernel_table kernels_generic;

#if defined(__x86_64__)
extern const kernel_table kernels_avx2, kernels_avx512;
extern const kernel_panels int8_avx512_vnni;

static bool runs_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

static bool runs_avx512(void) {
    return runs_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

// With the instruction that adds up pairs of products, where the processor has it: the same numbers.
static const kernel_table *avx512(void) {
    static kernel_table with_vnni;
    if (!__builtin_cpu_supports("avx512vnni")) return &kernels_avx512;
    kernel_table table = kernels_avx512;
    table.int8 = int8_avx512_vnni;
    with_vnni = table;
    return &with_vnni;
}

const kernel_table *kernels_named(const char *name) {
    __builtin_cpu_init();
    if (strcmp(name, "generic") == 0) return &kernels_generic;
    if (strcmp(name, "avx2") == 0 && runs_avx2()) return &kernels_avx2;
    if (strcmp(name, "avx512") == 0 && runs_avx512()) return avx512();
    return NULL;
}

const kernel_table *kernels_best(void) {
    __builtin_cpu_init();
    return runs_avx512() ? avx512() : runs_avx2() ? &kernels_avx2 : &kernels_generic;
}
#else
const kernel_table *kernels_named(const char *name) { return strcmp(name, "generic") == 0 ? &kernels_generic : NULL; }

const kernel_table *kernels_best(void) { return &kernels_generic; }
#endif
