import Base
import CShim
import Linux

/// The environment that the program was started with. Callers give us an almost empty one, so nothing in it may be
/// required.
enum CallerEnvironment {
    /// Returns the value of a variable; nil if it is absent.
    static func value(_ name: String) -> String? { ThisProcess.environment(name) }

    /// The socket at which a service manager waits to hear that we are ready (sd_notify(3)); nil if no service manager
    /// waits.
    static var notifySocket: String? { value("NOTIFY_SOCKET").flatMap { $0.isEmpty ? nil : $0 } }

    /// Whether we are in a user namespace other than the host's. The host's maps every id to itself, which makes one
    /// line in uid_map (user_namespaces(7), "the initial user namespace").
    static var isInUserNamespace: Bool {
        guard let file = try? open("/proc/self/uid_map", .readOnly),
            let bytes = try? file.readAll(limit: 65536, "/proc/self/uid_map")
        else { return false }
        let numbers = bytes.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        return !numbers.elementsEqual(["0", "0", "4294967295"]) { $0.elementsEqual($1.utf8) }
    }

    /// Returns how many descriptors from 3 on a service manager hands over to us (sd_listen_fds(3)).
    ///
    /// - Parameters:
    ///   - value: Returns the value of an environment variable.
    ///   - pid: Our own pid. If `LISTEN_PID` holds another one, the descriptors are meant for our caller.
    /// - Returns: 0 if there are no descriptors, or the variables do not have the right form.
    static func listenDescriptors(
        _ value: (String) -> String? = value, pid: Int32 = ThisProcess.pid
    ) -> Int {
        guard let named = value("LISTEN_PID"), Int32(named) == pid, let text = value("LISTEN_FDS"),
            let count = Int(text), count > 0
        else { return 0 }
        return count
    }
}

extension Path {
    /// Returns `path` itself if it begins with `/`, otherwise `path` below `directory`.
    static func absolute(_ path: String, from directory: String) -> String {
        path.utf8.first == UInt8(ascii: "/") ? path : "\(directory)/\(path)"
    }

    /// Makes `path` absolute, from the current directory. nil and "" stay as they are.
    static func absolute(_ path: String?) throws(Failure) -> String? {
        guard let path, !path.isEmpty else { return path }
        if path.utf8.first == UInt8(ascii: "/") { return path }
        return absolute(path, from: try ThisProcess.getcwd())
    }
}
