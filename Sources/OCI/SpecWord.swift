/// A word of the spec that stands for one of a few things, such as a namespace's type.
///
/// Its raw value is the word as config.json has it; case matters.
public protocol SpecWord: RawRepresentable, CaseIterable, JSONWritable, JSONStandIn, Equatable, Sendable
where RawValue == String {
    /// What an error calls such a word: `namespace type`.
    static var noun: StaticString { get }
}

extension SpecWord {
    /// The word as config.json has it. Use this in texts: interpolating the enum itself is slow.
    public var word: String { rawValue }
}
