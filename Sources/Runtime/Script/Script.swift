import Base
import Linux
import OCI

/// Everything that is done to make a container, in order, for both sides at once.
///
/// Host and init walk the same list. Each does the lines of its own side. At a `.sync` line the named side sends a
/// message and the other side waits for it, so a message can neither be forgotten nor come in the wrong order.
/// `explain` prints this list, `--trace` times it, and the unit tests compare it.
struct Script: Equatable {
    /// What the host does alone, before init exists.
    var preparation: [Placed<HostStep>] = []
    /// How init is made.
    var birth = CloneInit()
    /// The descriptors that our caller opened for the container's program.
    var kept = KeptDescriptors.none
    /// Warnings: worth knowing, but no reason to stop.
    var warnings: [Failure] = []
    /// The environment of the container's program: that of config.json, with additions for the caller's descriptors and
    /// sockets.
    var environment: Environment
    /// The host's own namespaces that it leaves before the clone and returns to afterwards.
    var namespacesToReturnTo: [Namespace.Kind] = []
    /// What both sides do after the host has made init.
    var joint: [Line] = []
}

extension Script {
    /// Makes the script of `create`.
    ///
    /// - Parameter refusals: What to do with each reason not to make the container. If the reasons are only noted,
    ///   nobody may walk the script.
    /// - Throws: What `refusals` throw; by default the first ``Failure``.
    init(_ request: CreateRequest, on host: HostFacts, refusals: Refusals = Refusals()) throws(Failure) {
        let plan = try CreatePlan(request, on: host, refusals)
        self.init(kept: request.kept, warnings: plan.warnings, environment: plan.environment)
        birth = CloneInit(namespaces: plan.namespaces.plan.born)
        namespacesToReturnTo = plan.namespaces.left
        preparation = CreateScript.preparation(plan)
        joint = CreateScript.joint(plan)
    }

    /// Makes the script of `exec`.
    ///
    /// - Throws: The first ``Failure``: a reason not to add the process.
    init(exec request: ExecRequest, on host: HostFacts) throws(Failure) {
        let plan = try ExecPlan(request, on: host)
        self.init(birth: plan.birth, kept: request.kept, warnings: plan.warnings, environment: plan.environment)
        preparation = ExecScript.preparation(plan)
        joint = ExecScript.joint(plan)
    }
}

extension Script {
    /// Does everything as the host: the preparation, the clone and the host's lines. The child does its own lines and
    /// never returns from here.
    func perform(_ session: inout HostSide) throws(Failure) {
        for placed in preparation { try Runtime.perform(placed, &session) }
        try giveBirth(&session)
        try walk(joint, &session)
    }

    /// Clones init. The child continues with a copy of all our memory.
    private func giveBirth(_ session: inout HostSide) throws(Failure) {
        let ends = try Channel.Pair()
        let begun = session.trace?.now() ?? 0
        switch try birth.clone(&session) {
        case .child:
            for kind in namespacesToReturnTo { _ = session.descriptors.take(.own(kind)) }
            becomeInit(joint, session.becomeInside(ends.keep(.inside), environment))
        case .parent(let pid, let pidfd):
            session.channel = ends.keep(.host)
            session.pid = pid
            session.pidfd = pidfd
            session.closeInitsDescriptors(keeping: namespacesToReturnTo.map { .own($0) })
            // These are for the program. If the host kept them open, a reader at the other end of a pipe would not see
            // the end of file before the host exits.
            if kept.count > 0 { ThisProcess.closeRange(from: 3, to: kept.last) }
            session.trace?.write(.host, "clone", birth.summary, "", from: begun, nil)
        }
    }
}

extension Script {
    /// The script as `explain` prints it: one line per step, with its side and the place in config.json that asked for
    /// it.
    var explanation: String {
        var text = "preparation (host alone)\n"
        for placed in preparation { text += Self.line("H", placed.step.description.summary, placed.pointer) }
        text += "  H  \(escaped(birth.summary))\njoint\n"
        for line in joint {
            switch line {
            case .host(let placed): text += Self.line("H", placed.step.description.summary, placed.pointer)
            case .inside(let placed): text += Self.line("I", placed.step.description.summary, placed.pointer)
            case .sync(let message, let side):
                text += "  == \(message.word)  \(side == .host ? "host -> init" : "init -> host")\n"
            case .succession(let succession): text += "  == \(succession.summary)\n"
            }
        }
        if !warnings.isEmpty { text += "warnings\n" }
        for warning in warnings { text += "  \(escaped(warning.line))\n" }
        return text
    }

    private static func line(_ letter: String, _ summary: String, _ pointer: String) -> String {
        "  \(letter)  " + escaped(summary + (pointer.isEmpty ? "" : "  [\(pointer)]")) + "\n"
    }
}
