import Base
import Linux
import OCI

/// Sets `hostname` or `domainname` in the container's own UTS namespace.
enum SetName: InsideWork, ProcessWork {
    static var word: StaticString { "set-name" }

    case host(String)
    case domain(String)

    var summary: String {
        switch self {
        case .host(let name): "set the hostname to \(name)"
        case .domain(let name): "set the domainname to \(name)"
        }
    }

    func perform() throws(Failure) {
        switch self {
        case .host(let name): try ThisProcess.sethostname(name)
        case .domain(let name): try ThisProcess.setdomainname(name)
        }
    }
}

/// Writes one entry of `linux.sysctl` through a procfs of our own, so that no image can have mounted something over
/// the file (runc CVE-2025-52881).
struct Sysctl: InsideWork {
    static var word: StaticString { "sysctl" }

    /// Below /proc/sys, with slashes.
    var path: String
    var value: String

    var summary: String { "set sysctl \(path) to \(value)" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        try session.proc.write(value, to: "sys/\(path)")
    }
}

/// Sets the loopback device of the new network namespace up. The kernel makes it down.
struct RaiseLoopback: InsideWork, ProcessWork {
    static var word: StaticString { "raise-loopback" }

    var summary: String { "set the network device lo up" }

    func perform() throws(Failure) { try setDeviceUp("lo") }
}
