import CShim
import Linux

/// What the program was started with, beside its words. Callers give an almost empty environment: nothing here may be
/// needed.
enum Environment {
    /// The value of a variable; nil where it is absent.
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

    /// Where a service manager waits to hear that we are ready (sd_notify(3)); nil where there is none.
    static var notifySocket: String? { value("NOTIFY_SOCKET").flatMap { $0.isEmpty ? nil : $0 } }

    /// Whether the user namespace is not the host's own: user_namespaces(7), `uid_map`, "the initial user namespace".
    static var isInUserNamespace: Bool {
        guard let file = try? open("/proc/self/uid_map", .readOnly),
            let bytes = try? file.readAll(limit: 65536, "/proc/self/uid_map")
        else { return false }
        let numbers = bytes.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        return !numbers.elementsEqual(["0", "0", "4294967295"]) { $0.elementsEqual($1.utf8) }
    }
}
