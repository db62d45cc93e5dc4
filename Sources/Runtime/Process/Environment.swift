import Base
import Linux

/// The environment of a process: `NAME=value` each, no name twice.
///
/// No error here ever shows a value, or an entry that is no pair: it may be a secret in the wrong place (runc #3879).
struct Environment: Equatable {
    /// In the order of config.json; of a name given twice the last entry is there, in the place of the first.
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
            // Bytes, since two names that differ in bytes can be equal as texts to Swift.
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

    /// The value of `name`; nil where there is no such entry.
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

    /// Whether HOME is to be found in the container's /etc/passwd: it is missing, or empty.
    var needsHome: Bool { value(of: "HOME").map { $0.isEmpty } ?? true }

    /// The same with HOME set: to `home`, or to `/` where that is nil.
    func withHome(_ home: String?) -> Environment { setting("HOME", to: home ?? "/") }

    /// The same with `name` set to `value`, in the place where it stands already, else at the end.
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
    /// The same with what the container's program is told of its descriptors, and of the socket at which it can say that it is ready.
    func adding(_ kept: KeptDescriptors, isNotified: Bool) -> Environment {
        var environment = self
        for variable in kept.environment {
            environment = environment.setting(variable.name, to: variable.value)
        }
        guard isNotified else { return environment }
        return environment.setting(NotifyFolder.variable.name, to: NotifyFolder.variable.value)
    }
}

/// Refuses a text for execve(2) that the kernel would not take alone: 32 pages, with the NUL at its end (MAX_ARG_STRLEN; execve(2),
/// "Limits on size of arguments and environment"). The kernel itself would only say that something is too long.
///
/// - Parameter what: What the text is, without its value: that may be a secret.
func checkLength(_ count: Int, _ what: @autoclosure () -> String, _ pointer: String, _ refuse: Refuse) throws(Failure) {
    let longest = 32 * pageSize - 1
    guard count > longest else { return }
    try refuse(
        Failure(
            "\(what()) has \(count) bytes", cause: .init(call: "execve", errno: .E2BIG), pointer: pointer,
            hint: "Linux takes \(longest) bytes at most for one", code: .outOfRange))
}

/// HOME, where config.json names none: from the container's own /etc/passwd, else `/`.
struct FindHome: InsideWork {
    static var word: StaticString { "find-home" }

    var uid: UInt32

    var summary: String { "find HOME of user \(uid) in the container's /etc/passwd, else /" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        session.environment = session.environment.withHome(Passwd.home(of: uid, inside: session.root))
    }
}
