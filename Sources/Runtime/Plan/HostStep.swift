import Base
import Linux

/// One thing the host does: a case per concept. What it does is in the payload's own file.
enum HostStep: PerformedStep {
    case seal(SealedBinary)
    case reopenNull(ReopenNull)
    case checkRoot(CheckRoot)
    case checkKernel(CheckKernel)
    case takeID(TakeID)
    case makeGate(MakeGate)
    case makeNotifyFolder(MakeNotifyFolder)
    case openNamespace(OpenNamespace)
    case makeCgroup(MakeCgroup)
    case writeCgroup(WriteCgroup)
    case openCgroup(OpenCgroup)
    case filterDevices(FilterDevices)
    case makeNodes(MakeNodes)
    case openTree(OpenTree)
    case mapTree(MapTree)
    case compileSeccomp(CompileSeccomp)
    case connectAgent(ConnectAgent)
    case findTerminal(FindTerminal)
    case connectConsole(ConnectConsole)
    case checkDescriptors(CheckDescriptors)
    case connectPidfdSocket(ConnectPidfdSocket)
    case joinAsHost(JoinAsHost)
    case openProcContext(OpenProcContext)
    case newTimeNamespace(NewTimeNamespace)
    case setAffinity(SetAffinity)
    case forbidTracing(ForbidTracing)
    case returnToNamespace(ReturnToNamespace)
    case mapIDs(IDMaps)
    case checkIDMaps(CheckIDMaps)
    case moveNetDevice(MoveNetDevice)
    case adjustOOMScore(OutOfMemoryScore)
    case runHook(HostHook)
    case handOverTerminal(HandOverTerminal)
    case schedule(SetScheduler)
    case prioritizeIO(SetIOPriority)
    case handOverListener(HandOverListener)
    case limit(ProcessLimit)
    case handOverPidfd(HandOverPidfd)
    case recordContainer(RecordContainer)
    case recordProcess(RecordProcess)
    case enterForeground(EnterForeground)
    case awaitProgram(AwaitProgram)

    var isLast: Bool { false }

    /// The kinds, for `--trace`, and for the tests, which make each fail.
    enum Kind: String, CaseIterable {
        case seal
        case reopenNull = "reopen-null"
        case checkRoot = "check-root"
        case checkKernel = "check-kernel"
        case takeID = "take-id"
        case makeGate = "make-gate"
        case makeNotifyFolder = "make-notify-folder"
        case openNamespace = "open-namespace"
        case makeCgroup = "make-cgroup"
        case writeCgroup = "write-cgroup"
        case openCgroup = "open-cgroup"
        case filterDevices = "filter-devices"
        case makeNodes = "make-nodes"
        case openTree = "open-tree"
        case mapTree = "map-tree"
        case compileSeccomp = "compile-seccomp"
        case connectAgent = "connect-agent"
        case findTerminal = "find-terminal"
        case connectConsole = "connect-console"
        case checkDescriptors = "check-descriptors"
        case connectPidfdSocket = "connect-pidfd-socket"
        case joinAsHost = "join-as-host"
        case openProcContext = "open-proc-context"
        case newTimeNamespace = "new-time-namespace"
        case setAffinity = "set-own-affinity"
        case forbidTracing = "forbid-tracing"
        case returnToNamespace = "return-to-namespace"
        case mapIDs = "map-ids"
        case checkIDMaps = "check-id-maps"
        case moveNetDevice = "move-net-device"
        case adjustOOMScore = "adjust-oom-score"
        case runHook = "run-hook"
        case handOverTerminal = "hand-over-terminal"
        case schedule
        case prioritizeIO = "prioritize-io"
        case handOverListener = "hand-over-listener"
        case limit
        case handOverPidfd = "hand-over-pidfd"
        case recordContainer = "record-container"
        case recordProcess = "record-process"
        case enterForeground = "enter-foreground"
        case awaitProgram = "await-program"
    }

    var kind: Kind {
        switch self {
        case .seal: .seal
        case .reopenNull: .reopenNull
        case .checkRoot: .checkRoot
        case .checkKernel: .checkKernel
        case .takeID: .takeID
        case .makeGate: .makeGate
        case .makeNotifyFolder: .makeNotifyFolder
        case .openNamespace: .openNamespace
        case .makeCgroup: .makeCgroup
        case .writeCgroup: .writeCgroup
        case .openCgroup: .openCgroup
        case .filterDevices: .filterDevices
        case .makeNodes: .makeNodes
        case .openTree: .openTree
        case .mapTree: .mapTree
        case .compileSeccomp: .compileSeccomp
        case .connectAgent: .connectAgent
        case .findTerminal: .findTerminal
        case .connectConsole: .connectConsole
        case .checkDescriptors: .checkDescriptors
        case .connectPidfdSocket: .connectPidfdSocket
        case .joinAsHost: .joinAsHost
        case .openProcContext: .openProcContext
        case .newTimeNamespace: .newTimeNamespace
        case .setAffinity: .setAffinity
        case .forbidTracing: .forbidTracing
        case .returnToNamespace: .returnToNamespace
        case .mapIDs: .mapIDs
        case .checkIDMaps: .checkIDMaps
        case .moveNetDevice: .moveNetDevice
        case .adjustOOMScore: .adjustOOMScore
        case .runHook: .runHook
        case .handOverTerminal: .handOverTerminal
        case .schedule: .schedule
        case .prioritizeIO: .prioritizeIO
        case .handOverListener: .handOverListener
        case .limit: .limit
        case .handOverPidfd: .handOverPidfd
        case .recordContainer: .recordContainer
        case .recordProcess: .recordProcess
        case .enterForeground: .enterForeground
        case .awaitProgram: .awaitProgram
        }
    }

    var word: String { kind.rawValue }

    var summary: String {
        switch self {
        case .seal(let step): step.summary
        case .reopenNull(let step): step.summary
        case .checkRoot(let step): step.summary
        case .checkKernel(let step): step.summary
        case .takeID(let step): step.summary
        case .makeGate(let step): step.summary
        case .makeNotifyFolder(let step): step.summary
        case .openNamespace(let step): step.summary
        case .makeCgroup(let step): step.summary
        case .writeCgroup(let step): step.summary
        case .openCgroup(let step): step.summary
        case .filterDevices(let step): step.summary
        case .makeNodes(let step): step.summary
        case .openTree(let step): step.summary
        case .mapTree(let step): step.summary
        case .compileSeccomp(let step): step.summary
        case .connectAgent(let step): step.summary
        case .findTerminal(let step): step.summary
        case .connectConsole(let step): step.summary
        case .checkDescriptors(let step): step.summary
        case .connectPidfdSocket(let step): step.summary
        case .joinAsHost(let step): step.summary
        case .openProcContext(let step): step.summary
        case .newTimeNamespace(let step): step.summary
        case .setAffinity(let step): step.summary
        case .forbidTracing(let step): step.summary
        case .returnToNamespace(let step): step.summary
        case .mapIDs(let step): step.summary
        case .checkIDMaps(let step): step.summary
        case .moveNetDevice(let step): step.summary
        case .adjustOOMScore(let step): step.summary
        case .runHook(let step): step.summary
        case .handOverTerminal(let step): step.summary
        case .schedule(let step): step.summary
        case .prioritizeIO(let step): step.summary
        case .handOverListener(let step): step.summary
        case .limit(let step): step.summary
        case .handOverPidfd(let step): step.summary
        case .recordContainer(let step): step.summary
        case .recordProcess(let step): step.summary
        case .enterForeground(let step): step.summary
        case .awaitProgram(let step): step.summary
        }
    }

    func perform(_ session: inout HostSession) throws(Failure) {
        switch self {
        case .seal(let step): try step.perform()
        case .reopenNull(let step): try step.perform()
        case .checkRoot(let step): try step.perform()
        case .checkKernel(let step): try step.perform(&session)
        case .takeID(let step): try step.perform(&session)
        case .makeGate(let step): try step.perform(&session)
        case .makeNotifyFolder(let step): try step.perform(session)
        case .openNamespace(let step): try step.perform(&session)
        case .makeCgroup(let step): try step.perform(&session)
        case .writeCgroup(let step): try step.perform(&session)
        case .openCgroup(let step): try step.perform(&session)
        case .filterDevices(let step): try step.perform(&session)
        case .makeNodes(let step): try step.perform(&session)
        case .openTree(let step): try step.perform(&session)
        case .mapTree(let step): try step.perform(&session)
        case .compileSeccomp(let step): try step.perform(&session)
        case .connectAgent(let step): try step.perform(&session)
        case .findTerminal(let step): try step.perform(&session)
        case .connectConsole(let step): try step.perform(&session)
        case .checkDescriptors(let step): try step.perform()
        case .connectPidfdSocket(let step): try step.perform(&session)
        case .joinAsHost(let step): try step.perform(&session)
        case .openProcContext(let step): try step.perform(&session)
        case .newTimeNamespace(let step): try step.perform(&session)
        case .setAffinity(let step): try step.perform()
        case .forbidTracing(let step): try step.perform()
        case .returnToNamespace(let step): try step.perform(&session)
        case .mapIDs(let step): try step.perform(&session)
        case .checkIDMaps(let step): try step.perform(session)
        case .moveNetDevice(let step): try step.perform(&session)
        case .adjustOOMScore(let step): session.warn(try step.perform(pid: session.pid, proc: session.proc))
        case .runHook(let step): try step.perform(&session)
        case .handOverTerminal(let step): try step.perform(&session)
        case .schedule(let step): try step.perform(pid: session.pid)
        case .prioritizeIO(let step): try step.perform(pid: session.pid)
        case .handOverListener(let step): try step.perform(&session)
        case .limit(let step): try step.perform(pid: session.pid)
        case .handOverPidfd(let step): try step.perform(&session)
        case .recordContainer(let step): try step.perform(&session)
        case .recordProcess(let step): try step.perform(&session)
        case .enterForeground(let step): try step.perform(&session)
        case .awaitProgram(let step): try step.perform(&session)
        }
    }
}
