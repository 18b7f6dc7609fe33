#include <cblas.h>
#include <stdbool.h>

// Whether plad is compiled for AVX-512: Swift does not tell, but shares its target with the C that it imports.
static inline bool compiled_for_avx512(void) {
#if defined(__AVX512F__)
    return true;
#else
    return false;
#endif
}

// Tells the processor that the calling thread only waits for memory to change, so that it saves power and leaves its
// twin the core. Swift has no name for the instruction.
static inline void pause_while_spinning(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

// Keeps the compiler from moving reads of memory across: begun too early they need more registers than there are.
static inline void keep_order(void) { __asm__ volatile("" ::: "memory"); }

// Asks for the cache line at an address, which may lie anywhere, to be brought into the cache.
static inline void prefetch_for_reading(const void *address) { __builtin_prefetch(address, 0, 3); }

// Sixteen upper halves of floats as the floats they are, their lower halves 0.
static inline void widen_bfloat16(const void *source, void *target) {
    typedef unsigned short halves __attribute__((vector_size(32)));
    typedef unsigned int bits __attribute__((vector_size(64)));
    halves upper;
    __builtin_memcpy(&upper, source, sizeof(upper));
    bits whole = __builtin_convertvector(upper, bits) << 16;
    __builtin_memcpy(target, &whole, sizeof(whole));
}

// Sixteen whole numbers as floats. Swift converts vectors number by number.
static inline void widen_int8(const void *source, void *target) {
    typedef signed char bytes __attribute__((vector_size(16)));
    typedef float floats __attribute__((vector_size(64)));
    bytes whole;
    __builtin_memcpy(&whole, source, sizeof(whole));
    floats wide = __builtin_convertvector(whole, floats);
    __builtin_memcpy(target, &wide, sizeof(wide));
}
