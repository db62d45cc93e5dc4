import Base
import Linux

/// The environment of a process: entries `NAME=value`, no name twice.
///
/// No error here ever shows a value, or an entry without `=`: it may be a secret in the wrong place (runc #3879).
struct Environment: Equatable {
    /// The entries in the order of config.json. If a name is given twice, its last value stands in the place of the
    /// first.
    private(set) var entries: [String]

    /// Checks `process.env`.
    ///
    /// - Throws: ``Failure`` with the pointer of an entry that has no `=`, no name before it, or holds a NUL.
    init(_ given: [String]?, pointer: String = "/process/env", _ refuse: Refuse = throwing) throws(Failure) {
        let given = given ?? []
        var places: [ArraySlice<UInt8>: Int] = [:]
        entries = []
        entries.reserveCapacity(given.count + 1)
        for (index, entry) in given.enumerated() {
            // Bytes, since Swift may regard two texts as equal whose bytes differ.
            let bytes = Array(entry.utf8)
            let place = "\(pointer)/\(index)"
            guard let sign = bytes.firstIndex(of: UInt8(ascii: "=")) else {
                try refuse(Failure("an environment entry without =", pointer: place, code: .malformedValue))
                continue
            }
            guard sign > 0 else {
                try refuse(Failure("an environment entry without name", pointer: place, code: .malformedValue))
                continue
            }
            guard !bytes.contains(0) else {
                try refuse(Failure("an environment entry with a NUL", pointer: place, code: .nulCharacter))
                continue
            }
            try checkLength(
                bytes.count, "environment entry \(String(decoding: bytes[..<sign], as: UTF8.self))", place, refuse)
            if let place = places[bytes[..<sign]] {
                entries[place] = entry
            } else {
                places[bytes[..<sign]] = entries.count
                entries.append(entry)
            }
        }
    }

    /// Returns the value of `name`; nil if there is no such entry.
    func value(of name: String) -> String? {
        for entry in entries {
            let bytes = entry.utf8
            guard bytes.starts(with: name.utf8) else { continue }
            let sign = bytes.index(bytes.startIndex, offsetBy: name.utf8.count)
            guard sign < bytes.endIndex, bytes[sign] == UInt8(ascii: "=") else { continue }
            return String(Substring(bytes[bytes.index(after: sign)...]))
        }
        return nil
    }

    /// Whether HOME must come from the container's /etc/passwd, because it is missing or empty.
    var needsHome: Bool { value(of: "HOME").map { $0.isEmpty } ?? true }

    /// Returns the same environment with HOME set to `home`, or to `/` if that is nil.
    func withHome(_ home: String?) -> Environment { setting("HOME", to: home ?? "/") }

    /// Returns the same environment with `name` set to `value`: in its present place, or else at the end.
    func setting(_ name: String, to value: String) -> Environment {
        var copy = self
        let entry = "\(name)=\(value)"
        if let place = entries.firstIndex(where: { $0.utf8.starts(with: "\(name)=".utf8) }) {
            copy.entries[place] = entry
        } else {
            copy.entries.append(entry)
        }
        return copy
    }
}

extension Environment {
    /// Returns the same environment with the variables about kept descriptors, and about the socket at which the
    /// program can report that it is ready.
    func adding(_ kept: KeptDescriptors, isNotified: Bool) -> Environment {
        var environment = self
        for variable in kept.environment {
            environment = environment.setting(variable.name, to: variable.value)
        }
        guard isNotified else { return environment }
        return environment.setting(NotifyFolder.variable.name, to: NotifyFolder.variable.value)
    }
}

/// Refuses an argument or variable that is too long for execve(2) by itself: the limit is 32 pages, including the NUL
/// at its end (MAX_ARG_STRLEN; execve(2), "Limits on size of arguments and environment"). The kernel would not say
/// which one is too long.
///
/// - Parameter what: A name for the text, without its value, which may be a secret.
func checkLength(_ count: Int, _ what: @autoclosure () -> String, _ pointer: String, _ refuse: Refuse) throws(Failure) {
    let longest = 32 * pageSize - 1
    guard count > longest else { return }
    try refuse(
        Failure(
            "\(what()) has \(count) bytes", cause: .init(call: "execve", errno: .E2BIG), pointer: pointer,
            hint: "Linux takes \(longest) bytes at most for one", code: .outOfRange))
}
