// ccap.h - libcap, as Debian's libcap-dev installs it.
#pragma once
#include <sys/capability.h>
