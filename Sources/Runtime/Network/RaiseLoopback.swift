import Base
import Linux

/// Sets the loopback device of the new network namespace up; it is born down.
struct RaiseLoopback: InsideWork, ProcessWork {
    static var word: StaticString { "raise-loopback" }

    var summary: String { "set the network device lo up" }

    func perform() throws(Failure) { try setDeviceUp("lo") }
}
