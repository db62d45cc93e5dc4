/// The descriptors from 3 on that a service manager hands over to the program it starts, and to no other program
/// (sd_listen_fds(3)).
enum ListenDescriptors {
    /// Returns how many there are.
    ///
    /// - Parameters:
    ///   - value: Returns the value of an environment variable.
    ///   - pid: Our own pid. If `LISTEN_PID` holds another one, the descriptors are meant for our caller.
    /// - Returns: 0 if there are no descriptors, or the variables do not have the right form.
    static func count(_ value: (String) -> String?, pid: Int32) -> Int {
        guard let named = value("LISTEN_PID"), Int32(named) == pid, let text = value("LISTEN_FDS"),
            let count = Int(text), count > 0
        else { return 0 }
        return count
    }
}
