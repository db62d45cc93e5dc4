import Base
import Linux

/// Sets the loopback device of the new network namespace up. The kernel makes it down.
struct RaiseLoopback: InsideWork, ProcessWork {
    static var word: StaticString { "raise-loopback" }

    var summary: String { "set the network device lo up" }

    func perform() throws(Failure) { try setDeviceUp("lo") }
}
