#include <cblas.h>

// Tells the processor that the calling thread only waits for memory to change, so that it saves power and leaves its
// twin the core. Swift has no name for the instruction.
static inline void pause_while_spinning(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}
