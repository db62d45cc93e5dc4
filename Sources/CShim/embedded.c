// embedded.c - what Embedded Swift's standard library expects of the platform, and full Swift's brings along.
#ifdef APUS_EMBEDDED
#include <stdlib.h>

// Double.init(_: String): reads a number, puts it in *result and returns where it ends; null if there is none.
// The program never calls setlocale(3), so strtod(3) reads as in the locale "C".
const char *_swift_stdlib_strtod_clocale(const char *text, double *result) {
    char *end;
    *result = strtod(text, &end);
    return end == text ? NULL : end;
}

// The linker puts this in place of libcap's own (--wrap), which at each start would ask the kernel six times how many
// capabilities it knows (prctl(2), PR_CAPBSET_READ). Here libcap hears: as many as a set has bits. We ask when we need it.
int __wrap_cap_get_bound(int capability) { return capability < 64 ? 0 : -1; }
#endif
