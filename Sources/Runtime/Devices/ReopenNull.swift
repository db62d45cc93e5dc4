import Base
import Linux

/// Puts a null device of our own at each descriptor for the program that is the host's /dev/null: else the container could change
/// the mode or the owner of a node of the host, through /proc/PID/fd/N.
///
/// The host does it before there is a process in the container. So no process of the container ever has the host's, and nothing
/// that the container put at its own /dev/null is opened, which could be a terminal or a FIFO.
struct ReopenNull: Equatable {
    var kept: KeptDescriptors
    /// `linux.mountLabel`.
    var label: String?

    var summary: String { "put a null device of our own at descriptors that are /dev/null" }

    func perform() throws(Failure) {
        var own = Descriptor.none
        for number in CInt(0)...kept.last {
            guard let status = try? status(of: number), status.isNull else { continue }
            if !own.isOpen { own = try OwnNodes.openNull(label: label) }
            try own.dup2(onto: number)
        }
    }
}
