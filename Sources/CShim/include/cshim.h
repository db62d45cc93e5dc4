// cshim.h - the system calls that the runtime needs, one thin function each.
//
// The rules for this file and for the C files beside it:
//   1. One function makes one system call. It has no loop, allocates no memory and prints nothing. It decides nothing
//      but whether its arguments fit into the call's struct.
//   2. A result is 0 or more; a failure is -errno, as the kernel itself returns it. So Swift never reads the thread's
//      errno, which the reference counting between the call and the read could overwrite.
//   3. A function that makes a system call may run between clone and exec, so it takes no lock and uses no global but
//      errno.
//   4. A call that makes a descriptor makes it close-on-exec, so that no program inherits it by accident.
#pragma once
#include <math.h>  // log2(3), pow(3)
#include <regex.h> // regcomp(3)
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// ---- texts for errors: no system call, only the C library's tables

// strerrordesc_np(3) and strerrorname_np(3); null if the number has no name.
const char *shim_error_words(int error);
const char *shim_error_name(int error);

// ---- what this build was made from (build.c); null if scripts/build did not say

const char *shim_build_commit(void);
const char *shim_build_swift(void);

// ---- descriptors and files

int shim_open(const char *path, int flags, unsigned mode);
int shim_openat(int directory, const char *path, int flags, unsigned mode);
// openat2(2). resolve: RESOLVE_*.
int shim_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
int shim_close(int fd);
int shim_close_range(unsigned first, unsigned last, unsigned flags);
int shim_dup3(int fd, int onto);
ssize_t shim_read(int fd, void *bytes, size_t count);
ssize_t shim_pread(int fd, void *bytes, size_t count, int64_t offset);
ssize_t shim_write(int fd, const void *bytes, size_t count);
int64_t shim_lseek(int fd, int64_t offset, int whence);
int shim_ftruncate(int fd, int64_t length);
int shim_flock(int fd, int operation);
int shim_fcntl(int fd, int command, long argument);
int shim_ioctl(int fd, unsigned long request, void *argument);
// The argument of TCGETS and TCSETS (ioctl_tty(2)): the kernel's struct termios, which differs from the C library's.
struct shim_termios {
    uint32_t input, output, control, local;
    uint8_t discipline;
    uint8_t characters[19];
};
// The argument of TIOCGWINSZ and TIOCSWINSZ (ioctl_tty(2)).
struct shim_winsize {
    uint16_t rows, columns, width, height;
};
int shim_pipe2(int ends[2], int flags);
int shim_memfd_create(const char *name, unsigned flags);
ssize_t shim_getdents64(int fd, void *bytes, size_t count);

// The fields of statx(2) that the runtime reads.
struct shim_status {
    uint64_t attributes;
    uint64_t inode;
    uint64_t size;
    uint64_t mount_id;
    int64_t modified_seconds;
    uint32_t modified_nanoseconds;
    uint32_t mode;
    uint32_t links;
    uint32_t uid;
    uint32_t gid;
    uint32_t device_major, device_minor;      // of the filesystem the file is on
    uint32_t special_major, special_minor;    // of the device the file is
};
int shim_statx(int directory, const char *path, int flags, struct shim_status *status);

// The fields of fstatfs(2) that the runtime reads. flags: ST_* of statvfs(3).
struct shim_filesystem {
    uint64_t type;
    uint64_t flags;
};
int shim_fstatfs(int fd, struct shim_filesystem *filesystem);

ssize_t shim_readlinkat(int directory, const char *path, char *bytes, size_t count);
int shim_faccessat(int directory, const char *path, int mode, int flags);
int shim_faccessat_plain(int directory, const char *path, int mode);
int shim_mkdirat(int directory, const char *path, unsigned mode);
int shim_mknodat(int directory, const char *path, unsigned mode, unsigned major, unsigned minor);
int shim_symlinkat(const char *target, int directory, const char *path);
int shim_linkat(int from_directory, const char *from, int to_directory, const char *to, int flags);
int shim_unlinkat(int directory, const char *path, int flags);
int shim_renameat2(int from_directory, const char *from, int to_directory, const char *to, unsigned flags);
int shim_fchmod(int fd, unsigned mode);
int shim_fchmodat(int directory, const char *path, unsigned mode);
int shim_fchownat(int directory, const char *path, uint32_t uid, uint32_t gid, int flags);
int shim_chdir(const char *path);
int shim_fchdir(int fd);
int shim_chroot(const char *path);
// The system call getcwd(2), without glibc: returns the length with the closing NUL. The path begins with
// "(unreachable)" if the directory is outside the root.
ssize_t shim_getcwd(char *bytes, size_t count);
ssize_t shim_setxattr(const char *path, const char *name, const void *bytes, size_t count);
ssize_t shim_getxattr(const char *path, const char *name, void *bytes, size_t count);

// ---- processes

// clone3(2), used like fork(2): the child continues in a copy of the parent's memory and gets 0.
// flags: CLONE_*; CLONE_PIDFD and CLONE_CLEAR_SIGHAND are added. signal: sent to the parent when the child ends (0 with
// CLONE_PARENT). cgroup: a descriptor of the cgroup in which the child starts, or -1. pidfd: set in the parent.
pid_t shim_clone3(uint64_t flags, int signal, int cgroup, int *pidfd);
// clone(2), used like fork(2), with CLONE_PIDFD: for a plain child if a seccomp filter hides clone3. (A filter cannot
// read the flags of clone3, which are in memory, so many profiles answer ENOSYS.)
pid_t shim_clone(int signal, int *pidfd);
int shim_execve(const char *path, char *const arguments[], char *const environment[]);
int shim_execveat(int directory, const char *path, char *const arguments[], char *const environment[], int flags);
void shim_exit(int status) __attribute__((noreturn));
// waitid(2) by pidfd. code: CLD_*. status: exit status or signal. Returns 0; code is 0 if WNOHANG found nothing.
int shim_wait_pidfd(int pidfd, int options, int *code, int *status);
// waitid(2) for the child `pid`, or for any child if it is 0. Returns the child's pid, or 0 if WNOHANG found no child.
pid_t shim_wait(pid_t pid, int options, int *code, int *status);
int shim_pidfd_open(pid_t pid, unsigned flags);
int shim_pidfd_send_signal(int pidfd, int signal);
// pidfd_getfd(2): copies the descriptor fd of the process; the copy is close-on-exec.
int shim_pidfd_getfd(int pidfd, int fd);
int shim_kill(pid_t pid, int signal);
pid_t shim_getpid(void);
// uname(2): only the release, at most 65 bytes with the closing NUL.
int shim_release(char *release);
pid_t shim_getppid(void);
pid_t shim_setsid(void);
int shim_setpgid(pid_t pid, pid_t group);
pid_t shim_getpgrp(void);
// prctl(2).
int shim_prctl(int operation, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
// getauxval(3): reads memory that the kernel filled when the program started.
unsigned long shim_auxiliary(unsigned long type);
char **shim_environment(void);
// The program's arguments, where the kernel put them on the stack (arguments.c); the list ends with null.
char **shim_arguments(void);
// prctl(2), PR_SET_MM_MAP: makes the file the executable of this program, which must be the same program: afterwards
// /proc/self/exe and every mapping lead to this file, and no longer to the one that the program was started from. Only
// for a static program of one thread: ENOTSUP otherwise. EPERM without CAP_SYS_ADMIN in the user namespace, EINVAL on a
// kernel without CONFIG_CHECKPOINT_RESTORE. After an error the program can go on, unless memory
// ran out while the text was mapped again (executable.c).
int shim_replace_executable(int file);
bool shim_executable_is_replaced(void);

// ---- signals: a set is 64 bits; signal N is bit N-1

int shim_sigprocmask(int how, uint64_t set, uint64_t *old);
int shim_signalfd(int fd, uint64_t set, int flags);
// rt_sigaction(2): sets SIG_DFL (ignored is 0) or SIG_IGN (1).
int shim_signal_disposition(int signal, int ignored);

// ---- namespaces

int shim_unshare(int flags);
int shim_setns(int fd, int kind);
int shim_sethostname(const char *name, size_t count);
int shim_setdomainname(const char *name, size_t count);

// ---- mounts

// mount(2). source, type and data may be null.
int shim_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data);
int shim_umount2(const char *target, int flags);
// pivot_root(2). glibc has no wrapper.
int shim_pivot_root(const char *new_root, const char *put_old);
int shim_open_tree(int directory, const char *path, int flags);
int shim_move_mount(int from_directory, const char *from, int to_directory, const char *to, int flags);
int shim_fsopen(const char *type, unsigned flags);
int shim_fspick(int directory, const char *path, unsigned flags);
int shim_fsconfig(int context, unsigned command, const char *key, const void *value, int auxiliary);
int shim_fsmount(int context, unsigned flags, unsigned attributes);
int shim_mount_setattr(int directory, const char *path, int flags, uint64_t set, uint64_t clear,
                       uint64_t propagation, int user_namespace);

// ---- identity, limits, scheduling

uint32_t shim_geteuid(void);
uint32_t shim_getegid(void);
uint32_t shim_getuid(void);
uint32_t shim_getgid(void);
int shim_setresuid(uint32_t real, uint32_t effective, uint32_t saved);
int shim_setresgid(uint32_t real, uint32_t effective, uint32_t saved);
int shim_setgroups(size_t count, const uint32_t *groups);
int shim_getgroups(int count, uint32_t *groups);
unsigned shim_umask(unsigned mask);
int shim_prlimit(pid_t pid, int resource, uint64_t soft, uint64_t hard);
int shim_sched_setaffinity(pid_t pid, size_t count, const void *mask);
// sched_setattr(2). glibc has no wrapper. The utilization clamps are 0.
int shim_sched_setattr(pid_t pid, unsigned policy, uint64_t flags, int nice, unsigned priority, uint64_t runtime,
                       uint64_t deadline, uint64_t period);
// ioprio_set(2). glibc has no wrapper.
int shim_ioprio_set(int which, int who, int priority);
// set_mempolicy(2). nodes: a bit mask; the kernel reads one bit less than `count` says. null: no nodes.
int shim_set_mempolicy(int mode, const void *nodes, unsigned long count);
int shim_personality(unsigned long domain);
// seccomp(2).
int shim_seccomp(unsigned operation, unsigned flags, void *argument);
// seccomp(2), SECCOMP_SET_MODE_FILTER: installs count instructions of 8 bytes each (struct sock_filter). If the flags
// ask for a listener, returns its descriptor, which is close-on-exec.
int shim_seccomp_filter(unsigned flags, unsigned short count, const void *instructions);
// capset(2) for the calling thread, version 3: bit N is capability N.
int shim_capset(uint64_t effective, uint64_t permitted, uint64_t inheritable);
// bpf(2). attributes must be at least 160 zeroed bytes: Linux 6.17 to 7.1 write beyond the end of a shorter struct
// (ConversionsToCgroup2, "Device rules").
int shim_bpf(int command, void *attributes, unsigned size);
// landlock_create_ruleset(2) with LANDLOCK_CREATE_RULESET_VERSION: returns the version of Landlock's interface.
int shim_landlock_version(void);
int shim_keyctl(int operation, unsigned long a, unsigned long b, unsigned long c, unsigned long d);

// ---- sockets, waiting, time

int shim_socket(int domain, int type, int protocol);
int shim_socketpair_seqpacket(int ends[2]);
int shim_connect_unix(int fd, const char *path);
// connect(2) to an address of count bytes. It may begin with a NUL (unix(7), "abstract").
int shim_connect_unix_address(int fd, const void *bytes, size_t count);
int shim_bind_unix(int fd, const char *path);
int shim_listen(int fd, int backlog);
// accept4(2) with SOCK_CLOEXEC. It does not ask for the peer's address.
int shim_accept(int fd);
// setsockopt(2), SO_SNDTIMEO: how long a send may block.
int shim_set_send_timeout(int fd, int64_t milliseconds);
// sendmsg(2), MSG_NOSIGNAL, with one descriptor beside the bytes (-1 for none).
ssize_t shim_send(int fd, const void *bytes, size_t count, int descriptor);
// recvmsg(2) with MSG_CMSG_CLOEXEC. descriptor: the one that was sent along, or -1. flags: MSG_TRUNC, MSG_CTRUNC.
ssize_t shim_receive(int fd, void *bytes, size_t count, int *descriptor, int *flags);

// struct pollfd of poll(2).
struct shim_pollfd {
    int fd;
    short events;
    short revents;
};
// poll(2). milliseconds: -1 waits for ever.
int shim_poll(struct shim_pollfd *entries, unsigned count, int milliseconds);
int shim_epoll_create(void);
// epoll_ctl(2). tag: the value that shim_epoll_wait returns for this descriptor.
int shim_epoll_control(int epoll, int operation, int fd, uint32_t events, uint64_t tag);
// epoll_wait(2) for one event. Returns 1, or 0 after the time limit. milliseconds: -1 waits for ever.
int shim_epoll_wait(int epoll, uint64_t *tag, int milliseconds);
// clock_gettime(2) in nanoseconds.
int64_t shim_clock(int clock);
int shim_nanosleep(int64_t nanoseconds);
