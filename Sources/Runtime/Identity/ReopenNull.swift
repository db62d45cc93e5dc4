import Base
import Linux

/// A standard descriptor that is the host's /dev/null becomes the container's own: else the container could change the mode or
/// the owner of a node of the host.
struct ReopenNull: Equatable {
    var summary: String { "reopen standard descriptors that are /dev/null" }

    func perform(_ session: inout InsideSession) throws(Failure) {
        let null = DeviceNumber(major: 1, minor: 3)
        for number in CInt(0)...2 {
            guard let status = try? status(of: number), status.kind == .characterDevice, status.device == null else {
                continue
            }
            // A container without /dev/null keeps what it was given.
            guard let own = try? open("/dev/null", inside: session.root, [.readWrite, .noFollow]),
                let found = try? own.status(), found.kind == .characterDevice, found.device == null
            else { continue }
            try replace(number, by: own)
        }
    }
}
