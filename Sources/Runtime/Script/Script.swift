import Base
import Linux
import OCI

/// Everything that is done to make a container, in the order it is done, for both sides at once.
///
/// Host and init walk the same list. Each does the lines of its own side; at a `.sync` line the named side sends and
/// the other waits. A message can therefore be neither forgotten nor sent in the wrong order, and the list is what
/// `explain` prints, what `--trace` times, and what the unit tests compare.
struct Script: Equatable {
    /// What the host does alone, before init exists.
    var preparation: [Placed<HostStep>] = []
    /// How init is made.
    var birth = CloneInit()
    /// What our caller opened for the container's program.
    var kept = KeptDescriptors.none
    /// What is worth knowing, but stops nothing.
    var warnings: [Failure] = []
    /// The environment of the container's program: as config.json has it, with what the caller's descriptors and sockets add.
    var environment: Environment
    /// The host's own namespaces that it leaves before the clone, and goes back to.
    var ownNamespaces: [Namespace.Kind] = []
    /// What both do, from the moment the host has made init.
    var joint: [Line] = []
}

/// A line of the joint part. There are two step types, so that a step on the wrong side does not compile.
enum Line: Equatable {
    case host(Placed<HostStep>)
    case inside(Placed<InsideStep>)
    case sync(Message, from: Side)
    /// Of both sides: the process that walks inside is another one from here on.
    case succession(Succession)
}

/// Who walks.
enum Side: Equatable {
    /// The runtime, in the caller's namespaces.
    case host
    /// The container's first process, which ends as the container's program.
    case inside

    var word: String {
        switch self {
        case .host: "host"
        case .inside: "inside"
        }
    }
}

/// A step and the place in config.json that asked for it, as a JSON pointer; "" where the runtime itself did.
struct Placed<Step: Equatable>: Equatable {
    var step: Step
    var pointer: String

    init(_ step: Step, _ pointer: String = "") {
        self.step = step
        self.pointer = pointer
    }
}

extension Script {
    /// The script of `create`.
    ///
    /// - Parameter refusals: What becomes of a reason not to make the container; if they are noted, the script is not one to
    ///   walk.
    /// - Throws: What `refusals` throw: the first ``Failure``, unless told otherwise.
    init(_ request: CreateRequest, on host: HostFacts, refusals: Refusals = Refusals()) throws(Failure) {
        let plan = try CreatePlan(request, on: host, refusals)
        self.init(kept: request.kept, warnings: plan.warnings, environment: plan.environment)
        birth = CloneInit(namespaces: plan.namespaces.plan.born)
        ownNamespaces = plan.namespaces.left
        preparation = CreateScript.preparation(plan)
        joint = CreateScript.joint(plan)
    }

    /// The script of `exec`.
    ///
    /// - Throws: ``Failure``: the first reason not to do it.
    init(exec request: ExecRequest, on host: HostFacts) throws(Failure) {
        let plan = try ExecPlan(request, on: host)
        self.init(birth: plan.birth, kept: request.kept, warnings: plan.warnings, environment: plan.environment)
        preparation = ExecScript.preparation(plan)
        joint = ExecScript.joint(plan)
    }
}

extension Script {
    /// Does all of it, as the host: the preparation, the clone, the host's lines. The child does its own, and never comes back.
    func perform(_ session: inout HostSide) throws(Failure) {
        for placed in preparation { try Runtime.perform(placed, &session) }
        try giveBirth(&session)
        try walk(joint, &session)
    }

    /// The clone. The child goes on with all that is in memory here.
    private func giveBirth(_ session: inout HostSide) throws(Failure) {
        let ends = try Channel.Pair()
        let begun = session.trace?.now() ?? 0
        switch try birth.clone(&session) {
        case .child:
            for kind in ownNamespaces { _ = session.descriptors.take(.own(kind)) }
            becomeInit(self, session.becomeInside(ends.keep(.inside), environment))
        case .parent(let pid, let pidfd):
            session.channel = ends.keep(.host)
            session.pid = pid
            session.pidfd = pidfd
            session.closeInitsDescriptors(keeping: ownNamespaces.map { .own($0) })
            // Else whoever reads at the other end of one would wait for our end too.
            if kept.count > 0 { ThisProcess.closeRange(from: 3, to: kept.last) }
            session.trace?.write(.host, "clone", birth.summary, "", from: begun, nil)
        }
    }
}
