import Base

/// What the two sides say to each other over the one socketpair, a packet each.
enum Message: Equatable {
    /// init -> host: I am in the container's user namespace.
    case entered
    /// host -> init: your user-namespace maps are written, and the host is back in its own namespaces.
    case mapped
    /// init -> host: every namespace is there and every mount made; run the prestart and createRuntime hooks.
    case isolated
    /// host -> init: the hooks have run.
    case hooked
    /// init -> host: my terminal is there, and its master comes along.
    case terminal
    /// init -> host: the next that I do is to load the seccomp filter, which has a listener.
    case loading
    /// host -> init: the agent has the listener.
    case handed
    /// init -> host: only waiting for `start` and execve are left.
    case ready
    /// host -> init: the container is on record.
    case recorded
    /// init -> host: my child goes on in my place, and its pidfd comes along.
    case succeeded
    /// host -> the child: you are init now.
    case taken
    /// `start` -> init: become the program.
    case started
    /// either -> other: it failed, and why. It may come in place of any other message.
    case failed(Failure)

    var tag: UInt8 {
        switch self {
        case .failed: 0
        case .mapped: 1
        case .isolated: 2
        case .hooked: 3
        case .ready: 4
        case .recorded: 5
        case .loading: 6
        case .handed: 7
        case .terminal: 8
        case .entered: 9
        case .succeeded: 10
        case .taken: 11
        case .started: 12
        }
    }

    var word: String {
        switch self {
        case .failed: "failed"
        case .mapped: "mapped"
        case .isolated: "isolated"
        case .hooked: "hooked"
        case .ready: "ready"
        case .recorded: "recorded"
        case .loading: "loading"
        case .handed: "handed"
        case .terminal: "terminal"
        case .entered: "entered"
        case .succeeded: "succeeded"
        case .taken: "taken"
        case .started: "started"
        }
    }
}
