import Base
import Linux

/// Waits at the gate until `start` opens it.
struct WaitForStart: InsideWork {
    static var word: StaticString { "wait-for-start" }

    var summary: String { "wait for start" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        // No path is resolved in the root after this, and the wait may be long.
        session.closeFiles()
        session.starter = try StartGate.wait(at: session.gate)
    }
}
