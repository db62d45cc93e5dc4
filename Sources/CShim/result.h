// result.h - a call's own answer, or -errno where it failed.
#pragma once
#include <errno.h>

#define RESULT(call) ({ __typeof__(call) r_ = (call); r_ < 0 ? -errno : r_; })
