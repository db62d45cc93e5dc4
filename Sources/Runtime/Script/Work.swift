import Base

/// What a step of a script does, as a value that describes the work completely before it is done.
///
/// Each kind of work is a type, in the file of its own concept. ``HostStep`` and ``InsideStep`` list the kinds, so that
/// a script is a plain list of values: `explain` prints it, the tests compare it, and the walk does it.
protocol Work: Equatable {
    /// The kind of work in one word, for `--trace`.
    static var word: StaticString { get }
    /// The work in one line for a person.
    var summary: String { get }
}

/// Work of the host, that is, of the runtime in its caller's namespaces.
protocol HostWork: Work {
    func perform(_ host: inout HostSide) throws(Failure)
}

/// Work of the process inside: the container's first process, or that of `exec`.
protocol InsideWork: Work {
    /// Whether this returns only if it fails, as execve(2) does.
    static var isLast: Bool { get }
    func perform(_ inside: inout InsideSide) throws(Failure)
}

extension InsideWork {
    static var isLast: Bool { false }
}

/// Work that changes only the calling process and needs nothing that its side owns.
protocol ProcessWork: Work {
    func perform() throws(Failure)
}

extension HostWork where Self: ProcessWork {
    func perform(_: inout HostSide) throws(Failure) { try perform() }
}

extension InsideWork where Self: ProcessWork {
    func perform(_: inout InsideSide) throws(Failure) { try perform() }
}

/// Receives the work of a ``HostStep``, whatever its type. Embedded Swift has no `any HostWork`, which would be
/// shorter.
protocol HostVisitor: ~Copyable {
    associatedtype Answer
    associatedtype Problem: Error
    mutating func visit(_ work: some HostWork) throws(Problem) -> Answer
}

/// The same for an ``InsideStep``.
protocol InsideVisitor: ~Copyable {
    associatedtype Answer
    associatedtype Problem: Error
    mutating func visit(_ work: some InsideWork) throws(Problem) -> Answer
}

/// What `explain` prints and `--trace` writes about a step.
struct StepDescription: Equatable {
    /// The kind of work in one word.
    var word: String
    /// The work in one line for a person.
    var summary: String
    /// Whether the step returns only if it fails.
    var isLast = false
}

/// Asks a step for its description.
struct Describe: HostVisitor, InsideVisitor {
    func visit(_ work: some HostWork) throws(Never) -> StepDescription { describe(work, isLast: false) }

    func visit<Inside: InsideWork>(_ work: Inside) throws(Never) -> StepDescription {
        describe(work, isLast: Inside.isLast)
    }

    private func describe<Described: Work>(_ work: Described, isLast: Bool) -> StepDescription {
        StepDescription(word: Described.word.description, summary: work.summary, isLast: isLast)
    }
}

/// A step of one side.
protocol Step: Equatable {
    var description: StepDescription { get }
}
