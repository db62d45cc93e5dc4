import Base
import Linux

/// The value of `exec --cgroup`: `PATH`, or `CONTROLLER,CONTROLLER:PATH`, which is for the many hierarchies of cgroup
/// v1.
enum SubCgroup {
    /// - Returns: The path below the container's cgroup; nil if the option was not given.
    /// - Throws: ``Failure``, in runc's words, for more than one path, and for a controller: cgroup v2 has all
    ///   controllers in one hierarchy.
    static func path(_ values: [String]) throws(Failure) -> String? {
        for value in values {
            guard let colon = value.utf8.firstIndex(of: UInt8(ascii: ":")) else {
                guard values.count == 1 else {
                    throw Failure("invalid --cgroup argument: \(value) (missing <controller>: prefix)")
                }
                continue
            }
            for controller in value.utf8[..<colon].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            {
                guard !controller.isEmpty else {
                    throw Failure("invalid --cgroup argument: \(value) (empty <controller> prefix)")
                }
                throw Failure(
                    "unknown controller \(Substring(controller)) in --cgroup \(value)",
                    hint: "cgroup v2 has one hierarchy: give the path alone")
            }
        }
        return values.first
    }
}
