import Base
import Testing

@Suite("Errors that no kernel returns")
struct SuspectedFilterTests {
    @Test(
        "which errno of which call cannot come from the kernel",
        arguments: [
            ("clone3", Errno.ENOSYS, true), ("openat2", .ENOSYS, true), ("close_range", .EPERM, true),
            ("faccessat2", .EPERM, true), ("pidfd_open", .EPERM, true), ("mount_setattr", .ENOSYS, true),
            // the kernel itself returns these
            ("clone3", .EPERM, false), ("openat2", .EPERM, false), ("mount_setattr", .EPERM, false),
            ("keyctl", .ENOSYS, false), ("openat2", .ENOENT, false), ("faccessat2", .EACCES, false),
        ])
    func answers(call: String, errno: Errno, isSuspect: Bool) {
        let cause = Failure.Cause(call: call, errno: errno)
        #expect((SuspectedFilter.hint(cause) != nil) == isSuspect)
        let failure = Failure("do it", cause: cause, hint: "boot another way")
        #expect(failure.hint?.contains("\(call)(2)") == isSuspect)
        #expect(isSuspect || failure.hint == "boot another way")
    }

    @Test("EPERM of an administrative call may come from a seccomp filter, if there is one")
    func perhaps() {
        let cause = Failure.Cause(call: "fsopen", errno: .EPERM)
        #expect(SuspectedFilter.hint(cause, isFiltered: true)?.contains("fsopen(2)") == true)
        #expect(SuspectedFilter.hint(cause, isFiltered: false) == nil)
        #expect(SuspectedFilter.hint(.init(call: "fsopen", errno: .ENODEV), isFiltered: true) == nil)
        #expect(SuspectedFilter.hint(.init(call: "kill", errno: .EPERM), isFiltered: true) == nil)
    }
}
