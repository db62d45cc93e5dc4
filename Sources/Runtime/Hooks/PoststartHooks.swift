import Base
import Linux
import OCI

/// Runs the poststart hooks of a container whose runtime stays in the foreground, in a process of their own. Meanwhile
/// the runtime shows the program's output and forwards signals; a hook may wait for just that.
struct PoststartHooks: ~Copyable {
    private var process: PidDescriptor
    private var channel: Channel
    /// The process's pid until it is waited for; 0 if there is none.
    private(set) var pid: Int32

    /// No hooks, or all have run.
    static var none: PoststartHooks { PoststartHooks(process: .none, channel: .none(.host), pid: 0) }

    /// Whether the hooks still run.
    var isOpen: Bool { process.isOpen }

    /// The descriptor for epoll(7). It becomes readable when the hooks have ended.
    var number: CInt { process.number }

    /// Starts to run the hooks, if there are any.
    ///
    /// - Parameter record: The record of the container, whose program runs.
    /// - Throws: ``Failure`` of a malformed hook, and of the calls that make the process.
    static func begin(_ config: Config, _ record: StateFile) throws(Failure) -> PoststartHooks {
        guard try !HookRun.list(.poststart, in: config.hooks).isEmpty else { return .none }
        let ends = try Channel.Pair()
        switch try clone([]) {
        case .parent(let pid, let process):
            return PoststartHooks(process: process, channel: ends.keep(.host), pid: pid)
        case .child:
            let channel = ends.keep(.inside)
            do throws(Failure) {
                // epoll(7) reports events of a descriptor that the runtime has closed as long as a copy of it is open.
                try ThisProcess.closeRange(above: 2, except: [channel.number])
                try runHooks(.poststart, of: config, record)
                ThisProcess.exit(0)
            } catch {
                try? channel.send(.failed(error))
                ThisProcess.exit(1)
            }
        }
    }

    /// Collects the result, once the hooks have ended.
    ///
    /// - Throws: ``Failure`` of the first hook that failed.
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
