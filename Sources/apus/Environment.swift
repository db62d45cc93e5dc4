import CShim
import Linux

/// The environment that the program was started with. Callers give us an almost empty one, so nothing in it may be
/// required.
enum Environment {
    /// Returns the value of a variable; nil if it is absent.
    static func value(_ name: String) -> String? {
        guard var entry = shim_environment() else { return nil }
        while let text = entry.pointee {
            let variable = String(cString: text)
            if variable.utf8.starts(with: name.utf8),
                variable.utf8.dropFirst(name.utf8.count).first == UInt8(ascii: "=")
            {
                return String(decoding: variable.utf8.dropFirst(name.utf8.count + 1), as: UTF8.self)
            }
            entry += 1
        }
        return nil
    }

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
}
