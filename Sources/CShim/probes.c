// The calls that only `apus doctor` makes.
#include "include/cshim.h"
#include "result.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

ssize_t shim_getxattr(const char *path, const char *name, void *bytes, size_t count) {
    return RESULT(getxattr(path, name, bytes, count));
}

int shim_landlock_version(void) {
    return RESULT((int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION));
}
