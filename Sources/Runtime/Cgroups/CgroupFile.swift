/// One line to write into one file of the container's cgroup, in one write(2).
struct CgroupFile: Equatable, Sendable {
    /// The file: `CONTROLLER.PARAMETER`.
    var name: String
    /// What is written, without a newline.
    var value: String
    /// Where in config.json the wish stands.
    var pointer: String
    /// What is done where the kernel refuses.
    var refusal: Refusal = .fails

    /// What only the kernel can answer, decided beforehand.
    enum Refusal: Equatable, Sendable {
        /// The container is not made.
        case fails
        /// Without the file nothing is lost: the kernel already does what is asked for.
        case missingIsFine
        /// Without the file, this one is written instead.
        case missingMeans(name: String, value: String)
        /// EINVAL: the value may fit only once the next file of the list is written, so it is tried again after that.
        case invalidWaitsForNext
    }

    /// The controller that must be enabled for the file to be there.
    var controller: String { String(name.prefix { $0 != "." }) }

    /// `pids.max = 100`, with the other attempts in the order they are made.
    var summary: String {
        switch refusal {
        case .fails: "\(name) = \(value)"
        case .missingIsFine: "\(name) = \(value), if there is one"
        case .missingMeans(let other, let otherValue): "\(name) = \(value), else \(other) = \(otherValue)"
        case .invalidWaitsForNext: "\(name) = \(value), else after the next"
        }
    }
}
