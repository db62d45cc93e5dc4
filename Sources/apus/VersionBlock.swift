import Base
import Runtime

/// What `--version` prints: runc's form, which Docker, containerd and nerdctl take apart by line.
enum VersionBlock {
    /// The block, each line ended.
    static var text: String {
        var text = "apus version \(Version.apus)\n"
        if let commit = Version.commit { text += "commit: \(commit)\n" }
        text += "spec: \(Version.specification)\n"
        text += "swift: \(Version.swift)\n"
        text += "libseccomp: \(seccompLibraryVersion)\n"
        return text
    }
}
