// embedded.c - functions that Embedded Swift's standard library expects from the platform; full Swift brings its own.
#ifdef APUS_EMBEDDED
#include <stdlib.h>

// Double.init(_: String): reads a number into *result and returns where it ends; null if there is no number.
// The program never calls setlocale(3), so strtod(3) reads as in the locale "C".
const char *_swift_stdlib_strtod_clocale(const char *text, double *result) {
    char *end;
    *result = strtod(text, &end);
    return end == text ? NULL : end;
}

// The linker puts this in place of libcap's own function (--wrap). At each start, libcap would ask the kernel six times
// how many capabilities it knows (prctl(2), PR_CAPBSET_READ). This answers that the kernel knows as many as a set has
// bits. The runtime asks the kernel itself when it needs to know.
int __wrap_cap_get_bound(int capability) { return capability < 64 ? 0 : -1; }
#endif
