import Base
import Glibc
import Linux
import Testing

@testable import Runtime

/// fork(2) by way of the C library, whose handlers keep malloc usable in the child of a program with threads.
@_silgen_name("fork") private func forkOfTheLibrary() -> Int32

/// Walks every fixture, with real processes and a real socketpair, but with steps that do nothing, fail, or die.
///
/// Whatever happens to either side at whichever line, both walks must end.
@Suite("Walking the script on two sides", .serialized)
struct RehearsalTests {
    /// What happens to a side at one of its steps.
    enum Mishap: CaseIterable {
        case failure
        case death
    }

    @Test("both sides reach the end, and report the same", arguments: Fixtures.names("good"))
    func wholeWalk(name: String) throws {
        let script = try script(name)
        let ends = try perform(script, mishap: nil)
        #expect(ends == [0, 0])
    }

    /// The first fixture of each order of sides and messages. To a rehearsal, all steps of one side are alike.
    static let orders: [String] = {
        var seen: Set<String> = []
        return Fixtures.names("good").filter { name in
            guard let script = Fixtures.bytes("good/\(name)/config.json").flatMap({ try? Fixtures.script($0) }) else {
                return true
            }
            var order: [String] = []
            for line in script.joint {
                var word = line.side.word
                if case .sync(let message, let side) = line { word = "\(message.word) from \(side.word)" }
                if case .succession = line { word = "succession" }
                if order.last != word { order.append(word) }
            }
            return seen.insert(order.joined(separator: ", ")).inserted
        }
    }()

    @Test("a side that fails or dies at any line ends the other", arguments: orders)
    func mishaps(name: String) throws {
        let script = try script(name)
        for side in [Side.host, .inside] {
            let count = script.joint.filter { $0.side == side && !$0.isSync }.count
            for index in 0..<count {
                for mishap in Mishap.allCases {
                    let ends = try perform(script, mishap: (side, index, mishap))
                    let own = ends[side == .host ? 0 : 1]
                    #expect(own == (mishap == .failure ? 1 : 9), "\(side.word) step \(index) \(mishap)")
                    #expect(!ends.contains(Self.hung), "\(side.word) step \(index) \(mishap): a side never ended")
                }
            }
        }
    }

    private func script(_ name: String) throws -> Script {
        try Fixtures.script(try #require(Fixtures.bytes("good/\(name)/config.json")))
    }

    private static let hung: Int32 = -1

    /// - Returns: How host and inside ended: 0 at the end, 1 with a failure, 9 by a death.
    private func perform(_ script: Script, mishap: (Side, Int, Mishap)?) throws -> [Int32] {
        // A thread of the test program may hold a lock of the Swift runtime at the fork. A real deadlock happens again.
        let first = try attempt(script, mishap)
        return first.contains(Self.hung) ? try attempt(script, mishap) : first
    }

    private func attempt(_ script: Script, _ mishap: (Side, Int, Mishap)?) throws -> [Int32] {
        let plan = { (side: Side) in mishap.flatMap { $0.0 == side ? ($0.1, $0.2) : nil } }
        let (hostMishap, insideMishap) = (plan(.host), plan(.inside))
        let pair = try Channel.Pair()
        let host = forkOfTheLibrary()
        if host == 0 {
            var rehearsal = HostRehearsal(channel: pair.keep(.host), mishap: hostMishap)
            _exit(finish { () throws(Failure) in try walk(script.joint, &rehearsal) })
        }
        let inside = forkOfTheLibrary()
        if inside == 0 {
            var rehearsal = InsideRehearsal(channel: pair.keep(.inside), mishap: insideMishap)
            _exit(finish { () throws(Failure) in try walk(script.joint, &rehearsal) })
        }
        _ = consume pair
        return [host, inside].map(Self.wait)
    }

    private func finish(_ body: () throws(Failure) -> Void) -> Int32 {
        do throws(Failure) { try body() } catch { return 1 }
        return 0
    }

    /// After two seconds, it is killed.
    private static func wait(_ pid: Int32) -> Int32 {
        var status: Int32 = 0
        for _ in 0..<2000 {
            if waitpid(pid, &status, WNOHANG) == pid { return (status >> 8) & 0xFF }
            usleep(1000)
        }
        kill(pid, SIGKILL)
        waitpid(pid, &status, 0)
        return hung
    }
}

extension Line {
    fileprivate var side: Side {
        switch self {
        case .host: .host
        case .inside: .inside
        case .sync(_, let sender): sender
        case .succession: .inside
        }
    }

    fileprivate var isSync: Bool {
        switch self {
        case .sync, .succession: true
        case .host, .inside: false
        }
    }
}

private struct HostRehearsal: ~Copyable, Session {
    static var side: Side { .host }
    let channel: Channel
    let mishap: (Int, RehearsalTests.Mishap)?
    var count = 0
    var trace: Trace? { nil }

    init(channel: consuming Channel, mishap: (Int, RehearsalTests.Mishap)?) {
        self.channel = channel
        self.mishap = mishap
    }

    static func own(_ line: Line) -> Placed<HostStep>? { HostSide.own(line) }
    mutating func perform(_ step: HostStep) throws(Failure) { try meet(mishap, &count) }
    mutating func carryOut(_ succession: Succession) throws(Failure) {
        try channel.expect(.successor)
        try channel.send(.taken)
    }
    borrowing func send(_ message: Message) throws(Failure) { try channel.send(message) }
    borrowing func expect(_ message: Message) throws(Failure) { try channel.expect(message) }
}

private struct InsideRehearsal: ~Copyable, Session {
    static var side: Side { .inside }
    let channel: Channel
    let mishap: (Int, RehearsalTests.Mishap)?
    var count = 0
    var trace: Trace? { nil }

    init(channel: consuming Channel, mishap: (Int, RehearsalTests.Mishap)?) {
        self.channel = channel
        self.mishap = mishap
    }

    static func own(_ line: Line) -> Placed<InsideStep>? { InsideSide.own(line) }
    mutating func perform(_ step: InsideStep) throws(Failure) { try meet(mishap, &count) }
    /// As if the child did both.
    mutating func carryOut(_ succession: Succession) throws(Failure) {
        try channel.send(.successor)
        try channel.expect(.taken)
    }
    borrowing func send(_ message: Message) throws(Failure) { try channel.send(message) }
    borrowing func expect(_ message: Message) throws(Failure) { try channel.expect(message) }
}

private func meet(_ mishap: (Int, RehearsalTests.Mishap)?, _ count: inout Int) throws(Failure) {
    defer { count += 1 }
    guard let (index, kind) = mishap, index == count else { return }
    switch kind {
    case .failure: throw Failure("a step failed")
    case .death: _exit(9)
    }
}
