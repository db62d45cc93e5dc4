/// How the callers read an error of a runtime, as in their sources (WhatCallersRun, "How errors are read"). They get
/// the message: containerd reads the `msg` of the last line of level `error` in log.json, Podman that of the only line
/// of the log, the others standard error.
enum CallerRules {
    /// Docker's daemon: the exit status of `docker run`.
    static func moby(_ message: String) -> Int {
        let text = message.lowercased()
        func has(_ words: String) -> Bool { text.contains(words) }
        if has("executable file not found") || has("no such file or directory")
            || has("system cannot find the file specified") || has("failed to run runc create/exec call")
        {
            return 127
        }
        if has("not a directory") { return 127 }
        if has("is a directory") || has("permission denied") { return 126 }
        return 128
    }

    /// The Docker client, which interprets the daemon's message again.
    static func dockerClient(_ message: String) -> Int {
        let text = message.lowercased()
        if text.contains("executable file not found") || text.contains("no such file or directory") { return 127 }
        if text.contains("permission denied") || text.contains("is a directory") { return 126 }
        return 125
    }

    /// Podman: its exit status, by two regular expressions in this order.
    static func podman(_ message: String) -> Int {
        let text = message.lowercased()
        if text.contains("permission denied") || text.contains("operation not permitted") { return 126 }
        if text.contains("executable file not found in") || text.contains("no such file or directory")
            || text.contains("open executable")
        {
            return 127
        }
        return 126
    }

    /// containerd: whether `kill` came too late, or the container does not exist.
    static func containerdKillIsLate(_ message: String) -> Bool {
        let text = message.lowercased()
        return ["os: process already finished", "container not running", "no such process", "does not exist"].contains {
            text.contains($0)
        }
    }

    /// containerd: whether `delete` has nothing left to do.
    static func containerdDeleteIsDone(_ message: String) -> Bool { message.contains("does not exist") }

    /// CRI-O: whether `kill` came too late.
    static func crioKillIsLate(_ message: String) -> Bool {
        ["no such process", "container not running", "invalid process"].contains { message.contains($0) }
    }
}
