// cseccomp.h - libseccomp, as Debian's libseccomp-dev installs it.
#pragma once
#include <seccomp.h>
