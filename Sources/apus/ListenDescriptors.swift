/// The descriptors from 3 on that a service manager hands over to the program it starts, and to no other (sd_listen_fds(3)).
enum ListenDescriptors {
    /// How many they are.
    ///
    /// - Parameters:
    ///   - value: The value of a variable of the environment.
    ///   - pid: Ours. With another in `LISTEN_PID` the descriptors were meant for our caller.
    /// - Returns: 0 where there are none, or the variables are not what they should be.
    static func count(_ value: (String) -> String?, pid: Int32) -> Int {
        guard let named = value("LISTEN_PID"), Int32(named) == pid, let text = value("LISTEN_FDS"),
            let count = Int(text), count > 0
        else { return 0 }
        return count
    }
}
