// build.c - the versions that this build was made from.
//
// scripts/build may write a file build.h beside this one (git ignores it) with the lines
//     #define APUS_COMMIT "v0.1-3-gabcdef0"
//     #define APUS_SWIFT "6.3.1"
// If build.h is new, scripts/build also touches this file: an earlier build without build.h did not record that it
// looked for one.
#include "include/cshim.h"

#if __has_include("build.h")
#include "build.h"
#endif

#ifndef APUS_COMMIT
#define APUS_COMMIT ((const char *)0)
#endif
#ifndef APUS_SWIFT
#define APUS_SWIFT ((const char *)0)
#endif

const char *shim_build_commit(void) { return APUS_COMMIT; }
const char *shim_build_swift(void) { return APUS_SWIFT; }
