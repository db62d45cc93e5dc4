// constants.h - the kernel's constants, under the kernel's own names.
//
// Swift imports a macro as a constant if it is a number or a simple expression of numbers. The definitions after the
// includes are for the rest: macros that Swift cannot import (a cast, a macro with arguments), constants that the
// headers of Debian 12 (Linux 6.1, glibc 2.36) do not have yet, and constants that the kernel keeps out of its public
// headers.
//
// Types: a macro is a CInt unless its number says otherwise. A constant of a named enum has that enum as its type, and
// its number is `rawValue`. A constant of an unnamed enum is an Int.
//
// Only headers that do not conflict with each other are included. linux/fcntl.h, linux/stat.h, linux/if.h and
// asm/termbits.h declare structs that the C library declares differently, so their constants come from the C library's
// headers. For sys/mount.h and sys/resource.h it is the other way round: their enums conflict with the macros of
// linux/mount.h and asm/resource.h.
#pragma once

#include <asm/errno.h>          // E*
#include <asm/resource.h>       // RLIMIT_*
#include <dirent.h>             // DT_*
#include <elf.h>                // EI_*, ELF*, EM_*, PT_INTERP
#include <fcntl.h>              // AT_*, F_*, FD_CLOEXEC, LOCK_*, O_*, SEEK_*, X_OK
#include <linux/auxvec.h>       // AT_PAGESZ, AT_EXECFN
#include <linux/bpf.h>          // BPF_PROG_*, BPF_F_*, BPF_DEVCG_*, instructions of eBPF
#include <linux/bpf_common.h>   // instructions of classic BPF, BPF_MAXINSNS
#include <linux/capability.h>   // CAP_*
#include <linux/close_range.h>  // CLOSE_RANGE_*
#include <linux/if_addr.h>      // IFA_*
#include <linux/if_link.h>      // IFLA_*
#include <linux/ioprio.h>       // IOPRIO_*
#include <linux/keyctl.h>       // KEYCTL_*
#include <linux/limits.h>       // PATH_MAX, NGROUPS_MAX
#include <linux/magic.h>        // *_MAGIC of filesystems
#include <linux/major.h>        // *_MAJOR of devices
#include <linux/memfd.h>        // MFD_*
#include <linux/mempolicy.h>    // MPOL_*
#include <linux/mount.h>        // MS_*, MOUNT_ATTR_*, OPEN_TREE_*, MOVE_MOUNT_*, FSCONFIG_*, FSPICK_*
#include <linux/netlink.h>      // NETLINK_ROUTE, NLM_F_*, NLMSG_*
#include <linux/nsfs.h>         // NS_GET_*
#include <linux/openat2.h>      // RESOLVE_*
#include <linux/personality.h>  // PER_*
#include <linux/prctl.h>        // PR_*
#include <linux/rtnetlink.h>    // RTM_*, RT_SCOPE_*
#include <linux/sched.h>        // CLONE_*, SCHED_*
#include <linux/seccomp.h>      // SECCOMP_*
#include <linux/sockios.h>      // SIOC*
#include <linux/utsname.h>      // __NEW_UTS_LEN
#include <net/if.h>             // IFF_*, IFNAMSIZ
#include <poll.h>               // POLL*
#include <signal.h>             // SIG*, CLD_*
#include <sys/epoll.h>          // EPOLL*
#include <sys/ioctl.h>          // TC*, TIOC*
#include <sys/signalfd.h>       // SFD_*
#include <sys/socket.h>         // AF_*, SOCK_*, MSG_*
#include <sys/stat.h>           // S_IF*
#include <sys/statvfs.h>        // ST_*
#include <sys/wait.h>           // W*, __WALL
#include <termios.h>            // I*, O*, E*, C*, V*: the modes of a terminal
#include <time.h>               // CLOCK_*

// ---- macros that Swift does not import: _IO and the like, and casts

static const unsigned long SHIM_NS_GET_USERNS = NS_GET_USERNS;  // ioctl_ns(2)
static const unsigned long SHIM_NS_GET_NSTYPE = NS_GET_NSTYPE;  // ioctl_ns(2)
static const unsigned long SHIM_TIOCSPTLCK = TIOCSPTLCK;  // ioctl_tty(2)
static const unsigned long SHIM_TIOCGPTN = TIOCGPTN;
static const unsigned long SHIM_TIOCGPTPEER = TIOCGPTPEER;
static const uint16_t SHIM_NLA_TYPE_MASK = (uint16_t)NLA_TYPE_MASK;  // netlink(7)

// ---- newer than Debian 12's headers

#ifndef MFD_EXEC  // linux/memfd.h of Linux 6.3
#define MFD_EXEC 0x0010U
#endif
static const int SHIM_ADD_SEALS = 1033;  // fcntl(2), F_ADD_SEALS
static const int SHIM_GET_SEALS = 1034;  // F_GET_SEALS
static const int SHIM_EVERY_SEAL = 0x0001 | 0x0002 | 0x0004 | 0x0008;  // F_SEAL_SEAL, _SHRINK, _GROW, _WRITE
#ifndef MFD_NOEXEC_SEAL  // linux/memfd.h of Linux 6.3
#define MFD_NOEXEC_SEAL 0x0008U
#endif
#ifndef MPOL_WEIGHTED_INTERLEAVE  // an enumerator of linux/mempolicy.h since Linux 6.9, of the same number
#define MPOL_WEIGHTED_INTERLEAVE 6
#endif

// ---- constants that the C library has for _GNU_SOURCE alone
//
// Swift's own modules read the C library's headers without it. If these headers were read with it, the same struct would have
// fields of other names in each of them, which Swift refuses. The numbers are the same on all architectures but for O_TMPFILE,
// which contains O_DIRECTORY.

#ifndef AT_EMPTY_PATH  // linux/fcntl.h
#define AT_EMPTY_PATH 0x1000
#endif
#ifndef AT_RECURSIVE  // linux/fcntl.h
#define AT_RECURSIVE 0x8000
#endif
#ifndef O_PATH  // asm-generic/fcntl.h
#define O_PATH 010000000
#endif
static const int SHIM_O_TMPFILE = 020000000 | O_DIRECTORY;  // asm-generic/fcntl.h, O_TMPFILE
#ifndef SEEK_DATA  // linux/fs.h
#define SEEK_DATA 3
#define SEEK_HOLE 4
#endif
#ifndef ST_NOEXEC  // include/linux/statfs.h, as statvfs(3) has it
#define ST_NOEXEC 8
#endif
#ifndef STATX_ATTR_MOUNT_ROOT  // linux/stat.h
#define STATX_ATTR_MOUNT_ROOT 0x00002000
#endif

// ---- constants of the kernel that no public header has, or none that can be included here

#ifndef MNT_DETACH  // umount2(2): include/linux/fs.h, and sys/mount.h of the C library
#define MNT_DETACH 2
#define UMOUNT_NOFOLLOW 8
#endif
#ifndef KEY_USR_SEARCH  // keyctl_setperm(3): include/linux/key.h, and keyutils.h of libkeyutils
#define KEY_USR_SEARCH 0x00080000
#define KEY_OTH_SEARCH 0x00000008
#endif
#ifndef UNIX_PATH_MAX  // unix(7): linux/un.h, which declares the struct of sys/un.h once more
#define UNIX_PATH_MAX 108
#endif
#ifndef SCHED_ISO  // sched(7): a policy that linux/sched.h reserves and Linux does not have
#define SCHED_ISO 4
#endif
#ifndef __X32_SYSCALL_BIT  // asm/unistd.h, of x86 alone
#define __X32_SYSCALL_BIT 0x40000000U
#endif
#ifndef PROC_USER_INIT_INO  // the inode of the first user namespace, unchanged since Linux 3.8: include/linux/proc_ns.h
#define PROC_USER_INIT_INO 0xEFFFFFFDU
#endif
#ifndef UID_GID_MAP_MAX_EXTENTS  // user_namespaces(7), since Linux 4.15: include/linux/user_namespace.h
#define UID_GID_MAP_MAX_EXTENTS 340
#endif
