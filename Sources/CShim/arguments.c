// arguments.c - the arguments that the program was started with, where the kernel put them.
//
// The C library passes them to main and to every constructor. Embedded Swift has no CommandLine to read them from.
#include "include/cshim.h"

static char **arguments;

__attribute__((constructor)) static void keep_arguments(int count, char **values) {
    (void)count;
    arguments = values;
}

char **shim_arguments(void) { return arguments; }
