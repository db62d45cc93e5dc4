import Linux
import Testing

@testable import Runtime

@Suite("linux.rootfsPropagation")
struct RootPropagationTests {
    @Test(
        "only a recursive slave or private leaves nothing shared with the host",
        arguments: [
            (nil, true), ("", true), ("rslave", true), ("rprivate", true), ("unbindable", true), ("runbindable", true),
            ("slave", false), ("private", false), ("shared", false), ("rshared", false),
        ] as [(String?, Bool)])
    func sharing(word: String?, isolatesAll: Bool) throws {
        let propagation = try #require(RootPropagation(word))
        #expect(propagation.isolatesAll == isolatesAll)
        #expect(propagation.returnsAfterPivot == ["shared", "rshared", "unbindable", "runbindable"].contains(word))
    }

    private func steps(_ word: String, _ more: String = "") throws -> [InsideStep] {
        try Fixtures.insideSteps(
            linux: #""rootfsPropagation": "\#(word)", "namespaces": [{"type": "mount"}]\#(more)"#)
    }

    @Test("if the host's mounts are shared, the change of root does not reach them", arguments: ["slave", "rslave"])
    func guards(word: String) throws {
        let steps = try steps(word)
        let isShared = word == "slave"
        #expect(
            steps.contains(
                .bindRoot(BindRoot(path: "/bundle/rootfs", hasSharedParent: isShared, isSlave: isShared))))
        #expect(steps.contains(.pivot(PivotRoot(oldRootIsShared: isShared))))
    }

    @Test("a root that is to be unbindable becomes so only after the last bind")
    func last() throws {
        let kinds = try steps("runbindable", #", "readonlyPaths": ["/proc/sys"], "maskedPaths": ["/proc/a"]"#).map(
            \.description.word)
        let back = try #require(kinds.firstIndex(of: "set-root-propagation"))
        for kind in ["read-only-path", "mask", "pivot"] { #expect(try #require(kinds.firstIndex(of: kind)) < back) }
    }
}
