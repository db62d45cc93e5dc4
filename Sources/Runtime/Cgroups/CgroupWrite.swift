import Base
import Linux

/// A line to write to a file of the container's cgroup, in one write(2).
struct CgroupWrite: Equatable, Sendable {
    /// The file: `CONTROLLER.PARAMETER`.
    var name: String
    /// The text to write, without a newline.
    var value: String
    /// Where config.json asks for it.
    var pointer: String
    /// What to do if the kernel refuses.
    var refusal: Refusal = .fails

    /// What to do if the kernel refuses. The plan cannot ask the kernel, so it says here what to do for each answer.
    enum Refusal: Equatable, Sendable {
        /// The container is not made.
        case fails
        /// If the file is missing, the line is left out: the kernel already does what was asked for, or another line
        /// sets the limit without it.
        case skipIfMissing
        /// If the file is missing, this other one is written instead.
        case ifMissingWrite(name: String, value: String)
        /// EINVAL may mean that the value fits only after the next file of the list was written. So it is tried again
        /// after that.
        case retryAfterNext
    }

    /// The controller that must be enabled for the file to exist.
    var controller: String { String(name.prefix { $0 != "." }) }

    /// The line as text, `pids.max = 100`, followed by the other attempts in order.
    var summary: String {
        switch refusal {
        case .fails: "\(name) = \(value)"
        case .skipIfMissing: "\(name) = \(value), if there is one"
        case .ifMissingWrite(let other, let otherValue): "\(name) = \(value), else \(other) = \(otherValue)"
        case .retryAfterNext: "\(name) = \(value), else after the next"
        }
    }
}
