/// The signals' names and numbers (signal(7)).
///
/// The numbers are those of every architecture that Swift has on Linux (x86, arm, riscv, power, s390).
public enum Signals {
    /// The first and the last real-time signal that a program may use; the C library keeps 32 and 33 for itself.
    public static let realTime: ClosedRange<CInt> = 34...64

    /// The signal that a person or a program means by `word`: `9`, `KILL`, `sigkill`, `SIGRTMIN+3`, `RTMAX-1`.
    ///
    /// 0 is accepted, as kill(2) does: nothing is sent, but it is checked that there is somebody to send it to.
    ///
    /// - Returns: The number, 0...64; nil where the word means none.
    public static func number(of word: String) -> CInt? {
        if let number = CInt(word) { return (0...realTime.upperBound).contains(number) ? number : nil }
        var name = word.uppercased()
        if name.utf8.starts(with: "SIG".utf8) { name.removeFirst(3) }
        return named(name) ?? realTimeNumber(of: name)
    }

    private static func named(_ name: String) -> CInt? {
        // swift-format-ignore
        switch name {
        case "HUP":            1
        case "INT":            2
        case "QUIT":           3
        case "ILL":            4
        case "TRAP":           5
        case "ABRT", "IOT":    6
        case "BUS":            7
        case "FPE":            8
        case "KILL":           9
        case "USR1":          10
        case "SEGV":          11
        case "USR2":          12
        case "PIPE":          13
        case "ALRM":          14
        case "TERM":          15
        case "STKFLT":        16
        case "CHLD", "CLD":   17
        case "CONT":          18
        case "STOP":          19
        case "TSTP":          20
        case "TTIN":          21
        case "TTOU":          22
        case "URG":           23
        case "XCPU":          24
        case "XFSZ":          25
        case "VTALRM":        26
        case "PROF":          27
        case "WINCH":         28
        case "IO", "POLL":    29
        case "PWR":           30
        case "SYS", "UNUSED": 31
        default:             nil
        }
    }

    /// `RTMIN`, `RTMIN+n`, `RTMAX`, `RTMAX-n`, as long as the sum stays among the real-time signals.
    private static func realTimeNumber(of name: String) -> CInt? {
        let isFromFirst = name.utf8.starts(with: "RTMIN".utf8)
        guard isFromFirst || name.utf8.starts(with: "RTMAX".utf8) else { return nil }
        let rest = name.dropFirst(5)
        let base = isFromFirst ? realTime.lowerBound : realTime.upperBound
        guard let sign = rest.utf8.first else { return base }
        guard sign == UInt8(ascii: isFromFirst ? "+" : "-") else { return nil }
        let digits = rest.dropFirst()
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let distance = CInt(digits), distance <= 64 else {
            return nil
        }
        let number = isFromFirst ? base + distance : base - distance
        return realTime.contains(number) ? number : nil
    }
}
