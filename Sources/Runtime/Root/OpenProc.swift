import Base
import Linux
import OCI

/// Opens a procfs of our own that is mounted nowhere (fsopen(2)). This must happen while the host's procfs is still
/// visible: in a user namespace the kernel makes a new one only if a fully visible one is there already.
struct OpenProc: InsideWork {
    static var word: StaticString { "open-proc" }

    var summary: String { "open a private procfs" }

    func perform(_ session: inout InsideSide) throws(Failure) { session.proc = try Proc.detached() }
}
