// floor.c - the least that a container runtime must ask of the kernel, and nothing else: no JSON, no safe paths, no
// record, no errors. scripts/bench measures it beside the runtimes, so that their distance to the limit shows.
//
// usage:   floor --version
//          floor run BUNDLE ID plain|docker     what `run` does with the bundle of that name in spec-fixtures/bundles
//          floor exec PID                       /bin/true in the namespaces of PID
//          floor rss PROGRAM [WORD...]          runs PROGRAM and writes its peak memory in KiB on standard error: a child of
//                                               a large program would begin with the size of that one
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define MUST(call) do { if ((long)(call) < 0) { perror(#call); _exit(125); } } while (0)

static void loopback_up(void) {
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    int file = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    MUST(ioctl(file, SIOCSIFFLAGS, &request));
    close(file);
}

static void mount_all(void) {
    MUST(mount("proc", "proc", "proc", 0, NULL));
    MUST(mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k"));
    MUST(mkdir("dev/pts", 0755));
    MUST(mkdir("dev/shm", 0755));
    MUST(mkdir("dev/mqueue", 0755));
    MUST(mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5"));
    MUST(mount("shm", "dev/shm", "tmpfs", MS_NOSUID | MS_NOEXEC | MS_NODEV, "mode=1777,size=65536k"));
    MUST(mount("mqueue", "dev/mqueue", "mqueue", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL));
    MUST(mount("sysfs", "sys", "sysfs", MS_NOSUID | MS_NOEXEC | MS_NODEV | MS_RDONLY, NULL));
    MUST(mount("/sys/fs/cgroup", "sys/fs/cgroup", NULL, MS_BIND, NULL));
    MUST(mount(NULL, "sys/fs/cgroup", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL));
}

static void make_devices(void) {
    static const struct { const char *path; int major, minor; } devices[] = {
        {"dev/null", 1, 3}, {"dev/zero", 1, 5}, {"dev/full", 1, 7},
        {"dev/random", 1, 8}, {"dev/urandom", 1, 9}, {"dev/tty", 5, 0},
    };
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        MUST(mknod(devices[i].path, S_IFCHR | 0666, makedev(devices[i].major, devices[i].minor)));
    MUST(symlink("/proc/self/fd", "dev/fd"));
    MUST(symlink("/proc/self/fd/0", "dev/stdin"));
    MUST(symlink("/proc/self/fd/1", "dev/stdout"));
    MUST(symlink("/proc/self/fd/2", "dev/stderr"));
    MUST(symlink("pts/ptmx", "dev/ptmx"));
}

static void hide_paths(void) {
    static const char *masked[] = {
        "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi",
    };
    static const char *readonly[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
    for (size_t i = 0; i < sizeof masked / sizeof *masked; i++)
        if (mount("/dev/null", masked[i], NULL, MS_BIND, NULL)) (void)mount("tmpfs", masked[i], "tmpfs", MS_RDONLY, NULL);
    for (size_t i = 0; i < sizeof readonly / sizeof *readonly; i++)
        if (!mount(readonly[i], readonly[i], NULL, MS_BIND | MS_REC, NULL))
            MUST(mount(NULL, readonly[i], NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL));
}

static void drop_capabilities(uint64_t kept) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{(uint32_t)kept, (uint32_t)kept, 0}, {(uint32_t)(kept >> 32), (uint32_t)(kept >> 32), 0}};
    for (unsigned long i = 0; i <= CAP_LAST_CAP; i++)
        if (!(kept >> i & 1)) MUST(prctl(PR_CAPBSET_DROP, i, 0, 0, 0));
    MUST(syscall(SYS_capset, &header, data));
    MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

static void become_program(void) {
    char *arguments[] = {"/bin/true", NULL}, *environment[] = {"PATH=/bin", NULL};
    execve(arguments[0], arguments, environment);
    perror("execve");
    _exit(125);
}

static void be_init(void) {
    MUST(setsid());
    loopback_up();
    MUST(mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL));
    MUST(mount("rootfs", "rootfs", NULL, MS_BIND | MS_REC, NULL));
    MUST(chdir("rootfs"));
    mount_all();
    make_devices();
    MUST(syscall(SYS_pivot_root, ".", "."));
    MUST(umount2(".", MNT_DETACH));
    MUST(mount(NULL, "/", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL));
    MUST(sethostname("floor", 5));
    hide_paths();
    drop_capabilities(1ull << CAP_AUDIT_WRITE | 1ull << CAP_KILL | 1ull << CAP_NET_BIND_SERVICE);
    become_program();
}

static int run(const char *bundle, const char *id, int has_cgroup_namespace) {
    char cgroup[4096];
    int pidfd = -1, status;
    snprintf(cgroup, sizeof cgroup, "/sys/fs/cgroup/%s", id);
    MUST(mkdir(cgroup, 0755));
    int directory = open(cgroup, O_PATH | O_DIRECTORY | O_CLOEXEC);
    MUST(chdir(bundle));
    struct clone_args args = {
        .flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET | CLONE_PIDFD | CLONE_INTO_CGROUP,
        .pidfd = (uintptr_t)&pidfd, .exit_signal = SIGCHLD, .cgroup = (uint64_t)directory,
    };
    long pid = syscall(SYS_clone3, &args, sizeof args);
    MUST(pid);
    if (pid == 0) {
        if (has_cgroup_namespace) MUST(unshare(CLONE_NEWCGROUP));
        be_init();
    }
    MUST(waitpid((pid_t)pid, &status, 0));
    MUST(rmdir(cgroup));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}

static int exec_in(pid_t target) {
    int status, pidfd = (int)syscall(SYS_pidfd_open, target, 0);
    MUST(setns(pidfd, CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET));
    pid_t pid = fork();
    MUST(pid);
    if (pid == 0) {
        drop_capabilities(1ull << CAP_AUDIT_WRITE | 1ull << CAP_KILL | 1ull << CAP_NET_BIND_SERVICE);
        become_program();
    }
    MUST(waitpid(pid, &status, 0));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}

static int rss(char **words) {
    int status;
    struct rusage used;
    pid_t pid = fork();
    MUST(pid);
    if (pid == 0) {
        execv(words[0], words);
        _exit(125);
    }
    MUST(wait4(pid, &status, 0, &used));
    fprintf(stderr, "%ld\n", used.ru_maxrss);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}

int main(int count, char **words) {
    if (count == 5 && !strcmp(words[1], "run")) return run(words[2], words[3], !strcmp(words[4], "docker"));
    if (count == 3 && !strcmp(words[1], "exec")) return exec_in(atoi(words[2]));
    if (count > 2 && !strcmp(words[1], "rss")) return rss(words + 2);
    return 0;
}
