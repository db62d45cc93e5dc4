// memory.c - how the C library gets memory from the kernel.
//
// A run needs less than a megabyte, in small pieces. One large step at the first need, and nothing given back, saves the
// calls in between (brk(2)) and the page faults of memory that was given back too early. Pages that nobody touches cost
// nothing.
#include <malloc.h>

#ifdef __GLIBC__
__attribute__((constructor)) static void grow_in_large_steps(void) {
    mallopt(M_TOP_PAD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
}
#endif
