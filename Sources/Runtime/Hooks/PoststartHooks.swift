import Base
import Linux
import OCI

/// The poststart hooks of a container that has somebody in front of it, in a process of their own: meanwhile what the program
/// prints is shown, and signals reach it. A hook may wait for just that.
struct PoststartHooks: ~Copyable {
    private var process: PidDescriptor
    private var channel: Channel
    /// The process's number, for as long as it was not waited for; 0 where there is none.
    private(set) var pid: Int32

    /// No hooks, or they have all run.
    static var none: PoststartHooks { PoststartHooks(process: .none, channel: .none(.host), pid: 0) }

    /// Whether they still run.
    var isOpen: Bool { process.isOpen }

    /// For epoll(7): it is readable once they have ended.
    var number: CInt { process.number }

    /// Begins to run them, where there are any.
    ///
    /// - Parameter record: The container's, whose program runs.
    /// - Throws: ``Failure`` of a hook that is none, and of the calls that make the process.
    static func begin(_ config: Config, _ record: StateFile) throws(Failure) -> PoststartHooks {
        guard try !HookRun.list(.poststart, in: config.hooks).isEmpty else { return .none }
        let ends = try Channel.Pair()
        switch try clone([]) {
        case .parent(let pid, let process):
            return PoststartHooks(process: process, channel: ends.keep(.host), pid: pid)
        case .child:
            let channel = ends.keep(.inside)
            do throws(Failure) {
                // An event of a descriptor that the runtime has closed would be told as long as there is a copy.
                try ThisProcess.closeRange(above: 2, except: [channel.number])
                try runHooks(.poststart, of: config, record)
                ThisProcess.exit(0)
            } catch {
                try? channel.send(.failed(error))
                ThisProcess.exit(1)
            }
        }
    }

    /// Takes their end, once it is there.
    ///
    /// - Throws: ``Failure``: that of the first hook that failed.
    mutating func end() throws(Failure) {
        let end = try process.wait()
        let channel = exchange(&self.channel, with: .none(.host))
        process = .none
        pid = 0
        guard end != .exited(0) else { return }
        try channel.expectEnd()
        throw Failure("the process that runs the poststart hooks was ended")
    }
}
