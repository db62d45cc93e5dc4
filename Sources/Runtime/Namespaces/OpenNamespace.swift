import Base
import Linux
import OCI

/// Opens a namespace given by path, and checks that it is a namespace of the kind in config.json. For another kind, or
/// another file, setns(2) would answer only EINVAL.
struct OpenNamespace: HostWork {
    static var word: StaticString { "open-namespace" }

    var kind: Namespace.Kind
    var path: String
    /// A sysctl that is to be written in it. Then it must not be the host's own namespace under another name.
    var sysctl: String?

    var summary: String {
        "open the \(kind.word) namespace \(path)" + (sysctl == nil ? "" : ", which must not be the host's")
    }

    func perform(_ session: inout HostSide) throws(Failure) {
        let file: Descriptor
        do throws(Failure) { file = try open(path, [.readOnly, .nonBlocking]) } catch {
            throw error.hinting("the namespace's process may have ended: a path below /proc goes with it")
        }
        guard let found = file.namespaceKind() else { throw Failure("\(path) is not a namespace") }
        guard found == kind.flags else {
            throw Failure("\(path) is not a \(kind.word) namespace, but one of another type")
        }
        if let sysctl, try isHostsOwn(file, session.proc) {
            throw Failure(
                "sysctl \(quoted(sysctl)) is not allowed in the host's \(kind.word) namespace",
                pointer: "/linux/sysctl/\(JSONPointer.token(sysctl))", hint: "it would change the host: set it there")
        }
        session.descriptors.put(file, at: .joined(kind))
    }

    private func isHostsOwn(_ file: borrowing Descriptor, _ proc: borrowing Proc) throws(Failure) -> Bool {
        let own = try proc.follow("self/ns/\(kind.file)", .readOnly)
        return try file.status().inode == own.status().inode
    }
}
