import Base
import Linux

/// What init, or the process of `exec`, is from the clone on: it walks its side of the script, and ends as its program, or not
/// at all.
///
/// A failure reaches whoever waits: the host over the channel (the walk sends it), and after `create` has ended, `start` by the connection
/// that it opened the gate with.
func becomeInit(_ script: Script, _ session: consuming InsideSession) -> Never {
    do throws(Failure) { try walk(script.joint, &session) } catch { try? session.starter.send(.failed(error)) }
    ThisProcess.exit(1)
}
