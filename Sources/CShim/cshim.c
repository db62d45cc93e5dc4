#include "include/cshim.h"
#include "result.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>


extern char **environ;

const char *shim_error_words(int error) { return strerrordesc_np(error); }
const char *shim_error_name(int error) { return strerrorname_np(error); }

int shim_open(const char *path, int flags, unsigned mode) { return RESULT(open(path, flags | O_CLOEXEC, mode)); }

int shim_openat(int directory, const char *path, int flags, unsigned mode) {
    return RESULT(openat(directory, path, flags | O_CLOEXEC, mode));
}

int shim_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {.flags = flags | O_CLOEXEC, .mode = mode, .resolve = resolve};
    return RESULT((int)syscall(SYS_openat2, directory, path, &how, sizeof how));
}

int shim_close(int fd) { return RESULT(close(fd)); }
int shim_close_range(unsigned first, unsigned last, unsigned flags) {
    return RESULT((int)syscall(SYS_close_range, first, last, flags));
}
int shim_dup3(int fd, int onto) { return RESULT(dup3(fd, onto, O_CLOEXEC)); }
ssize_t shim_read(int fd, void *bytes, size_t count) { return RESULT(read(fd, bytes, count)); }
ssize_t shim_pread(int fd, void *bytes, size_t count, int64_t offset) { return RESULT(pread(fd, bytes, count, offset)); }
ssize_t shim_write(int fd, const void *bytes, size_t count) { return RESULT(write(fd, bytes, count)); }
int64_t shim_lseek(int fd, int64_t offset, int whence) { return RESULT((int64_t)lseek(fd, offset, whence)); }
int shim_ftruncate(int fd, int64_t length) { return RESULT(ftruncate(fd, length)); }
int shim_flock(int fd, int operation) { return RESULT(flock(fd, operation)); }
int shim_fcntl(int fd, int command, long argument) { return RESULT(fcntl(fd, command, argument)); }
int shim_ioctl(int fd, unsigned long request, void *argument) { return RESULT(ioctl(fd, request, argument)); }
int shim_pipe2(int ends[2], int flags) { return RESULT(pipe2(ends, flags | O_CLOEXEC)); }
int shim_memfd_create(const char *name, unsigned flags) { return RESULT(memfd_create(name, flags | MFD_CLOEXEC)); }
ssize_t shim_getdents64(int fd, void *bytes, size_t count) {
    return RESULT((ssize_t)syscall(SYS_getdents64, fd, bytes, count));
}

int shim_statx(int directory, const char *path, int flags, struct shim_status *status) {
    struct statx s;
    int answer = RESULT(statx(directory, path, flags, STATX_BASIC_STATS | STATX_MNT_ID, &s));
    if (answer == 0)
        *status = (struct shim_status){
            .attributes = s.stx_attributes,
            .inode = s.stx_ino,
            .size = s.stx_size,
            .mount_id = s.stx_mnt_id,
            .modified_seconds = s.stx_mtime.tv_sec,
            .modified_nanoseconds = s.stx_mtime.tv_nsec,
            .mode = s.stx_mode,
            .links = s.stx_nlink,
            .uid = s.stx_uid,
            .gid = s.stx_gid,
            .device_major = s.stx_dev_major,
            .device_minor = s.stx_dev_minor,
            .special_major = s.stx_rdev_major,
            .special_minor = s.stx_rdev_minor,
        };
    return answer;
}

int shim_fstatfs(int fd, struct shim_filesystem *filesystem) {
    struct statfs s;
    int answer = RESULT(fstatfs(fd, &s));
    if (answer == 0) *filesystem = (struct shim_filesystem){.type = (uint64_t)s.f_type, .flags = (uint64_t)s.f_flags};
    return answer;
}

ssize_t shim_readlinkat(int directory, const char *path, char *bytes, size_t count) {
    return RESULT(readlinkat(directory, path, bytes, count));
}
int shim_faccessat(int directory, const char *path, int mode, int flags) {
    return RESULT((int)syscall(SYS_faccessat2, directory, path, mode, flags));
}
int shim_faccessat_plain(int directory, const char *path, int mode) {
    return RESULT((int)syscall(SYS_faccessat, directory, path, mode));
}
int shim_mkdirat(int directory, const char *path, unsigned mode) { return RESULT(mkdirat(directory, path, mode)); }
int shim_mknodat(int directory, const char *path, unsigned mode, unsigned major, unsigned minor) {
    return RESULT(mknodat(directory, path, mode, makedev(major, minor)));
}
int shim_symlinkat(const char *target, int directory, const char *path) {
    return RESULT(symlinkat(target, directory, path));
}
int shim_linkat(int from_directory, const char *from, int to_directory, const char *to, int flags) {
    return RESULT(linkat(from_directory, from, to_directory, to, flags));
}
int shim_unlinkat(int directory, const char *path, int flags) { return RESULT(unlinkat(directory, path, flags)); }
int shim_renameat2(int from_directory, const char *from, int to_directory, const char *to, unsigned flags) {
    return RESULT((int)syscall(SYS_renameat2, from_directory, from, to_directory, to, flags));
}
int shim_fchmod(int fd, unsigned mode) { return RESULT(fchmod(fd, mode)); }
int shim_fchmodat(int directory, const char *path, unsigned mode) {
    return RESULT((int)syscall(SYS_fchmodat, directory, path, mode));
}
int shim_fchownat(int directory, const char *path, uint32_t uid, uint32_t gid, int flags) {
    return RESULT(fchownat(directory, path, uid, gid, flags));
}
int shim_chdir(const char *path) { return RESULT(chdir(path)); }
int shim_fchdir(int fd) { return RESULT(fchdir(fd)); }
int shim_chroot(const char *path) { return RESULT(chroot(path)); }
ssize_t shim_getcwd(char *bytes, size_t count) { return RESULT((ssize_t)syscall(SYS_getcwd, bytes, count)); }
ssize_t shim_setxattr(const char *path, const char *name, const void *bytes, size_t count) {
    return RESULT((ssize_t)setxattr(path, name, bytes, count, 0));
}

pid_t shim_clone3(uint64_t flags, int signal, int cgroup, int *pidfd) {
    struct clone_args args = {
        .flags = flags | CLONE_PIDFD | CLONE_CLEAR_SIGHAND | (cgroup >= 0 ? CLONE_INTO_CGROUP : 0),
        .pidfd = (uintptr_t)pidfd,
        .exit_signal = (uint64_t)signal,
        .cgroup = cgroup >= 0 ? (uint64_t)cgroup : 0,
    };
    return RESULT((pid_t)syscall(SYS_clone3, &args, sizeof args));
}

pid_t shim_clone(int signal, int *pidfd) {
    return RESULT((pid_t)syscall(SYS_clone, (unsigned long)(CLONE_PIDFD | signal), NULL, pidfd, NULL, NULL));
}

int shim_execve(const char *path, char *const arguments[], char *const environment[]) {
    return RESULT(execve(path, arguments, environment));
}
int shim_execveat(int directory, const char *path, char *const arguments[], char *const environment[], int flags) {
    return RESULT((int)syscall(SYS_execveat, directory, path, arguments, environment, flags));
}
void shim_exit(int status) { _exit(status); }

int shim_wait_pidfd(int pidfd, int options, int *code, int *status) {
    siginfo_t info = {0};
    int answer = RESULT(waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, options));
    *code = info.si_code;
    *status = info.si_status;
    return answer;
}
pid_t shim_wait(pid_t pid, int options, int *code, int *status) {
    siginfo_t info = {0};
    int answer = RESULT(waitid(pid > 0 ? P_PID : P_ALL, (id_t)pid, &info, options));
    *code = info.si_code;
    *status = info.si_status;
    return answer < 0 ? answer : info.si_pid;
}
int shim_pidfd_open(pid_t pid, unsigned flags) { return RESULT((int)syscall(SYS_pidfd_open, pid, flags)); }
int shim_pidfd_send_signal(int pidfd, int signal) {
    return RESULT((int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0));
}
int shim_pidfd_getfd(int pidfd, int fd) { return RESULT((int)syscall(SYS_pidfd_getfd, pidfd, fd, 0)); }
int shim_kill(pid_t pid, int signal) { return RESULT(kill(pid, signal)); }
pid_t shim_getpid(void) { return getpid(); }
int shim_release(char *release) {
    struct utsname names;
    int answer = RESULT(uname(&names));
    if (answer == 0) memcpy(release, names.release, sizeof names.release);
    return answer;
}
pid_t shim_getppid(void) { return getppid(); }
pid_t shim_getpgrp(void) { return getpgrp(); }
pid_t shim_setsid(void) { return RESULT(setsid()); }
int shim_setpgid(pid_t pid, pid_t group) { return RESULT(setpgid(pid, group)); }
int shim_prctl(int operation, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
    return RESULT(prctl(operation, a, b, c, d));
}
unsigned long shim_auxiliary(unsigned long type) { return getauxval(type); }
char **shim_environment(void) { return environ; }

int shim_sigprocmask(int how, uint64_t set, uint64_t *old) {
    return RESULT((int)syscall(SYS_rt_sigprocmask, how, &set, old, sizeof set));
}
int shim_signalfd(int fd, uint64_t set, int flags) {
    return RESULT((int)syscall(SYS_signalfd4, fd, &set, sizeof set, flags | SFD_CLOEXEC));
}
// The system call, without glibc: glibc refuses signals 32 and 33, which a parent may have left ignored.
int shim_signal_disposition(int signal, int ignored) {
    struct { void (*handler)(int); unsigned long flags; void (*restorer)(void); uint64_t mask; } action = {
        .handler = ignored ? SIG_IGN : SIG_DFL,
    };
    return RESULT((int)syscall(SYS_rt_sigaction, signal, &action, NULL, sizeof action.mask));
}

int shim_unshare(int flags) { return RESULT(unshare(flags)); }
int shim_setns(int fd, int kind) { return RESULT(setns(fd, kind)); }
int shim_sethostname(const char *name, size_t count) { return RESULT(sethostname(name, count)); }
int shim_setdomainname(const char *name, size_t count) { return RESULT(setdomainname(name, count)); }

int shim_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data) {
    return RESULT(mount(source, target, type, flags, data));
}
int shim_umount2(const char *target, int flags) { return RESULT(umount2(target, flags)); }
int shim_pivot_root(const char *new_root, const char *put_old) {
    return RESULT((int)syscall(SYS_pivot_root, new_root, put_old));
}
int shim_open_tree(int directory, const char *path, int flags) {
    return RESULT((int)syscall(SYS_open_tree, directory, path, flags | OPEN_TREE_CLOEXEC));
}
int shim_move_mount(int from_directory, const char *from, int to_directory, const char *to, int flags) {
    return RESULT((int)syscall(SYS_move_mount, from_directory, from, to_directory, to, flags));
}
int shim_fsopen(const char *type, unsigned flags) {
    return RESULT((int)syscall(SYS_fsopen, type, flags | FSOPEN_CLOEXEC));
}
int shim_fspick(int directory, const char *path, unsigned flags) {
    return RESULT((int)syscall(SYS_fspick, directory, path, flags | FSPICK_CLOEXEC));
}
int shim_fsconfig(int context, unsigned command, const char *key, const void *value, int auxiliary) {
    return RESULT((int)syscall(SYS_fsconfig, context, command, key, value, auxiliary));
}
int shim_fsmount(int context, unsigned flags, unsigned attributes) {
    return RESULT((int)syscall(SYS_fsmount, context, flags | FSMOUNT_CLOEXEC, attributes));
}
int shim_mount_setattr(int directory, const char *path, int flags, uint64_t set, uint64_t clear,
                       uint64_t propagation, int user_namespace) {
    struct mount_attr attributes = {
        .attr_set = set,
        .attr_clr = clear,
        .propagation = propagation,
        .userns_fd = user_namespace >= 0 ? (uint64_t)user_namespace : 0,
    };
    return RESULT((int)syscall(SYS_mount_setattr, directory, path, flags, &attributes, sizeof attributes));
}

uint32_t shim_geteuid(void) { return geteuid(); }
uint32_t shim_getegid(void) { return getegid(); }
uint32_t shim_getuid(void) { return getuid(); }
uint32_t shim_getgid(void) { return getgid(); }
// The system calls, without glibc: glibc would send a signal to every other thread, to change its ids too (nptl(7)).
// There is only one thread, so that is not needed.
int shim_setresuid(uint32_t real, uint32_t effective, uint32_t saved) {
    return RESULT((int)syscall(SYS_setresuid, real, effective, saved));
}
int shim_setresgid(uint32_t real, uint32_t effective, uint32_t saved) {
    return RESULT((int)syscall(SYS_setresgid, real, effective, saved));
}
int shim_setgroups(size_t count, const uint32_t *groups) { return RESULT((int)syscall(SYS_setgroups, count, groups)); }
int shim_getgroups(int count, uint32_t *groups) { return RESULT(getgroups(count, groups)); }
unsigned shim_umask(unsigned mask) { return umask(mask); }
int shim_prlimit(pid_t pid, int resource, uint64_t soft, uint64_t hard) {
    struct rlimit64 limit = {.rlim_cur = soft, .rlim_max = hard};
    return RESULT((int)syscall(SYS_prlimit64, pid, resource, &limit, NULL));
}
int shim_sched_setaffinity(pid_t pid, size_t count, const void *mask) {
    return RESULT((int)syscall(SYS_sched_setaffinity, pid, count, mask));
}
// The struct is declared here because newer C libraries declare one with the kernel's name.
int shim_sched_setattr(pid_t pid, unsigned policy, uint64_t flags, int nice, unsigned priority, uint64_t runtime,
                       uint64_t deadline, uint64_t period) {
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
        uint32_t clamp_min, clamp_max;
    } attributes = {
        .size = sizeof attributes,
        .policy = policy,
        .flags = flags,
        .nice = nice,
        .priority = priority,
        .runtime = runtime,
        .deadline = deadline,
        .period = period,
    };
    return RESULT((int)syscall(SYS_sched_setattr, pid, &attributes, 0));
}
int shim_ioprio_set(int which, int who, int priority) {
    return RESULT((int)syscall(SYS_ioprio_set, which, who, priority));
}
int shim_set_mempolicy(int mode, const void *nodes, unsigned long count) {
    return RESULT((int)syscall(SYS_set_mempolicy, mode, nodes, count));
}
int shim_personality(unsigned long domain) { return RESULT((int)syscall(SYS_personality, domain)); }
int shim_seccomp(unsigned operation, unsigned flags, void *argument) {
    return RESULT((int)syscall(SYS_seccomp, operation, flags, argument));
}
int shim_seccomp_filter(unsigned flags, unsigned short count, const void *instructions) {
    struct sock_fprog program = {.len = count, .filter = (struct sock_filter *)instructions};
    return RESULT((int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program));
}
int shim_capset(uint64_t effective, uint64_t permitted, uint64_t inheritable) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct halves[2] = {
        {.effective = (uint32_t)effective, .permitted = (uint32_t)permitted, .inheritable = (uint32_t)inheritable},
        {.effective = effective >> 32, .permitted = permitted >> 32, .inheritable = inheritable >> 32},
    };
    return RESULT((int)syscall(SYS_capset, &header, halves));
}
int shim_bpf(int command, void *attributes, unsigned size) {
    return RESULT((int)syscall(SYS_bpf, command, attributes, size));
}
int shim_keyctl(int operation, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
    return RESULT((int)syscall(SYS_keyctl, operation, a, b, c, d));
}

_Static_assert(sizeof(struct shim_pollfd) == sizeof(struct pollfd), "shim_pollfd is pollfd");
int shim_poll(struct shim_pollfd *entries, unsigned count, int milliseconds) {
    return RESULT(poll((struct pollfd *)entries, count, milliseconds));
}
int64_t shim_clock(int clock) {
    struct timespec t;
    int answer = RESULT(clock_gettime(clock, &t));
    return answer < 0 ? answer : t.tv_sec * 1000000000 + t.tv_nsec;
}
int shim_nanosleep(int64_t nanoseconds) {
    struct timespec t = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    return RESULT(nanosleep(&t, NULL));
}
