// waiting.c - epoll(7), by the rules of cshim.h.
#include "include/cshim.h"
#include "result.h"

#include <sys/epoll.h>

int shim_epoll_create(void) { return RESULT(epoll_create1(EPOLL_CLOEXEC)); }
int shim_epoll_control(int epoll, int operation, int fd, uint32_t events, uint64_t tag) {
    struct epoll_event event = {.events = events, .data.u64 = tag};
    return RESULT(epoll_ctl(epoll, operation, fd, &event));
}
int shim_epoll_wait(int epoll, uint64_t *tag, int milliseconds) {
    struct epoll_event event = {0};
    int answer = RESULT(epoll_wait(epoll, &event, 1, milliseconds));
    *tag = event.data.u64;
    return answer;
}
