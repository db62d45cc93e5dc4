import Base
import Runtime

/// The output of `--version`, in runc's form. Docker, containerd and nerdctl read it line by line.
enum VersionBlock {
    /// The text. Every line has its line end.
    static var text: String {
        var text = "apus version \(Version.apus)\n"
        if let commit = Version.commit { text += "commit: \(commit)\n" }
        text += "spec: \(Version.specification)\n"
        text += "swift: \(Version.swift)\n"
        text += "libseccomp: \(seccompLibraryVersion)\n"
        return text
    }
}
