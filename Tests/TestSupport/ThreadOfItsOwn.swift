import Foundation
import Linux

/// Runs `body` on a thread that ends with it. Raw system calls change the identity, rights and seccomp filter of the
/// calling *thread*, so the rest of the test process stays as it was.
public func onThreadOfItsOwn<R: Sendable>(_ body: @escaping @Sendable () throws -> R) throws -> R {
    let box = Box<R>()
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
        box.result = Result { try body() }
        done.signal()
    }
    thread.start()
    done.wait()
    return try box.result.get()
}

private final class Box<R>: @unchecked Sendable {
    var result: Result<R, any Error> = .failure(CocoaError(.featureUnsupported))
}

/// The value of a line of the calling thread's /proc/thread-self/status.
public func threadStatus(_ name: String) throws -> String {
    let text = try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
    let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") }
    return line.map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) } ?? ""
}

/// Whether the tests run as root.
public let isRoot = geteuid() == 0

/// The umask belongs to the whole process until a thread gets its own (CLONE_FS of unshare(2)).
public func unshareUmask() throws {
    try Linux.unshare(NamespaceFlags(rawValue: 0x200))
}
