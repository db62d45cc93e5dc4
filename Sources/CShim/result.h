// result.h - turns a C library call's -1 into -errno.
#pragma once
#include <errno.h>

#define RESULT(call) ({ __typeof__(call) r_ = (call); r_ < 0 ? -errno : r_; })
