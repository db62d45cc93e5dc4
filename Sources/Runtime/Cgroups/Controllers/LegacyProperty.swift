import Base

/// Handles properties that only cgroup v1 had.
///
/// A value that asks for what cgroup v2 does anyway gives a warning. Any other value is an error: "if the conversion is
/// not possible the runtime MUST generate an error" (runtime-spec 1.3, config-linux.md, "Unified").
enum LegacyProperty {
    /// - Parameters:
    ///   - value: The value in config.json.
    ///   - neutral: Whether cgroup v2 does what the value asks for anyway.
    ///   - text: Formats the value for the message.
    /// - Returns: nil if the property is absent, or was refused.
    static func warning<Value>(
        _ value: Value?, at pointer: String, refuse: Refuse = throwing, _ text: (Value) -> String,
        isNeutral neutral: (Value) -> Bool
    ) throws(Failure) -> ResourceWarning? {
        guard let value else { return nil }
        let name = String(pointer.split(separator: "/").last ?? "")
        guard neutral(value) else {
            try refuse(
                Failure(
                    "cgroup v2 has nothing like \(name): cannot set it to \(text(value))", pointer: pointer,
                    hint: "take \(name) out of the config", code: .notSupported))
            return nil
        }
        return ResourceWarning(message: "\(name) is of cgroup v1 only and has no effect", pointer: pointer)
    }

    /// Does the same for a number.
    static func warning(
        _ value: (some BinaryInteger)?, at pointer: String, neutral: Int64..., refuse: Refuse = throwing
    ) throws(Failure) -> ResourceWarning? {
        try warning(value, at: pointer, refuse: refuse) {
            "\($0)"
        } isNeutral: { value in
            neutral.contains { value == $0 }
        }
    }

    /// Does the same for a boolean.
    static func warning(
        _ value: Bool?, at pointer: String, neutral: Bool..., refuse: Refuse = throwing
    ) throws(Failure) -> ResourceWarning? {
        try warning(value, at: pointer, refuse: refuse) {
            $0 ? "true" : "false"
        } isNeutral: {
            neutral.contains($0)
        }
    }
}

/// A warning about something in `resources` that has no effect, or a different one than its author may expect.
struct ResourceWarning: Equatable, Sendable {
    /// The warning, on one line.
    var message: String
    /// Where in config.json.
    var pointer: String
}
