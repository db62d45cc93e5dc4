import CShim

/// Waits for the children that are ours only because their parent ended (prctl(2), PR_SET_CHILD_SUBREAPER), but not for
/// our own, `children`: whoever made them asks how they ended.
public func buryOrphans(except children: [Int32]) {
    var code: CInt = 0
    var status: CInt = 0
    while true {
        let ended = shim_wait(0, WEXITED | WNOHANG | WNOWAIT, &code, &status)
        // The kernel tells of the others once this one was waited for.
        guard ended > 0, !children.contains(ended) else { return }
        _ = shim_wait(ended, WEXITED | WNOHANG, &code, &status)
    }
}
