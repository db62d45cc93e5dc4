import Base
import Linux

extension Script {
    /// Does all of it, as the host: the preparation, the clone, the host's lines. The child does its own, and never comes back.
    func perform(_ session: inout HostSession) throws(Failure) {
        for placed in preparation { try Runtime.perform(placed, &session) }
        try giveBirth(&session)
        try walk(joint, &session)
    }

    /// The clone. The child goes on with all that is in memory here.
    private func giveBirth(_ session: inout HostSession) throws(Failure) {
        let ends = try Channel.Pair()
        let begun = session.trace?.now() ?? 0
        switch try birth.clone(&session) {
        case .child:
            for entry in hostEntries { _ = session.descriptors.take(entry) }
            becomeInit(self, session.becomeInside(ends.keep(.inside), environment))
        case .parent(let pid, let pidfd):
            session.channel = ends.keep(.host)
            session.pid = pid
            session.pidfd = pidfd
            session.closeInitsDescriptors(keeping: hostEntries)
            // Else whoever reads at the other end of one would wait for our end too.
            if kept.count > 0 { ThisProcess.closeRange(from: 3, to: kept.last) }
            session.trace?.write(.host, "clone", birth.summary, "", from: begun, nil)
        }
    }
}
