import Base

// What commands say of a container's state, in runc's words, on which callers match (facts.md 1.7).
extension Failure {
    /// There is no container of that id.
    static var containerNotFound: Failure { Failure("container does not exist", code: .containerNotFound) }

    /// All of its processes stand still.
    static var paused: Failure {
        Failure("cannot exec in a paused container (use --ignore-paused to override)", code: .wrongState)
    }

    /// Its init has ended, or there is none yet.
    static var containerNotRunning: Failure { Failure("container not running", code: .containerNotRunning) }
}
