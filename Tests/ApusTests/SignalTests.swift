import Glibc
import Linux
import Testing

@Suite("Signals")
struct SignalTests {
    @Test(
        "a name with or without SIG, in any case, or a number",
        arguments: [
            ("KILL", 9), ("SIGKILL", 9), ("sigkill", 9), ("kill", 9), ("SigKill", 9), ("9", 9),
            ("TERM", 15), ("15", 15), ("0", 0), ("64", 64), ("+9", 9),
            ("SIGCLD", 17), ("CHLD", 17), ("SIGPOLL", 29), ("IO", 29), ("IOT", 6), ("UNUSED", 31),
            ("RTMIN", 34), ("SIGRTMIN", 34), ("SIGRTMIN+3", 37), ("rtmin+30", 64), ("RTMIN+0", 34),
            ("RTMAX", 64), ("SIGRTMAX-14", 50), ("rtmax-30", 34),
        ] as [(String, CInt)])
    func known(word: String, number: CInt) { #expect(Signals.number(of: word) == number) }

    @Test(
        "any other word is refused",
        arguments: [
            "", "SIG", "FOO", "SIGSIGKILL", "65", "-1", "99999999999999999999", "9.0", " 9", "0x9", "SIGRTMIN+31",
            "SIGRTMIN-1", "SIGRTMAX+1", "SIGRTMAX-31", "RTMIN+", "RTMIN+-1", "RTMIN++1", "RTMIN3", "RTMINI", "RT",
        ])
    func unknown(word: String) { #expect(Signals.number(of: word) == nil) }

    @Test("the numbers are this C library's")
    func numbers() {
        let expected: [(String, CInt)] = [
            ("HUP", SIGHUP), ("INT", SIGINT), ("QUIT", SIGQUIT), ("ILL", SIGILL), ("TRAP", SIGTRAP),
            ("ABRT", SIGABRT), ("BUS", SIGBUS), ("FPE", SIGFPE), ("KILL", SIGKILL), ("USR1", SIGUSR1),
            ("SEGV", SIGSEGV), ("USR2", SIGUSR2), ("PIPE", SIGPIPE), ("ALRM", SIGALRM), ("TERM", SIGTERM),
            ("STKFLT", SIGSTKFLT), ("CHLD", SIGCHLD), ("CONT", SIGCONT), ("STOP", SIGSTOP), ("TSTP", SIGTSTP),
            ("TTIN", SIGTTIN), ("TTOU", SIGTTOU), ("URG", SIGURG), ("XCPU", SIGXCPU), ("XFSZ", SIGXFSZ),
            ("VTALRM", SIGVTALRM), ("PROF", SIGPROF), ("WINCH", SIGWINCH), ("IO", SIGIO), ("PWR", SIGPWR),
            ("SYS", SIGSYS),
        ]
        #expect(expected.count == 31)
        for (name, number) in expected { #expect(Signals.number(of: name) == number, "SIG\(name)") }
    }
}
