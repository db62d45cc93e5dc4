import Testing

@testable import apus

@Suite("LISTEN_FDS")
struct CallerEnvironmentTests {
    @Test(
        "descriptors count only if they were meant for this process",
        arguments: [
            ("10", "2", 2), ("11", "2", 0), ("10", "0", 0), ("10", "-1", 0), ("10", "x", 0), ("10", "", 0),
            ("", "2", 0), (nil, "2", 0), ("10", nil, 0),
        ] as [(String?, String?, Int)])
    func count(pid: String?, count: String?, expected: Int) {
        let value = { (name: String) in name == "LISTEN_PID" ? pid : name == "LISTEN_FDS" ? count : nil }
        #expect(CallerEnvironment.listenDescriptors(value, pid: 10) == expected)
    }
}
