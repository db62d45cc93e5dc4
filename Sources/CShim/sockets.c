// sockets.c - the system calls for sockets, by the rules of cshim.h.
#include "include/cshim.h"
#include "result.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

int shim_socket(int domain, int type, int protocol) { return RESULT(socket(domain, type | SOCK_CLOEXEC, protocol)); }
int shim_socketpair_seqpacket(int ends[2]) { return RESULT(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)); }
int shim_connect_unix(int fd, const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) return -ENAMETOOLONG;
    strcpy(address.sun_path, path);
    return RESULT(connect(fd, (struct sockaddr *)&address, sizeof address));
}

int shim_connect_unix_address(int fd, const void *bytes, size_t count) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (count > sizeof address.sun_path) return -ENAMETOOLONG;
    memcpy(address.sun_path, bytes, count);
    return RESULT(connect(fd, (struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path) + count));
}
int shim_bind_unix(int fd, const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) return -ENAMETOOLONG;
    strcpy(address.sun_path, path);
    return RESULT(bind(fd, (struct sockaddr *)&address, sizeof address));
}

int shim_listen(int fd, int backlog) { return RESULT(listen(fd, backlog)); }
int shim_accept(int fd) { return RESULT(accept4(fd, NULL, NULL, SOCK_CLOEXEC)); }

int shim_set_send_timeout(int fd, int64_t milliseconds) {
    struct timeval limit = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
    return RESULT(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
}

ssize_t shim_send(int fd, const void *bytes, size_t count, int descriptor) {
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(int))]; } control = {
        .header = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS},
    };
    memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (descriptor >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
    }
    return RESULT(sendmsg(fd, &message, MSG_NOSIGNAL));
}

ssize_t shim_receive(int fd, void *bytes, size_t count, int *descriptor, int *flags) {
    struct iovec part = {.iov_base = bytes, .iov_len = count};
    union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(int))]; } control;
    // The length leaves out the padding: the kernel would put a second descriptor there, and we would not close it.
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_LEN(sizeof(int)),
    };
    ssize_t answer = RESULT(recvmsg(fd, &message, MSG_CMSG_CLOEXEC));
    *descriptor = -1;
    *flags = message.msg_flags;
    struct cmsghdr *header = answer < 0 ? NULL : CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
        memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
    return answer;
}
