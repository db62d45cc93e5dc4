// arguments.c - the words that the program was started with, where the kernel put them.
//
// The C library hands them to main, and to every constructor. Embedded Swift has no CommandLine that would.
#include "include/cshim.h"

static char **arguments;

__attribute__((constructor)) static void keep_arguments(int count, char **values) {
    (void)count;
    arguments = values;
}

char **shim_arguments(void) { return arguments; }
