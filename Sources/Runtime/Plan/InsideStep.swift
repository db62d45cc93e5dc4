import Base
import Linux

/// One thing init does: a case per concept. What it does is in the payload's own file.
enum InsideStep: PerformedStep {
    case clearGroups(ClearGroups)
    case depart(Departure)
    case unshare(UnshareNamespaces)
    case becomeRoot(BecomeRoot)
    case startSession(StartSession)
    case resetAffinity(ResetAffinity)
    case setAffinity(SetAffinity)
    case join(JoinInside)
    case joinInit(JoinInit)
    case newCgroupNamespace(NewCgroupNamespace)
    case joinKeyring(SessionKeyring)
    case raiseLoopback(RaiseLoopback)
    case openProc(OpenProc)
    case propagate(RootPropagation)
    case bindRoot(BindRoot)
    case takeNodes(TakeNodes)
    case mount(FilesystemMount)
    case mountCgroup(CgroupMount)
    case bind(BindMount)
    case remount(Remount)
    case changeMounts(ChangeMounts)
    case makeDevice(DeviceNode)
    case linkDevices(DeviceLinks)
    case runHook(InsideHook)
    case openRoot(OpenRoot)
    case changeRoot(ChangeRoot)
    case pivot(PivotRoot)
    case moveRoot(MoveRoot)
    case returnPropagation(ReturnPropagation)
    case openTerminal(OpenTerminal)
    case sizeTerminal(SizeTerminal)
    case bindConsole(BindConsole)
    case controlTerminal(ControlTerminal)
    case sealMount(SealMount)
    case setName(SetName)
    case sysctl(Sysctl)
    case readOnlyPath(ReadOnlyPath)
    case mask(MaskPath)
    case personality(SetPersonality)
    case memoryPolicy(SetMemoryPolicy)
    case label(SecurityLabel)
    case loadSeccomp(LoadSeccomp)
    case closeListener(CloseListener)
    case workingDirectory(WorkingDirectory)
    case findHome(FindHome)
    case ownStreams(OwnStreams)
    case limit(ProcessLimit)
    case boundCapabilities(BoundingSet)
    case becomeUser(UserIdentity)
    case forbidTracing(ForbidTracing)
    case grantCapabilities(CapabilityGrant)
    case forbidNewPrivileges(ForbidNewPrivileges)
    case verifyDirectory(VerifyDirectory)
    case findProgram(FindProgram)
    case waitForStart(WaitForStart)
    case execute(Execute)

    var isLast: Bool {
        guard case .execute = self else { return false }
        return true
    }

    /// The kinds, for `--trace`, and for the tests, which make each fail.
    enum Kind: String, CaseIterable {
        case forgetCaller = "forget-caller"
        case clearGroups = "clear-groups"
        case leaveHost = "leave-host"
        case unshare
        case becomeRoot = "become-root"
        case startSession = "start-session"
        case resetAffinity = "reset-affinity"
        case setAffinity = "set-affinity"
        case join
        case joinInit = "join-init"
        case newCgroupNamespace = "new-cgroup-namespace"
        case joinKeyring = "join-keyring"
        case raiseLoopback = "raise-loopback"
        case openProc = "open-proc"
        case propagate
        case bindRoot = "bind-root"
        case takeNodes = "take-nodes"
        case mount
        case mountCgroup = "mount-cgroup"
        case bind
        case remount
        case changeMounts = "change-mounts"
        case makeDevice = "make-device"
        case linkDevices = "link-devices"
        case runHook = "run-hook"
        case openRoot = "open-root"
        case changeRoot = "change-root"
        case pivot
        case moveRoot = "move-root"
        case returnPropagation = "return-propagation"
        case openTerminal = "open-terminal"
        case sizeTerminal = "size-terminal"
        case bindConsole = "bind-console"
        case controlTerminal = "control-terminal"
        case sealMount = "seal-mount"
        case setName = "set-name"
        case sysctl
        case readOnlyPath = "read-only-path"
        case mask
        case personality
        case memoryPolicy = "memory-policy"
        case label
        case loadSeccomp = "load-seccomp"
        case closeListener = "close-listener"
        case workingDirectory = "working-directory"
        case findHome = "find-home"
        case ownStreams = "own-streams"
        case limit
        case boundCapabilities = "bound-capabilities"
        case becomeUser = "become-user"
        case forbidTracing = "forbid-tracing"
        case grantCapabilities = "grant-capabilities"
        case forbidNewPrivileges = "forbid-new-privileges"
        case verifyDirectory = "verify-directory"
        case findProgram = "find-program"
        case waitForStart = "wait-for-start"
        case execute
    }

    var kind: Kind {
        switch self {
        case .clearGroups: .clearGroups
        case .depart(.forgetCaller): .forgetCaller
        case .depart(.leaveHost): .leaveHost
        case .unshare: .unshare
        case .becomeRoot: .becomeRoot
        case .startSession: .startSession
        case .resetAffinity: .resetAffinity
        case .setAffinity: .setAffinity
        case .join: .join
        case .joinInit: .joinInit
        case .newCgroupNamespace: .newCgroupNamespace
        case .joinKeyring: .joinKeyring
        case .raiseLoopback: .raiseLoopback
        case .openProc: .openProc
        case .propagate: .propagate
        case .bindRoot: .bindRoot
        case .takeNodes: .takeNodes
        case .mount: .mount
        case .mountCgroup: .mountCgroup
        case .bind: .bind
        case .remount: .remount
        case .changeMounts: .changeMounts
        case .makeDevice: .makeDevice
        case .linkDevices: .linkDevices
        case .runHook: .runHook
        case .openRoot: .openRoot
        case .changeRoot: .changeRoot
        case .pivot: .pivot
        case .moveRoot: .moveRoot
        case .returnPropagation: .returnPropagation
        case .openTerminal: .openTerminal
        case .sizeTerminal: .sizeTerminal
        case .bindConsole: .bindConsole
        case .controlTerminal: .controlTerminal
        case .sealMount: .sealMount
        case .setName: .setName
        case .sysctl: .sysctl
        case .readOnlyPath: .readOnlyPath
        case .mask: .mask
        case .personality: .personality
        case .memoryPolicy: .memoryPolicy
        case .label: .label
        case .loadSeccomp: .loadSeccomp
        case .closeListener: .closeListener
        case .workingDirectory: .workingDirectory
        case .findHome: .findHome
        case .ownStreams: .ownStreams
        case .limit: .limit
        case .boundCapabilities: .boundCapabilities
        case .becomeUser: .becomeUser
        case .forbidTracing: .forbidTracing
        case .grantCapabilities: .grantCapabilities
        case .forbidNewPrivileges: .forbidNewPrivileges
        case .verifyDirectory: .verifyDirectory
        case .findProgram: .findProgram
        case .waitForStart: .waitForStart
        case .execute: .execute
        }
    }

    var word: String { kind.rawValue }

    var summary: String {
        switch self {
        case .clearGroups(let step): step.summary
        case .depart(let step): step.summary
        case .unshare(let step): step.summary
        case .becomeRoot(let step): step.summary
        case .startSession(let step): step.summary
        case .resetAffinity(let step): step.summary
        case .setAffinity(let step): step.summary
        case .join(let step): step.summary
        case .joinInit(let step): step.summary
        case .newCgroupNamespace(let step): step.summary
        case .joinKeyring(let step): step.summary
        case .raiseLoopback(let step): step.summary
        case .openProc(let step): step.summary
        case .propagate(let step): step.summary
        case .bindRoot(let step): step.summary
        case .takeNodes(let step): step.summary
        case .mount(let step): step.summary
        case .mountCgroup(let step): step.summary
        case .bind(let step): step.summary
        case .remount(let step): step.summary
        case .changeMounts(let step): step.summary
        case .makeDevice(let step): step.summary
        case .linkDevices(let step): step.summary
        case .runHook(let step): step.summary
        case .openRoot(let step): step.summary
        case .changeRoot(let step): step.summary
        case .pivot(let step): step.summary
        case .moveRoot(let step): step.summary
        case .returnPropagation(let step): step.summary
        case .openTerminal(let step): step.summary
        case .sizeTerminal(let step): step.summary
        case .bindConsole(let step): step.summary
        case .controlTerminal(let step): step.summary
        case .sealMount(let step): step.summary
        case .setName(let step): step.summary
        case .sysctl(let step): step.summary
        case .readOnlyPath(let step): step.summary
        case .mask(let step): step.summary
        case .personality(let step): step.summary
        case .memoryPolicy(let step): step.summary
        case .label(let step): step.summary
        case .loadSeccomp(let step): step.summary
        case .closeListener(let step): step.summary
        case .workingDirectory(let step): step.summary
        case .findHome(let step): step.summary
        case .ownStreams(let step): step.summary
        case .limit(let step): step.summary
        case .boundCapabilities(let step): step.summary
        case .becomeUser(let step): step.summary
        case .forbidTracing(let step): step.summary
        case .grantCapabilities(let step): step.summary
        case .forbidNewPrivileges(let step): step.summary
        case .verifyDirectory(let step): step.summary
        case .findProgram(let step): step.summary
        case .waitForStart(let step): step.summary
        case .execute(let step): step.summary
        }
    }

    func perform(_ session: inout InsideSession) throws(Failure) {
        switch self {
        case .clearGroups(let step): try step.perform()
        case .depart(let step): try step.perform(&session)
        case .unshare(let step): try step.perform()
        case .becomeRoot(let step): try step.perform()
        case .startSession(let step): try step.perform()
        case .resetAffinity(let step): try step.perform()
        case .setAffinity(let step): try step.perform()
        case .join(let step): try step.perform(&session)
        case .joinInit(let step): try step.perform(&session)
        case .newCgroupNamespace(let step): try step.perform()
        case .joinKeyring(let step): try step.perform()
        case .raiseLoopback(let step): try step.perform()
        case .openProc(let step): try step.perform(&session)
        case .propagate(let step): try step.perform()
        case .bindRoot(let step): try step.perform(&session)
        case .takeNodes(let step): try step.perform(&session)
        case .mount(let step): try step.perform(&session)
        case .mountCgroup(let step): try step.perform(&session)
        case .bind(let step): try step.perform(&session)
        case .remount(let step): try step.perform(&session)
        case .changeMounts(let step): try step.perform(&session)
        case .makeDevice(let step): try step.perform(&session)
        case .linkDevices(let step): try step.perform(&session)
        case .runHook(let step): try step.perform(&session)
        case .openRoot(let step): try step.perform(&session)
        case .changeRoot(let step): try step.perform(&session)
        case .pivot(let step): try step.perform(&session)
        case .moveRoot(let step): try step.perform(&session)
        case .returnPropagation(let step): try step.perform(&session)
        case .openTerminal(let step): try step.perform(&session)
        case .sizeTerminal(let step): try step.perform(session)
        case .bindConsole(let step): try step.perform(session)
        case .controlTerminal(let step): try step.perform(&session)
        case .sealMount(let step): try step.perform(&session)
        case .setName(let step): try step.perform()
        case .sysctl(let step): try step.perform(&session)
        case .readOnlyPath(let step): try step.perform(&session)
        case .mask(let step): try step.perform(&session)
        case .personality(let step): try step.perform()
        case .memoryPolicy(let step): try step.perform()
        case .label(let step): try step.perform(&session)
        case .loadSeccomp(let step): try step.perform(&session)
        case .closeListener(let step): step.perform(&session)
        case .workingDirectory(let step): try step.perform(&session)
        case .findHome(let step): try step.perform(&session)
        case .ownStreams(let step): try step.perform()
        case .limit(let step): try step.perform(pid: 0)
        case .boundCapabilities(let step): try step.perform()
        case .becomeUser(let step): try step.perform()
        case .forbidTracing(let step): try step.perform()
        case .grantCapabilities(let step): try step.perform()
        case .forbidNewPrivileges(let step): try step.perform()
        case .verifyDirectory(let step): try step.perform(&session)
        case .findProgram(let step): try step.perform(&session)
        case .waitForStart(let step): try step.perform(&session)
        case .execute(let step): try step.perform(&session)
        }
    }
}
