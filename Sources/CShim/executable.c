// executable.c - gives the running program another file as its executable, without starting it again.
#include "include/cshim.h"
#include "result.h"
#include <elf.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

static bool is_replaced;

bool shim_executable_is_replaced(void) { return is_replaced; }

static uintptr_t page_start(uintptr_t address) { return address & ~(getauxval(AT_PAGESZ) - 1); }
static uintptr_t page_end(uintptr_t address) { return page_start(address + getauxval(AT_PAGESZ) - 1); }

// Maps the file's part of a segment that is never written to, in place of the same bytes of the same file.
static int map_again(const Elf64_Phdr *segment, int file) {
    uintptr_t from = page_start(segment->p_vaddr), to = page_end(segment->p_vaddr + segment->p_filesz);
    int protection = (segment->p_flags & PF_R ? PROT_READ : 0) | (segment->p_flags & PF_X ? PROT_EXEC : 0);
    void *map = mmap(
        (void *)from, to - from, protection, MAP_PRIVATE | MAP_FIXED, file, (off_t)page_start(segment->p_offset));
    return map == MAP_FAILED ? -errno : 0;
}

// Puts a copy of a segment with variables in its place, as memory of no file. mremap(2) exchanges the two at once, so
// the C library can use its variables before and after.
static int copy_variables(const Elf64_Phdr *segment) {
    uintptr_t from = page_start(segment->p_vaddr), to = page_end(segment->p_vaddr + segment->p_filesz);
    void *copy = mmap(NULL, to - from, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED) return -errno;
    memcpy(copy, (void *)from, to - from);
    void *map = mremap(copy, to - from, to - from, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)from);
    return map == MAP_FAILED ? -errno : 0;
}

// Makes the part read-only again that holds addresses, which are never written to after the start.
static int protect_addresses(const Elf64_Phdr *segment) {
    uintptr_t from = page_start(segment->p_vaddr), to = page_start(segment->p_vaddr + segment->p_memsz);
    return RESULT(mprotect((void *)from, to - from, PROT_READ));
}

// Whether the program has no other libraries, the addresses of its file, and no page in two segments.
static bool is_static(const Elf64_Phdr *segments, size_t count) {
    uintptr_t end = 0;
    for (size_t i = 0; i < count; i++) {
        if (segments[i].p_type == PT_INTERP || segments[i].p_type == PT_DYNAMIC) return false;
        if (segments[i].p_type != PT_LOAD) continue;
        if (page_start(segments[i].p_vaddr) < end) return false;
        end = page_end(segments[i].p_vaddr + segments[i].p_filesz);
    }
    return end != 0;
}

// What the kernel shows of the program and nothing else depends on: where the parts begin and end (proc_pid_stat(5)).
static void describe(struct prctl_mm_map *map, const Elf64_Phdr *segment) {
    uintptr_t end = page_end(segment->p_vaddr + segment->p_memsz);
    if (segment->p_flags & PF_X) {
        map->start_code = segment->p_vaddr;
        map->end_code = segment->p_vaddr + segment->p_filesz;
    } else if (segment->p_flags & PF_W) {
        map->start_data = segment->p_vaddr;
        map->end_data = segment->p_vaddr + segment->p_filesz;
        map->start_brk = end;
    }
}

// Says where the arguments and the environment are: the kernel put them one after the other.
static void describe_stack(struct prctl_mm_map *map) {
    char **arguments = shim_arguments(), **environment = shim_environment();
    size_t last = 0;
    while (arguments[last + 1]) last++;
    map->start_stack = (uintptr_t)arguments;
    map->arg_start = (uintptr_t)arguments[0];
    map->arg_end = (uintptr_t)arguments[last] + strlen(arguments[last]) + 1;
    map->env_start = map->env_end = map->arg_end;
    for (size_t i = 0; environment[i]; i++) {
        uintptr_t text = (uintptr_t)environment[i];
        if (text == map->env_end) map->env_end = text + strlen(environment[i]) + 1;
    }
}

// prctl(2), PR_SET_MM_MAP: with `exe_fd` it changes /proc/self/exe, if no part of the old file is mapped any more.
int shim_replace_executable(int file) {
    const Elf64_Phdr *segments = (const Elf64_Phdr *)getauxval(AT_PHDR);
    size_t count = getauxval(AT_PHNUM);
    struct prctl_mm_map map = {.exe_fd = (uint32_t)file};
    if (!segments || !shim_arguments() || !shim_arguments()[0]) return -ENOTSUP;
    if (!is_static(segments, count)) return -ENOTSUP;
    for (size_t i = 0; i < count; i++) {
        if (segments[i].p_type != PT_LOAD) continue;
        int answer = segments[i].p_flags & PF_W ? copy_variables(&segments[i]) : map_again(&segments[i], file);
        if (answer < 0) return answer;
        describe(&map, &segments[i]);
    }
    for (size_t i = 0; i < count; i++) {
        if (segments[i].p_type != PT_GNU_RELRO) continue;
        int answer = protect_addresses(&segments[i]);
        if (answer < 0) return answer;
    }
    map.brk = (uintptr_t)sbrk(0);
    describe_stack(&map);
    int answer = RESULT(prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof map, 0));
    is_replaced = answer == 0;
    return answer;
}
