import Base
import Linux

/// An entry of `linux.maskedPaths`: hidden below an empty read-only directory, or below /dev/null; nothing where there is no
/// such path.
///
/// All masked directories share one tmpfs. The /dev/null is the container's own, and is looked at by descriptor before
/// it is used: an image that puts a link in its place gets an error and no bind (runc CVE-2025-31133).
struct MaskPath: Equatable {
    /// Cleaned, in the container.
    var path: String

    var summary: String { "mask \(path), if it is there" }

    func perform(_ session: inout InsideSession) throws(Failure) {
        let target: Descriptor
        do throws(Failure) { target = try open(path, inside: session.root, .path) } catch  where error.isAbsence {
            return
        }
        if try target.status().kind == .directory {
            try maskDirectory(target, &session)
        } else {
            try maskFile(target, &session)
        }
    }

    private func maskDirectory(_ target: borrowing Descriptor, _ session: inout InsideSession) throws(Failure) {
        if session.mask.isOpen {
            return try attach(try cloneTree(of: session.mask, recursive: false, path), to: target, path)
        }
        let context = try FilesystemContext("tmpfs")
        try context.set("source", to: "tmpfs")
        try context.set("nr_blocks", to: "1")
        try context.set("nr_inodes", to: "1")
        try context.set("ro")
        let mask = try context.mount(.readOnly)
        try attach(mask, to: target, path)
        session.mask = mask
    }

    private func maskFile(_ target: borrowing Descriptor, _ session: inout InsideSession) throws(Failure) {
        if !session.null.isOpen {
            let null = try open("/dev/null", inside: session.root, [.path, .noFollow])
            let status = try null.status()
            guard status.kind == .characterDevice, status.device == DeviceNumber(major: 1, minor: 3) else {
                throw Failure(
                    "mask \(path): /dev/null in the container is not the null device",
                    hint: "the image or a mount replaced it; masked paths would show what it leads to")
            }
            session.null = null
        }
        try attach(try cloneTree(of: session.null, recursive: false, "/dev/null"), to: target, path)
    }
}
